/** Values that are easy to find again go through everything that Homeport does; nothing that it says, keeps or labels holds them. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { dotenvFiles } from "../../lib/secrets/dotenv_files.ts";
import { withOfflineCache } from "../../lib/secrets/with_offline_cache.ts";
import { type EngineTest, engineTest } from "../engine/harness.ts";
import { Homelab } from "../fakes/homelab.ts";
import { filesBelow } from "./files_below.ts";

const CANARIES = {
  PASSWORD: "canary-plain-7f3a",
  PHRASE: 'canary "quoted" & spaced/7f3b=',
  KEY: "-----BEGIN-----\ncanaryline7f3c\n-----END-----",
  PORT: "canary-port-7f3d",
} as const;

/** In the forms in which a value might leak. */
function formsOf(value: string): string[] {
  const bytes = new TextEncoder().encode(value);
  return [
    value,
    ...value.split("\n").filter((line) => line.includes("canary")),
    JSON.stringify(value).slice(1, -1),
    encodeURIComponent(value),
    bytes.toBase64().slice(0, -4),
    bytes.toHex(),
  ];
}

const FORMS = Object.values(CANARIES).flatMap(formsOf);

function assertClean(text: string, what: string): void {
  for (const form of FORMS) assert.ok(!text.includes(form), `${what} holds ${form}:\n${text}`);
}

const good = (t: EngineTest) => `
name: ${t.project}
services:
  web:
    image: ${t.images.one}
    network_mode: none
    stop_grace_period: 0s
    command: ["sleep", "1000"]
    environment: { PASSWORD: "$PASSWORD", PHRASE: "$PHRASE", KEY: "$KEY" }
    secrets: [key]
    configs: [{ source: conf, target: /conf }]
secrets:
  key: { environment: KEY }
configs:
  conf: { content: "password = $PASSWORD" }
`;

/** Stacks that fail, each at another place, with a value in hand. */
const BROKEN: Readonly<Record<string, (t: EngineTest) => string>> = {
  port: (t) => `services: { web: { image: "${t.images.one}", ports: ["$PORT:80"] } }\n`,
  image: () => `services: { web: { image: "127.0.0.1:1/$PASSWORD:1", network_mode: none } }\n`,
  name: (t) => `services: { web: { image: "${t.images.one}", network_mode: "container:$PASSWORD" } }\n`,
  command: (t) =>
    `services: { web: { image: "${t.images.one}", network_mode: none, entrypoint: ["/no/$PASSWORD"] } }\n`,
  hook: (t) =>
    `services: { web: { image: "${t.images.one}", network_mode: none, command: [sleep, "1000"], ` +
    `stop_grace_period: 0s, post_start: [{ command: [sh, -c, "echo $$P >&2; false"], environment: { P: "$PASSWORD" } }] } }\n`,
};

engineTest("no value of a secret is in what is said, what is kept, or in a label", async (t) => {
  const path = join(t.folder, "secrets.env");
  const lines = Object.entries(CANARIES).map(([name, value]) => `${name}='${value}'`);
  await Deno.writeTextFile(path, `${lines.join("\n")}\n`);
  const homelab = new Homelab({
    folder: t.folder,
    dockerHost: t.dockerHost,
    config: { secrets: withOfflineCache(dotenvFiles(path)) },
  });
  const run = async (...args: string[]): Promise<number> => {
    const { code, stdout, stderr } = await homelab.run(...args);
    assertClean(`${stdout}${stderr}`, args.join(" "));
    return code;
  };
  await homelab.commit({ "app/compose.yml": good(t) });
  assert.equal(await run("check", "--path", homelab.remote), 0);
  assert.equal(await run("plan", "--json"), 0);
  assert.equal(await run("apply"), 0);
  assert.equal(await run("config", "--host", "helium", "--stack", "app", "--format", "json"), 0);
  assert.equal(await run("secrets", "--json"), 0);
  await Deno.writeTextFile(path, `${lines.join("\n")}\nPHRASE='another'\n`);
  assert.equal(await run("plan"), 0);

  const broken = Object.entries(BROKEN).map(([name, text]) =>
    [`bad-${name}/compose.yml`, `name: ${t.project}-${name}\n${text(t)}`] as const
  );
  await homelab.commit(Object.fromEntries(broken));
  await run("plan", "--json");
  assert.equal(await run("apply"), 1);
  assert.equal(await run("apply", "--json"), 1);
  for (const name of Object.keys(BROKEN)) await run("config", "--host", "helium", "--stack", `bad-${name}`);
  await run("status", "--json");

  for (const [place, text] of filesBelow(homelab.dataDir)) assertClean(text, place);
  assertClean(JSON.stringify(await ownLabels(t)), "a label");
});

async function ownLabels(t: EngineTest): Promise<unknown> {
  const containers = await t.api.get("/containers/json?all=1") as { Labels: Record<string, string> }[];
  const own = containers.map(({ Labels }) =>
    Object.entries(Labels).filter(([name]) => name.startsWith("homeport."))
  );
  assert.ok(own.flat().some(([name]) => name === "homeport.secrets"), "no label tells of secrets");
  return own;
}

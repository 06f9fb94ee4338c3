/** Values that are easy to find again go through everything that Homeport does; nothing that it says, keeps or labels holds them. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { dotenvFiles, fromFile, type SecretsProvider, sops, withOfflineCache } from "../../lib/mod.ts";
import { type EngineTest, engineTest } from "../engine/harness.ts";
import { Homelab } from "../fakes/homelab.ts";
import { sealSopsJson } from "../fakes/sops_writer.ts";
import { filesBelow } from "./files_below.ts";
import { keyText, recipientOf } from "./sops/fixtures.ts";

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
  late: (t) =>
    `services: { web: { image: "${t.images.one}", network_mode: none, command: [sleep, "1000"], ` +
    `stop_grace_period: 0s, environment: { P: "$PASSWORD", LATE: "$LATE" } } }\n`,
};

/** What differs between the ways in which the values come. */
interface Source {
  readonly secrets: SecretsProvider | readonly SecretsProvider[];
  /** Lie beside every stack. */
  readonly files: Readonly<Record<string, string>>;
  /** Gives PHRASE another value. */
  readonly change: (homelab: Homelab) => Promise<unknown>;
}

async function runThrough(t: EngineTest, { secrets, files, change }: Source): Promise<void> {
  const homelab = new Homelab({ folder: t.folder, dockerHost: t.dockerHost, config: { secrets } });
  const run = async (...args: string[]): Promise<number> => {
    const { code, stdout, stderr } = await homelab.run(...args);
    assertClean(`${stdout}${stderr}`, args.join(" "));
    return code;
  };
  const beside = (stack: string) =>
    Object.fromEntries(Object.entries(files).map(([name, text]) => [`${stack}/${name}`, text]));
  await homelab.commit({ "app/compose.yml": good(t), ...beside("app") });
  assert.equal(await run("check", "--path", homelab.remote), 0);
  assert.equal(await run("plan", "--json"), 0);
  assert.equal(await run("apply"), 0);
  assert.equal(await run("config", "--host", "helium", "--stack", "app", "--format", "json"), 0);
  assert.equal(await run("secrets", "--json"), 0);
  await change(homelab);
  assert.equal(await run("plan"), 0);
  assert.equal(await run("plan", "--json"), 0);

  const broken = Object.entries(BROKEN).flatMap(([name, text]) =>
    Object.entries({
      [`bad-${name}/compose.yml`]: `name: ${t.project}-${name}\n${text(t)}`,
      ...beside(`bad-${name}`),
    })
  );
  await homelab.commit(Object.fromEntries(broken));
  await run("plan", "--json");
  assert.equal(await run("apply"), 1);
  assert.equal(await run("apply", "--json"), 1);
  for (const name of Object.keys(BROKEN)) await run("config", "--host", "helium", "--stack", `bad-${name}`);
  await run("status");
  await run("status", "--json");

  for (const [place, text] of filesBelow(homelab.dataDir)) assertClean(text, place);
  assertClean(JSON.stringify(await ownLabels(t)), "a label");
}

engineTest("no value of a secret is in what is said, what is kept, or in a label", async (t) => {
  const path = join(t.folder, "secrets.env");
  const lines = Object.entries(CANARIES).map(([name, value]) => `${name}='${value}'\n`).join("");
  await Deno.writeTextFile(path, lines);
  await runThrough(t, {
    secrets: withOfflineCache(dotenvFiles(path)),
    files: {},
    change: () => Deno.writeTextFile(path, `${lines}PHRASE='another'\n`),
  });
});

engineTest("nor is one of an encrypted file, or of a provider that fails with it in hand", async (t) => {
  const key = join(t.folder, "age.key");
  const malformed = join(t.folder, "malformed.env");
  const tampered = join(t.folder, "tampered.json");
  await Deno.writeTextFile(key, keyText("first"), { mode: 0o600 });
  await Deno.writeTextFile(malformed, Object.values(CANARIES).map((value) => `'${value}'\n`).join(""));
  const seal = (values: Readonly<Record<string, string>>) =>
    sealSopsJson(Object.entries(values).map(([name, text]) => ({ key: name, text })), {
      recipients: [recipientOf("first")],
    });
  const late = await seal({ LATE: CANARIES.PASSWORD, LATER: CANARIES.PHRASE });
  await Deno.writeTextFile(tampered, late.replace('"LATER"', '"SOONER"'));
  const keys = fromFile(key);
  const confused: SecretsProvider = {
    label: "the confused vault",
    variables: () => Promise.reject(new Error(`unexpected answer: ${JSON.stringify(CANARIES)}`)),
    mayProvide: () => "unknown",
  };
  await runThrough(t, {
    secrets: [confused, dotenvFiles(malformed), sops({ keys, files: [tampered] }), sops({ keys })],
    files: { "app.secret.json": await seal(CANARIES) },
    change: async (homelab) =>
      homelab.commit({ "app/app.secret.json": await seal({ ...CANARIES, PHRASE: "another" }) }),
  });
});

async function ownLabels(t: EngineTest): Promise<unknown> {
  const containers = await t.api.get("/containers/json?all=1") as { Labels: Record<string, string> }[];
  const own = containers.map(({ Labels }) =>
    Object.entries(Labels).filter(([name]) => name.startsWith("homeport."))
  );
  assert.ok(own.flat().some(([name]) => name === "homeport.secrets"), "no label tells of secrets");
  return own;
}

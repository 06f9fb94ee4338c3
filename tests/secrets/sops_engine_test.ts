/** Encrypted files of the repository on a real engine: what containers see, what is left on the disk, and who is deployed anew. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { sops } from "../../lib/secrets/sops.ts";
import { type EngineTest, engineTest } from "../engine/harness.ts";
import { Homelab } from "../fakes/homelab.ts";
import { sealSopsDotenv, sealSopsJson } from "../fakes/sops_writer.ts";
import { filesBelow } from "./files_below.ts";
import { keyText, recipientOf } from "./sops/fixtures.ts";

const PASSWORD = "canary-password";
const SETTING = "canary-setting";
const TOKEN = "canary-token\nof two lines\n";

const service = (t: EngineTest, lines: string) => `
    image: ${t.images.one}
    network_mode: none
    stop_grace_period: 0s
    command: ["sleep", "1000"]
    ${lines}
`;
const app = (t: EngineTest) => `
name: ${t.project}
services:
  web:${service(t, 'environment: { PASSWORD: "$DB_PASSWORD" }')}
  settled:${service(t, "env_file: settings.env")}
  filed:${service(t, "secrets: [token]")}
  plain:${service(t, "")}
secrets:
  token: { file: token.enc.txt }
`;

type Values = { readonly password: string; readonly setting: string; readonly token: string };

/** Sealed anew at every call: the same values never give the same files. */
async function sealed({ password, setting, token }: Values): Promise<Record<string, string>> {
  const recipients = [recipientOf("first")];
  return {
    "app/app.secret.env": await sealSopsDotenv({ DB_PASSWORD: password }, { recipients }),
    "app/settings.env": await sealSopsDotenv({ SETTING: setting }, { recipients }),
    "app/token.enc.txt": await sealSopsJson([{ key: "data", text: token }], { recipients }),
  };
}

engineTest("encrypted files reach containers in plain, and stay encrypted everywhere else", async (t) => {
  const values = { password: PASSWORD, setting: SETTING, token: TOKEN };
  const key = join(t.folder, "host", "age.key");
  await Deno.mkdir(join(t.folder, "host"));
  await Deno.writeTextFile(key, keyText("first"), { mode: 0o600 });
  const homelab = new Homelab({
    folder: t.folder,
    dockerHost: t.dockerHost,
    config: { secrets: sops({ keys: { kind: "credential-from-file", path: key } }) },
  });
  const said: string[] = [];
  const run = async (expected: number, ...args: string[]): Promise<string> => {
    const { code, stdout, stderr } = await homelab.run(...args);
    assert.equal(code, expected, `${args.join(" ")}:\n${stdout}${stderr}`);
    said.push(stdout, stderr);
    return stdout + stderr;
  };
  await homelab.commit({ "app/compose.yml": app(t), ...await sealed(values) });
  await run(0, "check", "--path", homelab.remote);
  await run(0, "apply");

  await t.step("a container has the plain content", async () => {
    assert.ok((await environmentOf(t, "web")).includes(`PASSWORD=${PASSWORD}`));
    assert.ok((await environmentOf(t, "settled")).includes(`SETTING=${SETTING}`));
    assert.ok((await archiveOf(t, "filed", "/run/secrets/token")).includes(TOKEN));
  });

  await t.step("nothing plain is in the data folder, in the checkout, or in a label", async () => {
    for (const [path, text] of filesBelow(homelab.dataDir)) assert.doesNotMatch(text, /canary/, path);
    for (const name of ["web", "settled", "filed"]) {
      assert.doesNotMatch(JSON.stringify((await inspect(t, name)).Config.Labels), /canary/);
    }
  });

  await t.step("what is shown of the stack is masked", async () => {
    for (const format of ["yaml", "json"]) {
      const shown = await run(0, "config", "--host", "helium", "--stack", "app", "--format", format);
      assert.match(shown, /SETTING"?: ["']\*\*\*/);
      assert.doesNotMatch(shown, /canary/);
    }
  });

  await t.step("the same values, encrypted anew, change nothing", async () => {
    await homelab.commit(await sealed(values));
    assert.match(await run(0, "plan"), /Nothing to do/);
  });

  await t.step("a changed value recreates who uses it, and the plan names it", async () => {
    const changes: readonly [Partial<Values>, string, string][] = [
      [{ password: "canary-2" }, "web", "secret DB_PASSWORD changed"],
      [{ setting: "canary-2" }, "settled", "secret file settings.env changed"],
      [{ token: "canary-2" }, "filed", "secret file token.enc.txt changed"],
    ];
    for (const [change, name, cause] of changes) {
      await homelab.commit(await sealed({ ...values, ...change }));
      const plan = await run(0, "plan");
      const recreated = [...plan.matchAll(/recreate container (\S+) — (.*)/g)].map((match) => match.slice(1));
      assert.deepEqual(recreated, [[`${t.project}-${name}-1`, cause]]);
    }
    await run(0, "apply");
    assert.match(await run(0, "plan"), /Nothing to do/);
    assert.ok((await archiveOf(t, "filed", "/run/secrets/token")).includes("canary-2"));
  });

  await t.step("with the wrong key what needs it waits as it runs, and others are deployed", async () => {
    const before = (await inspect(t, "web")).Id;
    await Deno.writeTextFile(key, keyText("stranger"), { mode: 0o600 });
    const other = `name: ${t.project}-other\nservices:\n  web:${service(t, "")}`;
    await homelab.commit({ "app/compose.yml": `${app(t)}# changed\n`, "other/compose.yml": other });
    const text = await run(1, "apply");
    assert.match(
      text,
      /app: waiting for secrets, left as it runs\n.*None of the age keys opens the file.*app\.secret\.env/s,
    );
    assert.match(text, /1 deployed, 1 waiting\n/);
    assert.match(await run(1, "plan"), /… app: waits for secrets, left as it runs/);
    assert.equal((await inspect(t, "web")).Id, before);
    assert.equal((await inspect(t, "web", `${t.project}-other`)).State.Running, true);
    await Deno.writeTextFile(key, keyText("first"), { mode: 0o600 });
    await Deno.chmod(key, 0o644);
    const plan = await run(0, "plan");
    assert.match(plan, /Nothing to do/);
    assert.match(
      plan,
      /warning: helium: sops: the age key .* is open to others than its owner \(mode 0644\)/,
    );
  });

  await t.step("what lies in clear is refused by check, once", async () => {
    await homelab.commit({ "other/app.secret.env": "A=canary\n" });
    const text = await run(2, "check", "--path", homelab.remote);
    assert.match(text, /A secret lies in clear, and should be encrypted.*other\/app\.secret\.env:1/);
    assert.match(text, /1 problem,/);
  });
  assert.doesNotMatch(said.join(""), /canary/);
});

interface Inspected {
  readonly Id: string;
  readonly State: { readonly Running: boolean };
  readonly Config: { readonly Env: readonly string[]; readonly Labels: Readonly<Record<string, string>> };
}

async function inspect(t: EngineTest, name: string, project = t.project): Promise<Inspected> {
  return await t.api.get(`/containers/${project}-${name}-1/json`) as Inspected;
}

async function environmentOf(t: EngineTest, name: string): Promise<readonly string[]> {
  return (await inspect(t, name)).Config.Env;
}

/** The file in a container, within its archive. */
async function archiveOf(t: EngineTest, name: string, path: string): Promise<string> {
  const url = `/containers/${t.project}-${name}-1/archive`;
  return await (await t.api.request("GET", url, { query: { path } })).text();
}

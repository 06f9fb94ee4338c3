/** A secret that changed: who is deployed anew, and what is said of it. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { dotenvFiles } from "../../lib/secrets/dotenv_files.ts";
import { type EngineTest, engineTest } from "../engine/harness.ts";
import { Homelab } from "../fakes/homelab.ts";

const stack = (t: EngineTest) => `
name: ${t.project}
services:
  web:
    image: ${t.images.one}
    network_mode: none
    stop_grace_period: 0s
    command: ["sleep", "1000"]
    environment: { PASSWORD: "$DB_PASSWORD", OTHER: "1" }
  filed:
    image: ${t.images.one}
    network_mode: none
    stop_grace_period: 0s
    command: ["sleep", "1000"]
    secrets: [token]
  plain:
    image: ${t.images.one}
    network_mode: none
    stop_grace_period: 0s
    command: ["sleep", "1000"]
secrets:
  token: { environment: API_TOKEN }
`;

engineTest("a changed secret recreates the services that use it, and the plan names it", async (t) => {
  const path = join(t.folder, "secrets.env");
  const write = (password: string, token: string) =>
    Deno.writeTextFile(path, `DB_PASSWORD=${password}\nAPI_TOKEN=${token}\n`);
  const homelab = new Homelab({
    folder: t.folder,
    dockerHost: t.dockerHost,
    config: { secrets: dotenvFiles(path) },
  });
  await homelab.commit({ "app/compose.yml": stack(t) });
  await write("first-canary", "token-canary");
  const said: string[] = [];
  const run = async (...args: string[]): Promise<string> => {
    const { code, stdout, stderr } = await homelab.run(...args);
    assert.equal(code, 0, stderr);
    said.push(stdout, stderr);
    return stdout;
  };
  await run("apply");
  assert.match(await run("plan"), /Nothing to do/);

  await write("second-canary", "token-canary");
  const ofPassword = await run("plan");
  assert.match(ofPassword, /recreate container \S+-web-1 — secret DB_PASSWORD changed\n/);
  assert.doesNotMatch(ofPassword, /-(filed|plain)-1/);
  await run("apply");

  await write("second-canary", "other-canary");
  const ofToken = await run("plan");
  assert.match(ofToken, /recreate container \S+-filed-1 — secret API_TOKEN changed\n/);
  assert.doesNotMatch(ofToken, /-(web|plain)-1/);
  await run("apply");
  assert.match(await run("plan"), /Nothing to do/);
  assert.doesNotMatch(said.join(""), /canary/);
});

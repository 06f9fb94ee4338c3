/** What differs on purpose, shown on the engine with both tools: where the reference does as Homeport does by now, nothing differs any more. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { connectEngine } from "../../lib/engine/client.ts";
import { converge } from "../engine/converge.ts";
import { type EngineTest, engineTest } from "../engine/harness.ts";
import { removeProjects } from "../engine/remove_projects.ts";
import { DIFFERENCES } from "./differences.ts";
import { SHOWN, type Shown } from "./shown_differences.ts";

for (const shown of SHOWN) {
  engineTest(shown.name, async (t) => {
    if ("reference" in shown) {
      assert.deepEqual(await lookAfter(t, shown, () => up(t)), shown.reference, "docker compose");
      await removeProjects(t.api, t.project);
    }
    const engine = connectEngine({ dockerHost: t.dockerHost });
    try {
      assert.deepEqual(await lookAfter(t, shown, () => converge(t, engine)), shown.homeport, "Homeport");
    } finally {
      engine.close();
    }
  }, { compose: true });
}

async function lookAfter(
  t: EngineTest,
  { before, after = before, look }: Shown,
  deploy: () => Promise<unknown>,
): Promise<unknown> {
  await Deno.remove(join(t.folder, "log")).catch(() => {});
  for (const text of [before, after]) {
    const filled = text.replaceAll("$IMAGE", t.images.one).replaceAll("$SUBNET", `${t.subnet}.0/24`);
    await Deno.writeTextFile(join(t.folder, "compose.yml"), filled.replaceAll("$ADDRESS", `${t.subnet}.9`));
    await deploy();
  }
  return await look(t);
}

engineTest("a wait whose time is over fails, and what waits is not started", async (t) => {
  await Deno.writeTextFile(
    join(t.folder, "compose.yml"),
    `services:
  db: {image: ${t.images.one}, network_mode: none, stop_signal: SIGKILL, healthcheck: {test: "false", interval: 1m}}
  web: {image: ${t.images.one}, network_mode: none, depends_on: {db: {condition: service_healthy}}}
`,
  );
  const engine = connectEngine({ dockerHost: t.dockerHost });
  try {
    // With the reference it is now a failure and now none.
    await assert.rejects(
      converge(t, engine, { overrides: { waitTimeout: 1000 } }),
      /is not healthy after 1 s/,
    );
    const { State } = await t.api.get(`/containers/${t.project}-web-1/json`) as { State: { Status: string } };
    assert.equal(State.Status, "created");
  } finally {
    engine.close();
  }
});

Deno.test("every difference names a test that is there", async () => {
  const root = fileURLToPath(new URL("../..", import.meta.url));
  for (const { id, test } of DIFFERENCES) {
    const [file = "", name = ""] = test.split(": ");
    assert.ok(
      (await Deno.readTextFile(join(root, file))).includes(name),
      `${id}: no test "${name}" in ${file}`,
    );
  }
});

async function up(t: EngineTest): Promise<void> {
  const { code, stderr } = await t.compose(["-p", t.project, "up", "-d"]);
  assert.equal(code, 0, stderr);
}

/** What becomes of a running stack when its file changes: the same as with `docker compose`, but for what stands here as `byCompose`. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { connectEngine } from "../../lib/engine/client.ts";
import { converge, planOf } from "./converge.ts";
import { containers, type Fates, fatesOf, keptAll } from "./fates.ts";
import { type EngineTest, engineTest } from "./harness.ts";
import { inParts } from "./parts.ts";
import { removeProjects } from "./remove_projects.ts";
import { type Transition, TRANSITIONS } from "./transitions.ts";

engineTest("a stack that changes becomes the same as with docker compose", async (t) => {
  await inParts(t, TRANSITIONS, compare);
}, { compose: true, timeoutSeconds: 400 });

async function compare(
  t: EngineTest,
  { before, disturb, after, fates, byCompose }: Transition,
): Promise<void> {
  const engine = connectEngine({ dockerHost: t.dockerHost });
  try {
    const change = async (deploy: () => Promise<unknown>): Promise<Fates> => {
      await write(t, before);
      await deploy();
      for (const args of disturb ?? []) await docker(t, args);
      const old = await containers(t);
      await write(t, after);
      await deploy();
      return fatesOf(old, await containers(t));
    };
    assert.deepEqual(await change(() => up(t)), byCompose ?? fates, "docker compose");
    await removeProjects(t.api, t.project);
    assert.deepEqual(await change(() => converge(t, engine)), fates, "Homeport");
    assert.deepEqual((await planOf(t, engine)).operations, [], "a second pass has nothing to do");
    const ours = await containers(t);
    await up(t);
    assert.deepEqual(fatesOf(ours, await containers(t)), keptAll(ours), "docker compose up changes nothing");
  } finally {
    engine.close();
  }
}

async function write(t: EngineTest, text: string): Promise<void> {
  const filled = text.replaceAll("$IMAGE", t.images.one).replaceAll("$OTHER", t.images.two);
  const whole = filled.replaceAll("$PROJECT", t.project).replaceAll("$SUBNET", t.subnet);
  await Deno.writeTextFile(join(t.folder, "compose.yml"), whole);
}

async function up(t: EngineTest): Promise<void> {
  const { code, stderr } = await t.compose(["-p", t.project, "up", "-d"]);
  assert.equal(code, 0, stderr);
}

async function docker(t: EngineTest, args: readonly string[]): Promise<void> {
  const { code, stderr } = await t.docker(args.map((each) => each.replaceAll("$PROJECT", t.project)));
  assert.equal(code, 0, stderr);
}

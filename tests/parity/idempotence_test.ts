/** Two tools, one state: both make the same of a stack, and what one of them deployed, the other one leaves as it is. */
import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { connectEngine } from "../../lib/engine/client.ts";
import { converge, planOf } from "../engine/converge.ts";
import { type EngineTest, engineTest } from "../engine/harness.ts";
import { removeProjects } from "../engine/remove_projects.ts";
import type { IdempotenceCase } from "./idempotence_case.ts";
import { IDEMPOTENCE_CASES } from "./idempotence_cases.ts";
import { inspectProject } from "./inspection.ts";
import { inParts } from "../engine/parts.ts";

engineTest("docker compose and Homeport make the same, and change nothing of each other's", async (t) => {
  await inParts(t, IDEMPOTENCE_CASES, compare);
}, { compose: true, timeoutSeconds: 400 });

async function compare(t: EngineTest, { file, files = {}, meant }: IdempotenceCase): Promise<void> {
  for (const [path, text] of Object.entries({ ...files, "compose.yml": file })) {
    const filled = text.replaceAll("$IMAGE", t.images.one).replaceAll("$OTHER", t.images.two);
    await Deno.mkdir(dirname(join(t.folder, path)), { recursive: true });
    await Deno.writeTextFile(join(t.folder, path), filled.replaceAll("$PROJECT", t.project));
  }
  const engine = connectEngine({ dockerHost: t.dockerHost });
  try {
    assert.equal((await converge(t, engine)).action, "create");
    await settled(t);
    assert.deepEqual((await planOf(t, engine)).operations, [], "a second pass has nothing to do");
    const ours = await state(t);
    const madeByUs = await inspectProject(t.api, t.project);
    await up(t);
    await settled(t);
    assert.deepEqual(await state(t), ours);
    assert.deepEqual((await planOf(t, engine)).operations, [], "nor has one after docker compose");

    await removeProjects(t.api, t.project);
    await up(t);
    await settled(t);
    const theirs = await state(t);
    const madeByThem = await inspectProject(t.api, t.project);
    if (meant === undefined) assert.deepEqual(madeByUs, madeByThem, "both make the same");
    else assert.notDeepEqual(madeByUs, madeByThem, `the difference "${meant}" is no more`);
    const plan = await converge(t, engine);
    assert.deepEqual(plan.operations, []);
    assert.deepEqual(await state(t), theirs);
  } finally {
    engine.close();
  }
}

async function up(t: EngineTest): Promise<void> {
  const { code, stderr } = await t.compose(["-p", t.project, "up", "-d"]);
  assert.equal(code, 0, stderr);
}

interface Found {
  readonly Id?: string;
  readonly Name?: string;
  readonly Names?: readonly string[];
  readonly State?: string;
  readonly CreatedAt?: string;
}

/** Everything of the project: name → identity. What runs must not even have been started again; a job may have been. */
async function state(t: EngineTest): Promise<Record<string, string>> {
  const filters = JSON.stringify({ label: [`com.docker.compose.project=${t.project}`] });
  const containers = await t.api.get("/containers/json", { all: "true", filters }) as Found[];
  const networks = await t.api.get("/networks", { filters }) as Found[];
  const { Volumes } = await t.api.get("/volumes", { filters }) as { Volumes: Found[] | null };
  const entries = await Promise.all(containers.map(async ({ Id, Names, State }) => {
    const details = await t.api.get(`/containers/${Id}/json`) as { State: { StartedAt: string } };
    return [`container ${Names![0]}`, State === "running" ? `${Id} ${details.State.StartedAt}` : `${Id}`];
  }));
  return Object.fromEntries([
    ...entries,
    ...networks.map(({ Name, Id }) => [`network ${Name}`, Id]),
    ...(Volumes ?? []).map(({ Name, CreatedAt }) => [`volume ${Name}`, CreatedAt]),
  ].sort(([a], [b]) => a! < b! ? -1 : 1));
}

/** Services called `job…` end by themselves. */
async function settled(t: EngineTest): Promise<void> {
  const filters = JSON.stringify({ label: [`com.docker.compose.project=${t.project}`], status: ["running"] });
  for (;;) {
    const running = await t.api.get("/containers/json", { filters }) as Found[];
    if (!running.some(({ Names }) => Names!.some((each) => each.includes("-job")))) return;
    t.signal.throwIfAborted();
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

import assert from "node:assert/strict";
import { HomeportError } from "../../lib/errors.ts";
import type { PassDependencies } from "../../lib/reconcile/pass.ts";
import type { PassRecord, StackRecord } from "../../lib/reconcile/history/pass_record.ts";
import { runRecordedPass } from "../../lib/reconcile/history/record_pass.ts";
import type { FakeEngine } from "../fakes/fake_engine.ts";
import { deploy, getContainer, newEngine, type Stacks } from "../plan/fixture.ts";
import { intercept, passOver, web } from "./pass_fixture.ts";

interface Recorded {
  readonly record: PassRecord;
  readonly error: unknown;
  readonly warnings: readonly string[];
}

/** Runs a pass whose journal is a list. */
async function recorded(
  engine: FakeEngine,
  stacks: Stacks,
  given: Parameters<typeof passOver>[2] & { readonly deps?: Partial<PassDependencies> } = {},
): Promise<Recorded> {
  const records: PassRecord[] = [];
  const { deps, options, events } = passOver(engine, stacks, given);
  const journal = {
    record: (pass: PassRecord) => {
      records.push(pass);
      return Promise.resolve([]);
    },
  };
  const all = { ...deps, journal, ...given.deps };
  const error = await runRecordedPass(all, { ...options, trigger: "apply" }).then(
    () => undefined,
    (reason) => reason,
  );
  const warnings = events.flatMap((event) => event.kind === "journal-warning" ? [event.message] : []);
  return { record: records[0]!, error, warnings };
}

function stackOf({ stacks }: PassRecord, name: string): StackRecord {
  return stacks.find(({ stack }) => stack === name)!;
}

Deno.test("a deployment is recorded with its operations, their causes, and the images before and after", async () => {
  const other = `sha256:${"7".repeat(64)}`;
  const engine = newEngine({ registry: { "app:9": other } });
  await deploy(engine, { shop: web() });
  const { image } = getContainer(engine, "shop-web-1");
  const { record } = await recorded(engine, { shop: web().replace("app:1", "app:9") });
  const { stacks: _, ...pass } = record;
  assert.deepEqual(pass, {
    host: "helium",
    trigger: "apply",
    startedAt: new Date("2026-01-02T03:04:05Z"),
    endedAt: new Date("2026-01-02T03:04:05Z"),
    commit: { id: "c0ffee" },
    outcome: "deployed",
  });
  const shop = stackOf(record, "shop");
  assert.deepEqual([shop.project, shop.action, shop.outcome, shop.errors], [
    "shop",
    "update",
    "deployed",
    [],
  ]);
  assert.match(shop.stackHash!, /^[0-9a-f]{64}$/);
  assert.deepEqual(shop.operations.map(({ id, outcome }) => [id, outcome]), [
    ["pull-image app:9", "done"],
    ["recreate-container web-1", "done"],
    ["start-container web-1", "done"],
  ]);
  assert.ok(shop.operations.every(({ milliseconds }) => Number.isInteger(milliseconds)));
  assert.ok(shop.causes.includes("image app:9 is not on this engine"), shop.causes.join());
  const [{ service, before, after }] = shop.images as [StackRecord["images"][number]];
  assert.deepEqual([service, before?.id, after?.id], ["web", image, other]);
});

Deno.test("a digest is that of the repository which the service names", async () => {
  const engine = newEngine();
  await deploy(engine, { shop: web() });
  const observe = engine.observe.bind(engine);
  engine.observe = async (images, signal) => {
    const observed = await observe(images, signal);
    const containers = observed.containers.map((each) => ({ ...each, imageReference: "library/app:1" }));
    const digests = ["ghcr.io/me/app@sha256:aa", "app@sha256:bb"];
    return { ...observed, containers, imageDigests: { [containers[0]!.image]: digests } };
  };
  const { record } = await recorded(engine, { shop: web() });
  const [{ after }] = stackOf(record, "shop").images as [StackRecord["images"][number]];
  assert.deepEqual([after?.reference, after?.digest], ["library/app:1", "app@sha256:bb"]);
});

Deno.test("what failed, what was not begun, and a stack that could not be loaded are recorded", async () => {
  const engine = newEngine();
  intercept(engine, (stack, { kind }) => {
    if (stack === "bad" && kind === "create-container") {
      throw new HomeportError("disk full", { hint: "make room" });
    }
  });
  const missing = new HomeportError("no DB_PASSWORD", { consequence: "wait" });
  const { record } = await recorded(engine, { bad: web(), good: web() }, {
    loaded: {
      broken: [{ name: "secretless", error: missing }, { name: "typo", error: new Error("line 3") }],
    },
  });
  assert.equal(record.outcome, "failed");
  const bad = stackOf(record, "bad");
  assert.deepEqual([bad.outcome, bad.errors], ["failed", ["disk full\n  → make room"]]);
  assert.deepEqual(bad.operations.map(({ outcome }) => outcome), ["failed", "skipped"]);
  assert.equal(bad.operations[1]!.milliseconds, undefined);
  assert.equal(stackOf(record, "good").outcome, "deployed");
  const { project, action, outcome, errors } = stackOf(record, "secretless");
  assert.deepEqual([project, action, outcome, errors], [undefined, "none", "waiting", ["no DB_PASSWORD"]]);
  assert.equal(stackOf(record, "typo").outcome, "failed");
});

Deno.test("a stack that was taken down is recorded with why, and runs nothing after", async () => {
  const engine = newEngine();
  await deploy(engine, { old: web(), a: web(), b: web() });
  const { record } = await recorded(engine, { a: web(), b: web() });
  const { action, outcome, causes, images } = stackOf(record, "old");
  assert.deepEqual([action, outcome], ["prune", "pruned"]);
  assert.equal(causes.length, 1);
  assert.deepEqual(images.map(({ before, after }) => [before !== undefined, after]), [[true, undefined]]);
  assert.equal(stackOf(record, "a").outcome, "unchanged");
});

Deno.test("a pass that is ended is recorded as interrupted, with what was in hand", async () => {
  const engine = newEngine();
  const controller = new AbortController();
  intercept(engine, () => controller.abort());
  const { record } = await recorded(engine, { shop: web() }, { options: { signal: controller.signal } });
  assert.equal(record.outcome, "interrupted");
  const { operations, images } = stackOf(record, "shop");
  assert.deepEqual(operations.map(({ outcome }) => outcome), ["done", "skipped"]);
  assert.equal(images[0]!.after !== undefined, true);
});

const FAULTS: readonly (readonly [what: string, error: Error, outcome: string])[] = [
  ["an unreachable remote", new HomeportError("away", { consequence: "retry" }), "failed"],
  ["a missing credential", new HomeportError("away", { consequence: "wait" }), "waiting"],
  ["an interruption", new DOMException("away", "AbortError"), "interrupted"],
];

for (const [what, fault, outcome] of FAULTS) {
  Deno.test(`a pass that ends with ${what} is recorded as ${outcome}, and still fails`, async () => {
    const repository = { sync: () => Promise.reject(fault) };
    const { record, error } = await recorded(newEngine(), {}, { deps: { repository } });
    assert.equal(error, fault);
    assert.deepEqual([record.outcome, record.error, record.commit, record.stacks], [
      outcome,
      "away",
      undefined,
      [],
    ]);
  });
}

Deno.test("a pass without a change looks at the engine once, and reads no commit", async () => {
  const engine = newEngine();
  await deploy(engine, { shop: web() });
  let looks = 0;
  const observe = engine.observe.bind(engine);
  engine.observe = (images, signal) => {
    looks++;
    return observe(images, signal);
  };
  const { deps } = passOver(engine, {});
  const snapshot = await deps.repository.sync({ offline: "refused", signal: new AbortController().signal });
  let described = 0;
  const describeCommit = () => Promise.resolve({ author: "Ada", subject: `read ${++described}` });
  const repository = { sync: () => Promise.resolve({ ...snapshot, describeCommit }) };
  const idle = await recorded(engine, { shop: web() }, { deps: { repository } });
  assert.deepEqual([idle.record.outcome, looks, described], ["unchanged", 1, 0]);
  const busy = await recorded(engine, { shop: web(", init: true") }, { deps: { repository } });
  assert.deepEqual(busy.record.commit, { id: "c0ffee", author: "Ada", subject: "read 1" });
});

Deno.test("a journal that fails is a warning, and the pass is as it is without one", async () => {
  for (
    const [record, warning] of [
      [() => Promise.resolve(["the disk is full"]), "the disk is full"],
      [() => Promise.reject(new Error("broken")), "the pass is not in the journal: broken"],
    ] as const
  ) {
    const engine = newEngine();
    const { error, warnings } = await recorded(engine, { shop: web() }, { deps: { journal: { record } } });
    assert.deepEqual([error, warnings], [undefined, [warning]]);
    assert.equal(getContainer(engine, "shop-web-1").state, "running");
  }
});

Deno.test("an engine that is gone after the deployment leaves the images of after unknown", async () => {
  const engine = newEngine();
  await deploy(engine, { shop: web() });
  const observe = engine.observe.bind(engine);
  let calls = 0;
  engine.observe = (images, signal) =>
    ++calls === 1 ? observe(images, signal) : Promise.reject(new HomeportError("gone"));
  const { record, warnings } = await recorded(engine, { shop: web(", init: true") });
  const [{ before, after }] = stackOf(record, "shop").images as [StackRecord["images"][number]];
  assert.deepEqual([before !== undefined, after, warnings], [true, undefined, []]);
});

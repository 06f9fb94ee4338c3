import assert from "node:assert/strict";
import { type ReturnReport, rollBackByHand } from "../../lib/reconcile/rollback/roll_back_by_hand.ts";
import { LABELS } from "../../lib/plan/plan.ts";
import { DEFAULT_SETTINGS } from "../../lib/stacks/stack_settings.ts";
import { getContainer } from "../plan/fixture.ts";
import { killedAtAnyPoint } from "./killed_at_any_point.ts";
import { MemoryHost } from "./repository_in_memory.ts";

const APP = (image: string, more = "") =>
  `services: { web: { image: "${image}", network_mode: none${more} } }`;

/** `c1`, `c2` and `c3` ran well, one after the other. */
async function host(): Promise<MemoryHost> {
  const host = new MemoryHost();
  const texts = [APP("app:1"), APP("app:2"), APP("app:2", ", init: true")];
  for (const [index, text] of texts.entries()) {
    host.push(`c${index + 1}`, { shop: text });
    assert.equal((await host.outcome()).result, "deployed");
  }
  return host;
}

function back(h: MemoryHost, to?: string, stack = "shop"): Promise<ReturnReport> {
  const { deps, options } = h.dependencies();
  return rollBackByHand(deps, { ...options, stack, ...(to !== undefined && { to }) });
}

function runs(h: MemoryHost): readonly (string | undefined)[] {
  const { image, labels } = getContainer(h.engine, "shop-web-1");
  const name = Object.keys(h.engine.images).find((each) => h.engine.images[each] === image);
  return [name, labels[LABELS.commit]];
}

Deno.test("a person goes back to what ran well before, and further back, and it stays there", async () => {
  const h = await host();
  const { returned: { to, imagesAsNamed }, outcomes: [outcome] } = await back(h);
  assert.deepEqual([to, imagesAsNamed, runs(h)], ["c2", false, ["app:2", "c2"]]);
  assert.deepEqual([outcome!.result, outcome!.hold, outcome!.gate], ["held", "manual", "passed"]);
  assert.equal(outcome!.reason, "held by hand at c2, until homeport resume");
  h.push("c4", { shop: APP("db:1") });
  const held = await h.outcome();
  assert.deepEqual([held.result, held.hold, held.known, runs(h)], ["held", "manual", true, ["app:2", "c2"]]);
  assert.equal((await back(h, "c1")).returned.to, "c1");
  assert.deepEqual(runs(h), ["app:1", "c1"]);
});

Deno.test("a person goes to a commit that never ran: its images are those that its files name", async () => {
  const h = await host();
  h.push("c4", { shop: APP("db:1") });
  const { to, imagesAsNamed } = (await back(h, "c4")).returned;
  assert.deepEqual([to, imagesAsNamed, runs(h)], ["c4", true, ["db:1", "c4"]]);
});

Deno.test("the images are those of then where the files are those of then", async () => {
  const h = await host();
  const good = h.engine.images["app:1"]!;
  Object.assign(h.engine.images, { "app:1": "sha256:moved", [good]: good });
  h.push("c0", { shop: APP("app:1") });
  h.push("c4", { shop: APP("app:2", ", init: true") });
  const { imagesAsNamed } = (await back(h, "c0")).returned;
  assert.equal(imagesAsNamed, false);
  assert.equal(getContainer(h.engine, "shop-web-1").image, good);
});

Deno.test("a stack that failed, and was not taken back, goes to what ran well", async () => {
  const h = await host();
  h.settings = { ...h.settings, rollback: "off" };
  h.engine.faulty.add(h.engine.images["db:1"]!);
  h.push("c4", { shop: APP("db:1") });
  assert.equal((await h.outcome()).result, "failed");
  assert.equal((await back(h)).returned.to, "c3");
  assert.deepEqual(runs(h), ["app:2", "c3"]);
});

Deno.test("a stack that was taken back goes further back", async () => {
  const h = await host();
  h.engine.faulty.add(h.engine.images["db:1"]!);
  h.push("c4", { shop: APP("db:1") });
  assert.equal((await h.outcome()).result, "rolled-back");
  assert.equal((await back(h)).returned.to, "c2");
  assert.equal(h.stack("shop").hold?.kind, "manual");
});

Deno.test("what does not get well at the older commit is told, and stays there", async () => {
  const h = await host();
  h.engine.faulty.add(h.engine.images["app:1"]!);
  const { outcomes: [outcome] } = await back(h, "c1");
  assert.deepEqual([outcome!.result, outcome!.hold, outcome!.rollback], ["failed", "manual", undefined]);
  assert.deepEqual(runs(h), ["app:1", "c1"]);
});

Deno.test("where there is nothing to go back to, nothing is done", async () => {
  const CASES: readonly (readonly [
    change: (h: MemoryHost) => unknown,
    to: string | undefined,
    stack: string,
    message: RegExp,
  ])[] = [
    [(h) => h.state = { stacks: {} }, undefined, "shop", /never seen to run well/],
    [
      (h) => {
        const { good, ...others } = h.stack("shop");
        h.state = { ...h.state, stacks: { shop: { ...others, good: good.slice(0, 1) } } };
      },
      undefined,
      "shop",
      /what runs is all that was ever seen to run well/,
    ],
    [() => {}, "unknown", "shop", /no commit unknown/],
    [() => {}, "c1", "blog", /Commit c1 has no stack blog/],
    [() => {}, undefined, "blog", /never seen to run well/],
    [(h) => h.suspended = true, undefined, "shop", /Stack shop is suspended/],
  ];
  for (const [change, to, stack, message] of CASES) {
    const h = await host();
    change(h);
    const before = [runs(h), h.state];
    await assert.rejects(back(h, to, stack), { message });
    assert.deepEqual([runs(h), h.state], before);
  }
});

Deno.test("a person who goes back is not held up by what was put back of late", async () => {
  const h = await host();
  for (let heals = 0; heals < 5; heals++) {
    h.engine.containers = [];
    assert.equal((await h.outcome()).result, "deployed");
  }
  const { outcomes: [outcome] } = await back(h);
  assert.deepEqual([outcome!.hold, outcome!.done > 0, runs(h)], ["manual", true, ["app:2", "c2"]]);
  assert.deepEqual(h.stack("shop").heals.length, 5);
});

Deno.test("killed at any point, the next pass is at one end or the other, also where drift is only reported", async () => {
  const base = await host();
  base.settings = { ...DEFAULT_SETTINGS, drift: "report" };
  const ends = new Set<string>();
  for await (const { h, steps } of killedAtAnyPoint(base, (h) => back(h, "c1"))) {
    await h.outcome();
    const { hold, isUnderWay } = h.stack("shop");
    assert.deepEqual(runs(h), hold === undefined ? ["app:2", "c3"] : ["app:1", "c1"], `${steps}`);
    assert.equal(getContainer(h.engine, "shop-web-1").state, "running");
    assert.equal(isUnderWay, undefined);
    ends.add(`${hold?.kind}`);
  }
  assert.deepEqual(ends, new Set(["undefined", "manual"]));
});

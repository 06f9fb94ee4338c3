import assert from "node:assert/strict";
import { HomeportError } from "../../lib/errors.ts";
import { LABELS } from "../../lib/plan/plan.ts";
import { InterruptedGates } from "../../lib/reconcile/health/interrupted_gates.ts";
import type { PassEvent } from "../../lib/reconcile/report.ts";
import { DEFAULT_SETTINGS } from "../../lib/stacks/stack_settings.ts";
import { getContainer, newEngine } from "../plan/fixture.ts";
import { killedAtAnyPoint } from "./killed_at_any_point.ts";
import { MemoryHost } from "./repository_in_memory.ts";

const APP = (image: string, more = "") =>
  `services: { web: { image: "${image}", network_mode: none${more} } }`;

const WINDOW = { openedAt: new Date("2026-01-02T00:00:00Z"), closesAt: new Date("2026-01-03T00:00:00Z") };

/** `c1` runs well; `c2` has an image whose containers end at once. */
async function host(bad = APP("app:2")): Promise<MemoryHost> {
  const host = new MemoryHost();
  host.push("c1", { shop: APP("app:1"), blog: APP("db:1") });
  assert.equal((await host.outcome()).result, "deployed");
  host.engine.faulty.add(host.engine.images["app:2"]!);
  host.push("c2", { shop: bad, blog: APP("db:1") });
  return host;
}

Deno.test("a stack whose services do not get well is brought back to what ran well", async () => {
  const h = await host();
  const outcome = await h.outcome();
  assert.deepEqual(
    [outcome.result, outcome.gate, outcome.hold, outcome.rollback?.to],
    ["rolled-back", "failed", "rolled-back", "c1"],
  );
  assert.match(
    outcome.errors[0]!.message,
    /container shop-web-1 ended with exit code 1\n {2}\| the last line of shop-web-1/,
  );
  assert.equal(outcome.errors.length, 1);
  const { image, state, labels } = getContainer(h.engine, "shop-web-1");
  assert.deepEqual([image, state, labels[LABELS.commit]], [h.engine.images["app:1"], "running", "c1"]);
  assert.deepEqual(h.pins, [{ path: "shop", commit: "c1" }]);
  const { hold } = h.stack("shop");
  assert.deepEqual(hold?.kind === "rolled-back" && [hold.bad.commit, hold.to.commit], ["c2", "c1"]);
  assert.deepEqual(
    h.events.filter(({ kind }) => kind === "rollback-started").map((event) => ({ ...event, reason: "" })),
    [{ kind: "rollback-started", stack: "shop", to: "c1", reason: "" }],
  );
});

Deno.test("only the stack that failed goes back", async () => {
  const h = await host();
  h.push("c2", { shop: APP("app:2"), blog: APP("db:1", ", init: true") });
  const { outcomes } = await h.pass();
  assert.deepEqual(
    outcomes.map(({ stack, result }) => [stack, result]),
    [["shop", "rolled-back"], [
      "blog",
      "deployed",
    ]].reverse(),
  );
  assert.equal(getContainer(h.engine, "blog-web-1").labels[LABELS.commit], "c2");
});

Deno.test("an operation on containers that fails is a reason to go back as well", async () => {
  const h = await host();
  h.engine.faulty.clear();
  h.before = (_, { kind, id }) => {
    if (
      kind === "start-container" && h.engine.images["app:2"] === getContainer(h.engine, "shop-web-1").image
    ) {
      throw new HomeportError(`${id} cannot be`);
    }
  };
  const outcome = await h.outcome();
  assert.deepEqual([outcome.result, outcome.errors.map(({ message }) => message)], [
    "rolled-back",
    ["start-container web-1 cannot be"],
  ]);
  assert.equal(getContainer(h.engine, "shop-web-1").image, h.engine.images["app:1"]);
});

Deno.test("a stack that was brought back is held, and what is changed by hand is put back", async () => {
  const h = await host();
  await h.outcome();
  h.engine.executed.length = 0;
  const held = await h.outcome();
  assert.deepEqual([held.result, held.hold, held.known, h.engine.executed], [
    "held",
    "rolled-back",
    true,
    [],
  ]);
  assert.match(held.reason!, /held at c1, until a commit changes it or homeport resume, because c2 failed/);
  h.engine.containers = h.engine.containers.filter(({ name }) => name !== "shop-web-1");
  const healed = await h.outcome();
  assert.deepEqual([healed.result, healed.done, healed.gate], ["held", 2, "passed"]);
  assert.equal(getContainer(h.engine, "shop-web-1").image, h.engine.images["app:1"]);
});

Deno.test("the image is the one of then, although its tag means another one by now", async () => {
  const h = await host();
  const old = h.engine.images["app:1"]!;
  h.before = () => void (h.engine.images["app:1"] = "sha256:moved");
  h.engine.images[old] = old;
  assert.equal((await h.outcome()).result, "rolled-back");
  assert.equal(getContainer(h.engine, "shop-web-1").image, old);
  assert.equal((await h.outcome()).result, "held");
  assert.equal(getContainer(h.engine, "shop-web-1").image, old);
});

Deno.test("a commit that changes the stack ends the hold", async () => {
  const h = await host();
  await h.outcome();
  h.push("c3", { shop: APP("app:2"), blog: APP("db:1", ", init: true") });
  assert.equal((await h.outcome()).result, "held", "it is what failed");
  h.push("c4", { shop: APP("db:1"), blog: APP("db:1") });
  assert.equal((await h.outcome()).result, "deployed");
  assert.deepEqual([h.stack("shop").hold, h.pins], [undefined, []]);
  assert.equal(getContainer(h.engine, "shop-web-1").image, h.engine.images["db:1"]);
});

Deno.test("what fails again goes back again, to one new hold", async () => {
  const h = await host();
  await h.outcome();
  h.push("c3", { shop: APP("app:2", ", init: true") });
  const again = await h.outcome();
  const { hold } = h.stack("shop");
  assert.deepEqual(
    [again.result, hold?.kind === "rolled-back" && [hold.bad.commit, hold.to.commit]],
    ["rolled-back", ["c3", "c1"]],
  );
});

Deno.test("another value of a secret ends the hold: it may be what was missing", async () => {
  const h = await host();
  await h.outcome();
  h.secret = "new";
  h.engine.faulty.clear();
  assert.equal((await h.outcome()).result, "deployed");
  assert.equal(getContainer(h.engine, "shop-web-1").image, h.engine.images["app:2"]);
});

Deno.test("settings that judge it otherwise end the hold, and those of now suspend it", async () => {
  const h = await host();
  await h.outcome();
  h.settings = { ...DEFAULT_SETTINGS, suspend: true };
  assert.equal((await h.outcome()).result, "suspended");
  assert.equal(h.stack("shop").hold?.kind, "rolled-back");
  h.settings = { ...DEFAULT_SETTINGS, drift: "report" };
  assert.equal((await h.outcome()).result, "held");
  h.settings = { ...DEFAULT_SETTINGS, healthGate: { timeout: 300_000, stable: 5000 } };
  h.engine.faulty.clear();
  assert.equal((await h.outcome()).result, "deployed");
  assert.equal(getContainer(h.engine, "shop-web-1").image, h.engine.images["app:2"]);
});

Deno.test("a stack that is gone from the repository is gone, held or not", async () => {
  const h = await host();
  await h.outcome();
  h.push("c3", { blog: APP("db:1") });
  const { outcomes } = await h.pass({ confirmPrune: true });
  assert.deepEqual(outcomes.map(({ stack, result }) => [stack, result]), [["shop", "pruned"], [
    "blog",
    "unchanged",
  ]]);
  assert.equal(h.stack("shop").hold, undefined);
});

Deno.test("what is good and fails again stays as it is, and is tried no other way", async () => {
  const h = await host();
  await h.outcome();
  h.engine.faulty.add(h.engine.images["app:1"]!);
  h.engine.containers = h.engine.containers.filter(({ name }) => name !== "shop-web-1");
  const outcome = await h.outcome();
  assert.deepEqual([outcome.result, outcome.hold, outcome.rollback], ["failed", "rolled-back", undefined]);
  assert.equal(h.stack("shop").hold?.kind, "rolled-back");
});

Deno.test("where the good state does not get well either, that is told, and it stays", async () => {
  const h = await host();
  h.engine.faulty.add(h.engine.images["app:1"]!);
  const outcome = await h.outcome();
  assert.deepEqual([outcome.result, outcome.rollback?.to, outcome.errors.length], ["failed", "c1", 2]);
  assert.equal(h.stack("shop").hold?.kind, "rolled-back");
  assert.equal(getContainer(h.engine, "shop-web-1").image, h.engine.images["app:1"]);
});

const NO_RETURN: readonly (readonly [name: string, change: (h: MemoryHost) => void])[] = [
  ["rollback is off", (h) => h.settings = { ...DEFAULT_SETTINGS, rollback: "off" }],
  ["nothing is known to have run well", (h) => h.state = { stacks: {} }],
  ["the engine went away", (h) => {
    h.before = (_, { kind }) => {
      if (kind === "recreate-container") throw new HomeportError("no engine", { consequence: "retry" });
    };
  }],
  ["the image cannot be pulled", (h) => {
    delete h.engine.images["app:2"];
    h.before = (_, { kind }) => {
      if (kind === "pull-image") throw new HomeportError("no such image");
    };
  }],
];
for (const [name, change] of NO_RETURN) {
  Deno.test(`a stack that fails stays as it is where ${name}`, async () => {
    const h = await host();
    change(h);
    const outcome = await h.outcome();
    assert.deepEqual([outcome.result, outcome.rollback], ["failed", undefined]);
    assert.deepEqual([h.stack("shop").hold, h.pins], [undefined, []]);
  });
}

Deno.test("drift that cannot be healed is no reason to go back: there is nothing else", async () => {
  const h = await host();
  h.push("c3", { shop: APP("app:1") });
  h.engine.faulty.add(h.engine.images["app:1"]!);
  h.engine.containers = h.engine.containers.filter(({ name }) => name !== "shop-web-1");
  const outcome = await h.outcome();
  assert.deepEqual([outcome.result, outcome.rollback], ["failed", undefined]);
});

Deno.test("a pass that is ended while it waits leaves the judgement to the next one", async () => {
  const h = await host(APP("app:2", ", init: true"));
  h.engine.faulty.clear();
  const controller = new AbortController();
  const bad = h.engine.images["app:2"]!;
  h.before = (_, { kind }) => void (kind === "start-container" && controller.abort());
  assert.equal((await h.outcome("shop", { signal: controller.signal })).result, "interrupted");
  assert.equal(h.stack("shop").hold, undefined);
  h.before = () => {};
  const container = getContainer(h.engine, "shop-web-1");
  assert.equal(container.image, bad);
  Object.assign(container, { state: "exited", exitCode: 1 });
  h.engine.faulty.add(bad);
  assert.equal((await h.outcome()).result, "rolled-back");
});

Deno.test("ending the waits ends no operation", async () => {
  const h = await host();
  const controller = new AbortController();
  controller.abort();
  h.engine.faulty.clear();
  const outcome = await h.outcome("shop", { endWaits: controller.signal });
  assert.deepEqual([outcome.result, outcome.done > 0], ["interrupted", true]);
});

Deno.test("an image that was built is not built again on the way back", async () => {
  const text = "services: { web: { build: ., network_mode: none } }";
  const h = new MemoryHost();
  h.push("c1", { shop: text }, {}, { web: "one" });
  assert.equal((await h.outcome()).result, "deployed");
  const good = getContainer(h.engine, "shop-web-1").image;
  // Without a name, the older image stays on the engine.
  h.engine.images[good] = good;
  h.push("c2", { shop: text }, {}, { web: "two" });
  h.before = (_, { kind }) => {
    const image = h.engine.images["shop-web"]!;
    if (kind === "recreate-container" && image !== good) h.engine.faulty.add(image);
  };
  h.engine.executed.length = 0;
  assert.equal((await h.outcome()).result, "rolled-back");
  assert.equal(getContainer(h.engine, "shop-web-1").image, good);
  assert.equal(h.engine.executed.filter((each) => each.includes("build-image")).length, 1);
  h.engine.executed.length = 0;
  assert.equal((await h.outcome()).result, "held");
  assert.deepEqual(h.engine.executed, []);
});

Deno.test("files that it mounts from elsewhere in the repository must be those of then", async () => {
  const mounts = (image: string) => APP(image, ', volumes: ["../shared/web.conf:/etc/web.conf:ro"]');
  const h = new MemoryHost();
  h.push("c1", { shop: mounts("app:1") }, { "shared/web.conf": "old" });
  await h.outcome();
  h.engine.faulty.add(h.engine.images["app:2"]!);
  h.push("c2", { shop: mounts("app:2") }, { "shared/web.conf": "new" });
  const outcome = await h.outcome();
  assert.equal(outcome.result, "failed");
  assert.match(
    outcome.errors[1]!.message,
    /Cannot bring shop back to commit c1: Stack shop mounts files outside of its folder that changed since: shared\/web\.conf/,
  );
  assert.deepEqual([h.stack("shop").hold, h.pins], [undefined, []]);
  h.push("c3", { shop: mounts("app:2") }, { "shared/web.conf": "old" });
  assert.equal((await h.outcome()).result, "rolled-back");
});

Deno.test("a commit that cannot be had keeps its own stack from the pass, and no other", async () => {
  const h = await host();
  await h.outcome();
  h.commits.delete("c1");
  h.push("c3", { shop: APP("app:2"), blog: APP("db:1", ", init: true") });
  const { outcomes } = await h.pass();
  assert.deepEqual(outcomes.map(({ stack, result }) => [stack, result]), [["shop", "broken"], [
    "blog",
    "deployed",
  ]]);
  assert.match(outcomes[0]!.errors[0]!.message, /no commit c1/);
});

Deno.test("what another host holds in the same checkout stays as it is, as long as it can be had", async () => {
  const h = await host();
  h.elsewhere.pins = [{ path: "blog", commit: "c1" }];
  await h.outcome();
  assert.deepEqual(h.pins, [{ path: "shop", commit: "c1" }, { path: "blog", commit: "c1" }]);
  h.elsewhere.pins = [{ path: "blog", commit: "gone" }];
  assert.equal((await h.outcome()).result, "held");
  assert.deepEqual(h.pins, [{ path: "shop", commit: "c1" }]);
});

Deno.test("the objects of what a stack may go back to stay here, on other hosts as well", async () => {
  const h = await host();
  h.elsewhere.keep = ["c0", "c1"];
  await h.outcome();
  await h.outcome();
  assert.deepEqual(h.syncs.at(-1)!.keep, ["c0", "c1", "c2"]);
});

Deno.test("files that ran well and an image that does not: the image of before is back, as long as the tag means the bad one", async () => {
  const h = new MemoryHost();
  h.push("c1", { shop: APP("app:1") });
  await h.outcome();
  const good = h.engine.images["app:1"]!;
  Object.assign(h.engine.images, { "app:1": "sha256:bad", [good]: good });
  h.engine.faulty.add("sha256:bad");
  const outcome = await h.outcome();
  assert.deepEqual([outcome.result, outcome.hold, outcome.gate], ["rolled-back", undefined, "failed"]);
  assert.deepEqual(h.stack("shop").rejected.map(({ reference, bad, good }) => [reference, bad.id, good.id]), [
    ["app:1", "sha256:bad", good],
  ]);
  const { image, state, id } = getContainer(h.engine, "shop-web-1");
  assert.deepEqual([image, state], [good, "running"]);
  assert.equal((await h.outcome()).result, "unchanged");
  assert.equal(getContainer(h.engine, "shop-web-1").id, id);
  h.engine.images["app:1"] = "sha256:better";
  assert.equal((await h.outcome()).result, "deployed");
  assert.equal(getContainer(h.engine, "shop-web-1").image, "sha256:better");
  assert.deepEqual(h.stack("shop").rejected, []);
});

Deno.test("a tag that is pulled daily brings the image that mends it, and not the bad one again", async () => {
  const h = new MemoryHost();
  const daily = APP("app:1", ", pull_policy: daily");
  const registry: Record<string, string> = {};
  h.engine = newEngine({ registry });
  const good = registry["app:1"] = h.engine.images["app:1"]!;
  h.push("c1", { shop: daily });
  assert.equal((await h.outcome()).result, "deployed");
  const [bad, better] = ["sha256:bad", "sha256:better"];
  registry["app:1"] = bad;
  Object.assign(h.engine.images, { "app:1": bad, [good]: good });
  h.engine.faulty.add(bad);
  assert.equal((await h.outcome()).result, "rolled-back");
  // By this engine's clock it is due at every pass.
  for (const [offered, runs] of [[bad, good], [better, better], [better, better]] as const) {
    registry["app:1"] = offered;
    assert.equal((await h.outcome()).result, "deployed");
    assert.equal(getContainer(h.engine, "shop-web-1").image, runs);
  }
  assert.deepEqual(h.stack("shop").rejected, []);
});

Deno.test("an image that is gone, and that no registry has, is said to be the reason", async () => {
  const h = await host();
  delete h.engine.images["app:1"];
  const outcome = await h.outcome();
  assert.deepEqual([outcome.result, outcome.errors.length], ["failed", 2]);
  assert.match(outcome.errors[1]!.message, /Cannot bring shop back to commit c1: Image sha256:.* is gone/);
  assert.deepEqual([h.stack("shop").hold, h.pins], [undefined, []]);
});

Deno.test("an image whose judgement was interrupted is judged by the next pass", async () => {
  const h = new MemoryHost();
  h.push("c1", { shop: APP("app:1") });
  await h.outcome();
  const good = h.engine.images["app:1"]!;
  Object.assign(h.engine.images, { "app:1": "sha256:bad", [good]: good });
  const ended = new AbortController();
  ended.abort();
  assert.equal((await h.outcome("shop", { endWaits: ended.signal })).result, "interrupted");
  Object.assign(getContainer(h.engine, "shop-web-1"), { state: "exited", exitCode: 1 });
  h.engine.faulty.add("sha256:bad");
  assert.equal((await h.outcome()).result, "rolled-back");
  assert.equal(getContainer(h.engine, "shop-web-1").image, good);
});

Deno.test("a way back whose gate was interrupted is told as one once that is passed", async () => {
  const ofImage = new MemoryHost();
  ofImage.push("c1", { shop: APP("app:1") });
  await ofImage.outcome();
  const good = ofImage.engine.images["app:1"]!;
  Object.assign(ofImage.engine.images, { "app:1": "sha256:bad", [good]: good });
  ofImage.engine.faulty.add("sha256:bad");
  for (const h of [await host(), ofImage]) {
    const gates = new InterruptedGates();
    const pass = (endWaitsAt?: PassEvent["kind"]) => {
      const waits = new AbortController();
      gates.begin("c", false);
      return h.outcome("shop", {
        gates,
        endWaits: waits.signal,
        onEvent: ({ kind }) => void (kind === endWaitsAt && waits.abort()),
      });
    };
    const first = await pass("rollback-started");
    assert.deepEqual([first.result, first.rollback?.to], ["interrupted", "c1"]);
    assert.equal((await pass("planned")).result, "interrupted");
    const { result, rollback, errors } = await pass();
    assert.deepEqual([result, rollback, errors], ["rolled-back", first.rollback, first.errors]);
    assert.match((await pass()).result, /held|unchanged/);
    assert.equal(h.stack("shop").good.length, 1);
  }
});

Deno.test("killed at any point, the next pass brings it back all the same", async () => {
  const base = await host();
  const seen = new Set<string>();
  for await (const { h, steps } of killedAtAnyPoint(base, (h) => h.pass())) {
    const before = `${h.stack("shop").hold?.kind} ${h.pins.length} ${
      h.engine.containers.map(({ image }) => image)
    }`;
    seen.add(before);
    const { result } = await h.outcome();
    assert.ok(["rolled-back", "held"].includes(result), `${steps}: ${result}`);
    const { image, state } = getContainer(h.engine, "shop-web-1");
    assert.deepEqual([image, state], [h.engine.images["app:1"], "running"], `after ${steps} steps`);
    assert.equal((await h.outcome()).result, "held");
  }
  assert.ok(seen.size > 6, [...seen].join("\n"));
});

Deno.test("where drift is only reported, what was killed at any point is brought to its end all the same", async () => {
  const commit = await host();
  const image = new MemoryHost();
  image.push("c1", { shop: APP("app:1") });
  await image.outcome();
  const good = image.engine.images["app:1"]!;
  Object.assign(image.engine.images, { "app:1": "sha256:bad", [good]: good });
  image.engine.faulty.add("sha256:bad");
  for (const base of [commit, image]) {
    base.settings = { ...DEFAULT_SETTINGS, drift: "report" };
    for await (const { h, steps } of killedAtAnyPoint(base, (h) => h.pass())) {
      const { hold, rejected } = h.stack("shop");
      // A window that opens meanwhile leaves no half of a way back.
      const isOnItsWay = hold !== undefined || rejected.length > 0;
      const { reason } = await h.outcome("shop", isOnItsWay ? { window: WINDOW } : {});
      const container = h.engine.containers.find(({ name }) => name === "shop-web-1");
      assert.deepEqual([container?.image, container?.state], [good, "running"], `${steps}: ${reason}`);
      assert.deepEqual([h.stack("shop").isUnderWay, h.stack("shop").heals], [undefined, []]);
    }
  }
});

Deno.test("another hash without anything to do is what runs well: drift is known from it", async () => {
  const h = await host();
  h.settings = { ...DEFAULT_SETTINGS, drift: "report" };
  h.push("c3", { shop: APP("app:1"), blog: APP("db:1") });
  h.secret = "new";
  assert.equal((await h.outcome()).result, "unchanged");
  h.engine.containers = h.engine.containers.filter(({ name }) => name !== "shop-web-1");
  assert.equal((await h.outcome()).hold, "reported");
});

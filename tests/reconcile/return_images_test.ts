import assert from "node:assert/strict";
import type { UpdateFinder } from "../../lib/reconcile/updates.ts";
import { DEFAULT_SETTINGS } from "../../lib/stacks/stack_settings.ts";
import { getContainer, newEngine } from "../plan/fixture.ts";
import { killedAtAnyPoint } from "./killed_at_any_point.ts";
import { MemoryHost } from "./repository_in_memory.ts";

const APP = `services:
  web: { image: "app:1", network_mode: none }
  db: { image: "db:1", network_mode: none }
`;
const id = (sign: string) => `sha256:${sign.repeat(64)}`;
const BAD = id("b");
const NEXT = id("c");

/** `app:1` runs well; containers of the bad image end at once. */
async function host(registry: Record<string, string> = { "app:1": BAD }): Promise<MemoryHost> {
  const host = new MemoryHost();
  const { images } = host.engine;
  host.engine = newEngine({ registry });
  host.engine.images = { ...images };
  host.push("c1", { shop: APP });
  assert.equal((await host.outcome()).result, "deployed");
  host.engine.faulty.add(BAD);
  // Without a name, it is still there.
  host.engine.images[imageOf(host, "web")] = imageOf(host, "web");
  return host;
}

function finder(to: string, reference = "app:1"): UpdateFinder {
  const update = { kind: "digest", stack: "shop", services: ["web"], reference, to } as const;
  return { find: () => Promise.resolve({ available: [update], skipped: [], failed: [] }) };
}

const imageOf = (h: MemoryHost, name: string) => getContainer(h.engine, `shop-${name}-1`).image;

Deno.test("a stack that does not run well with a newer image goes back to the image from before", async () => {
  const h = await host();
  const old = imageOf(h, "web");
  const db = getContainer(h.engine, "shop-db-1").id;
  const outcome = await h.outcome("shop", { updates: finder(BAD) });
  assert.deepEqual([outcome.result, outcome.gate, outcome.hold, outcome.rollback?.to], [
    "rolled-back",
    "failed",
    undefined,
    "c1",
  ]);
  assert.match(outcome.errors[0]!.message, /container shop-web-1 ended with exit code 1/);
  assert.match(
    outcome.reason!,
    /^app:1 stays sha256:\w{12}, and not sha256:b{12}: until the tag means yet another/,
  );
  assert.equal(imageOf(h, "web"), old);
  assert.equal(getContainer(h.engine, "shop-web-1").state, "running");
  assert.equal(getContainer(h.engine, "shop-db-1").id, db, "what did not change stays");
  assert.equal(h.engine.images["app:1"], BAD, "the tag is left as it is");
  assert.deepEqual(h.stack("shop").rejected.map(({ reference, bad, good }) => [reference, bad.id, good.id]), [
    ["app:1", BAD, old],
  ]);
});

Deno.test("it stays there, and what is changed by hand is put back", async () => {
  const h = await host();
  const old = imageOf(h, "web");
  await h.outcome("shop", { updates: finder(BAD) });
  h.engine.executed.length = 0;
  assert.equal((await h.outcome()).result, "unchanged");
  assert.deepEqual(h.engine.executed, []);
  h.engine.containers = h.engine.containers.filter(({ name }) => name !== "shop-web-1");
  assert.deepEqual([(await h.outcome()).result, imageOf(h, "web")], ["deployed", old]);
});

Deno.test("it also goes back where somebody else moved the tag", async () => {
  const h = await host();
  const old = imageOf(h, "web");
  h.engine.images["app:1"] = BAD;
  assert.deepEqual([(await h.outcome()).result, imageOf(h, "web")], ["rolled-back", old]);
});

Deno.test("an image after the rejected one is tried, and then nothing is rejected any more", async () => {
  const registry = { "app:1": BAD };
  const h = await host(registry);
  await h.outcome("shop", { updates: finder(BAD) });
  registry["app:1"] = NEXT;
  const outcome = await h.outcome("shop", { updates: finder(NEXT) });
  assert.deepEqual([outcome.result, imageOf(h, "web")], ["deployed", NEXT]);
  assert.equal((await h.outcome()).result, "unchanged");
  assert.deepEqual(h.stack("shop").rejected, []);
});

Deno.test("an update of another image does not bring the rejected one back", async () => {
  const h = await host({ "app:1": BAD, "db:1": NEXT });
  const old = imageOf(h, "web");
  await h.outcome("shop", { updates: finder(BAD) });
  const outcome = await h.outcome("shop", { updates: finder(NEXT, "db:1") });
  assert.deepEqual([outcome.result, imageOf(h, "web"), imageOf(h, "db")], ["deployed", old, NEXT]);
});

Deno.test("without rollback it stays as it is, and nothing is rejected", async () => {
  const h = await host();
  h.settings = { ...DEFAULT_SETTINGS, rollback: "off" };
  const outcome = await h.outcome("shop", { updates: finder(BAD) });
  assert.deepEqual([outcome.result, imageOf(h, "web")], ["failed", BAD]);
  assert.deepEqual(h.stack("shop").rejected, []);
});

Deno.test("what fails without another image is no reason to reject one", async () => {
  const h = await host();
  h.engine.faulty.add(imageOf(h, "web"));
  h.engine.containers = h.engine.containers.filter(({ name }) => name !== "shop-web-1");
  assert.equal((await h.outcome()).result, "failed");
  assert.deepEqual(h.stack("shop").rejected, []);
});

Deno.test("where the image from before does not run well either, it stays with that, and there is no end to end", async () => {
  const h = await host();
  const old = imageOf(h, "web");
  h.engine.faulty.add(old);
  const outcome = await h.outcome("shop", { updates: finder(BAD) });
  assert.deepEqual([outcome.result, outcome.errors.length, imageOf(h, "web")], ["failed", 2, old]);
  h.engine.executed.length = 0;
  await h.outcome();
  assert.ok(!h.engine.executed.some((each) => each.includes("create")), `${h.engine.executed}`);
});

Deno.test("killed at any point, the next passes lead to the image from before", async () => {
  const base = await host();
  const old = imageOf(base, "web");
  const update = (h: MemoryHost) => h.pass({ updates: finder(BAD) });
  for await (const { h, steps } of killedAtAnyPoint(base, update)) {
    await h.pass();
    await h.pass();
    assert.equal(getContainer(h.engine, "shop-web-1").state, "running");
    assert.equal(imageOf(h, "web"), old, `after ${steps} steps`);
  }
});

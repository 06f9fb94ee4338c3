import assert from "node:assert/strict";
import type { Observed } from "../../lib/plan/observed.ts";
import type { ServiceImage } from "../../lib/reconcile/history/pass_record.ts";
import { pinsOf, rejectImages, withoutOutdated } from "../../lib/reconcile/rollback/rejected_images.ts";
import { NEW_STACK, type StackState } from "../../lib/reconcile/state/stack_state.ts";
import { loadStack } from "../plan/fixture.ts";

const stack = loadStack(
  "shop",
  `services:
  web: { image: "app:1", network_mode: none }
  api: { image: "app:1", network_mode: none }
  db: { image: "db:1", platform: linux/arm64, network_mode: none }
`,
);
const id = (sign: string) => `sha256:${sign.repeat(64)}`;
const image = (sign: string): ServiceImage => ({ id: id(sign), digest: `app@${id(sign)}` });
const since = "2026-01-01T00:00:00Z";
const reject = (state: StackState, before: string, after: string, service = "web") =>
  rejectImages(state, stack, [{ service, before: image(before), after: image(after) }], since);
const observed = (images: Observed["images"]): Observed => ({
  containers: [],
  networks: [],
  volumes: [],
  images,
});

Deno.test("what came is rejected, and what ran before is what the stack goes back to", () => {
  assert.deepEqual(reject(NEW_STACK, "a", "b").rejected, [
    { reference: "app:1", bad: image("b"), good: image("a"), since },
  ]);
});

Deno.test("where no image changed, nothing is rejected", () => {
  assert.equal(reject(NEW_STACK, "a", "a"), NEW_STACK);
  assert.equal(rejectImages(NEW_STACK, stack, [{ service: "web", after: image("b") }], since), NEW_STACK);
  assert.equal(reject(NEW_STACK, "a", "b", "gone"), NEW_STACK);
});

Deno.test("a later rejection takes the place of an earlier one of the same reference, and of no other", () => {
  const first = reject(reject(NEW_STACK, "c", "d", "db"), "a", "b");
  assert.deepEqual(reject(first, "a", "e").rejected.map(({ reference, bad }) => [reference, bad.id]), [
    ["db:1", id("d")],
    ["app:1", id("e")],
  ]);
});

const state = reject(NEW_STACK, "a", "b");
const PINS: [name: string, images: Observed["images"], isHeld: boolean][] = [
  ["the tag still means the rejected image", { "app:1": id("b") }, true],
  ["the tag is gone and could come back as the rejected image", {}, true],
  ["the tag means yet another image", { "app:1": id("c") }, false],
  ["the tag means the good image again", { "app:1": id("a") }, false],
];

for (const [name, images, isHeld] of PINS) {
  Deno.test(`the stack is ${isHeld ? "" : "not "}held to the image from before when ${name}`, () => {
    const seen = observed(images);
    const pin = { reference: "app:1", id: id("a"), digest: `app@${id("a")}` };
    assert.deepEqual(pinsOf(stack, state, seen), isHeld ? [{ ...pin, untilTagMoves: true }] : []);
    const next = withoutOutdated(stack, state, seen);
    if (isHeld) assert.equal(next, state);
    else assert.deepEqual(next.rejected, []);
  });
}

Deno.test("a reference of another platform is looked up as it is asked for", () => {
  const ofDb = reject(NEW_STACK, "a", "b", "db");
  assert.equal(pinsOf(stack, ofDb, observed({ "db:1 (linux/arm64)": id("b") })).length, 1);
  assert.equal(pinsOf(stack, ofDb, observed({ "db:1 (linux/arm64)": id("c") })).length, 0);
});

Deno.test("what the stack's files name no more is forgotten", () => {
  const other = loadStack("shop", `services: { web: { image: "app:2", network_mode: none } }`);
  const seen = observed({ "app:1": id("b") });
  assert.deepEqual(pinsOf(other, state, seen), []);
  assert.deepEqual(withoutOutdated(other, state, seen).rejected, []);
});

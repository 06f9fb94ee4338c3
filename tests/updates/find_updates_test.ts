import assert from "node:assert/strict";
import type { ImageReference } from "../../lib/plan/observed.ts";
import type { RegistryImage } from "../../lib/plan/registry_image.ts";
import { NEW_STACK, NO_STATE, type StackState } from "../../lib/reconcile/state/stack_state.ts";
import { refreshOf, type SeenHost, type UpdateFindings } from "../../lib/reconcile/updates.ts";
import type { DesiredStack } from "../../lib/stacks/desired_stack.ts";
import { DEFAULT_SETTINGS } from "../../lib/stacks/stack_settings.ts";
import { makeUpdateFinder, type UpdateFinderOptions } from "../../lib/updates/find_updates.ts";
import type { FakeEngine } from "../fakes/fake_engine.ts";
import { deploy, loadStack, newEngine, type Stacks } from "../plan/fixture.ts";

const { signal } = new AbortController();
const OLD = `sha256:${"1".repeat(64)}`;
const NEW = `sha256:${"2".repeat(64)}`;
const newer: RegistryImage = { digest: NEW, platforms: [], isOffered: true };
const web = (image = "app:1", rest = "") =>
  `services: { web: { image: "${image}", network_mode: none${rest} } }`;

interface Asked extends Partial<UpdateFinderOptions> {
  readonly engine?: FakeEngine;
  readonly states?: Readonly<Record<string, StackState>>;
  readonly suspensions?: SeenHost["suspensions"];
  readonly settle?: (stack: DesiredStack) => DesiredStack;
  readonly answer?: (reference: ImageReference) => Promise<RegistryImage>;
}

/** Every stack runs, and every image has the old digest. */
async function find(
  stacks: Stacks,
  asked: Asked = {},
): Promise<UpdateFindings & { readonly asked: string[] }> {
  const {
    states = {},
    suspensions = {},
    settle = (stack) => stack,
    answer,
    engine = newEngine(),
    ...options
  } = asked;
  await deploy(engine, stacks);
  const names: string[] = [];
  const observed = engine.state();
  const ids = observed.containers.map(({ image }) => [image, [`app@${OLD}`]] as const);
  const findings = await makeUpdateFinder({
    registries: {
      askRegistry: async (reference) => {
        names.push(reference.image);
        return await (answer?.(reference) ?? newer);
      },
    },
    exclude: [],
    ...options,
  }).find({
    stacks: Object.entries(stacks).map(([name, text]) => settle(loadStack(name, text))),
    observed: { ...observed, imageDigests: Object.fromEntries(ids) },
    state: { ...NO_STATE, stacks: states },
    suspensions,
  }, signal);
  return { ...findings, asked: names };
}

Deno.test("a reference is asked for once, and told for each stack with all of its services", async () => {
  const twice = `services:
  web: { image: "app:1", network_mode: none }
  api: { image: "app:1", network_mode: none }
`;
  const { available, asked } = await find({ shop: twice, blog: web(), other: web("app:2") });
  assert.deepEqual(asked, ["app:1", "app:2"]);
  assert.deepEqual(available, [
    { kind: "digest", stack: "shop", services: ["api", "web"], reference: "app:1", from: OLD, to: NEW },
    { kind: "digest", stack: "blog", services: ["web"], reference: "app:1", from: OLD, to: NEW },
    { kind: "digest", stack: "other", services: ["web"], reference: "app:2", from: OLD, to: NEW },
  ]);
  assert.deepEqual(refreshOf({ available, skipped: [], failed: [] })["blog"], [
    { reference: "app:1", from: OLD, to: NEW },
  ]);
});

Deno.test("a registry that does not answer stops nothing, and is told once for each image", async () => {
  const { available, failed } = await find({ shop: web(), blog: web(), other: web("app:2") }, {
    answer: ({ image }) =>
      image === "app:1" ? Promise.reject(new Error("toomanyrequests")) : Promise.resolve(newer),
  });
  assert.deepEqual(available.map(({ stack }) => stack), ["other"]);
  assert.deepEqual(failed.map(({ reference, stacks, error }) => [reference, stacks, error.message]), [
    ["app:1", ["shop", "blog"], "toomanyrequests"],
  ]);
});

Deno.test("four registries are asked at a time", async () => {
  let now = 0;
  let most = 0;
  const engineImages = ["app:1", "app:2", "db:1", "vpn:1", "job:1"];
  const stacks = Object.fromEntries(engineImages.map((image, index) => [`s${index}`, web(image)]));
  await find(stacks, {
    answer: async () => {
      most = Math.max(most, ++now);
      await Promise.resolve();
      await Promise.resolve();
      now--;
      return newer;
    },
  });
  assert.equal(most, 4);
});

Deno.test("an end of the pass ends the questions", async () => {
  const controller = new AbortController();
  const finder = makeUpdateFinder({
    registries: {
      askRegistry: () => {
        controller.abort(new Error("the end"));
        return Promise.reject(new Error("cut off"));
      },
    },
    exclude: [],
  });
  const engine = newEngine();
  await deploy(engine, { shop: web() });
  const observed = engine.state();
  const imageDigests = Object.fromEntries(observed.containers.map(({ image }) => [image, [`app@${OLD}`]]));
  const seen = {
    stacks: [loadStack("shop", web())],
    observed: { ...observed, imageDigests },
    state: NO_STATE,
    suspensions: {},
  };
  await assert.rejects(finder.find(seen, controller.signal), { message: "the end" });
});

const since = "2026-01-01T00:00:00Z";
const LEFT_OUT: [name: string, asked: Asked, text: string, kind: string, reason: RegExp][] = [
  ["a suspended stack", { suspensions: { shop: { since } } }, web(), "suspended", /suspended/],
  [
    "a stack that Git suspends",
    {
      settle: (stack) => ({ ...stack, settings: { ...DEFAULT_SETTINGS, suspend: true } }),
    },
    web(),
    "suspended",
    /suspended/,
  ],
  [
    "a held stack",
    {
      states: { shop: { ...NEW_STACK, hold: { kind: "drift", since, reason: "again", stackHash: "1" } } },
    },
    web(),
    "held",
    /held \(drift\)/,
  ],
  ["a stack that the configuration names", { exclude: ["blog", "shop"] }, web(), "excluded", /"shop"/],
  ["a stack that a pattern matches", { exclude: ["s*p"] }, web(), "excluded", /"s\*p"/],
  ["an excluded service", {}, web("app:1", ', labels: { homeport.updates: "off" }'), "excluded", /is off/],
  [
    "a stack one of whose services ComposeFlux leaves out",
    {},
    `services:
  web: { image: "app:1", network_mode: none }
  zdb: { image: "app:2", network_mode: none, labels: { composeflux.image-update.exclude: "true" } }
`,
    "excluded",
    /composeflux\.image-update\.exclude of zdb/,
  ],
];

for (const [name, asked, text, kind, reason] of LEFT_OUT) {
  Deno.test(`${name} is not asked for, and why is said`, async () => {
    const findings = await find({ shop: text }, asked);
    assert.deepEqual(findings.asked, []);
    assert.deepEqual(findings.available, []);
    const { skipped: [skipped] } = findings;
    assert.equal(skipped!.kind, kind);
    assert.match(skipped!.reason, reason);
  });
}

Deno.test("a pattern is no regular expression, and stands for the whole name", async () => {
  assert.equal((await find({ shop: web() }, { exclude: ["s.op", "sho", "hop"] })).available.length, 1);
});

Deno.test("a tag that an excluded service runs, too, is only told: a pull would move it for both", async () => {
  const { available } = await find({
    shop: web(),
    blog: web("app:1", ', labels: { homeport.updates: "off" }'),
  });
  assert.deepEqual(available.map(({ stack, onlyTold }) => [stack, onlyTold]), [
    ["shop", "blog/web runs the same tag and is to keep its image"],
  ]);
  assert.deepEqual(refreshOf({ available, skipped: [], failed: [] }), {});
});

Deno.test("a tag has several spellings", async () => {
  const engine = newEngine();
  engine.images["docker.io/library/app:1"] = engine.images["app:1"]!;
  const stacks = {
    shop: web("docker.io/library/app:1"),
    blog: web("app:1", ', labels: { homeport.updates: "off" }'),
  };
  const { available } = await find(stacks, { engine });
  assert.equal(available[0]!.onlyTold, "blog/web runs the same tag and is to keep its image");
});

Deno.test("where everything is only told, nothing is used", async () => {
  const { available } = await find({ shop: web() }, { onlyTold: "updates.mode is notify" });
  assert.equal(available[0]!.onlyTold, "updates.mode is notify");
  assert.deepEqual(refreshOf({ available, skipped: [], failed: [] }), {});
});

Deno.test("a service that has no container yet is none of the updater's", async () => {
  const finder = makeUpdateFinder({ registries: { askRegistry: () => Promise.resolve(newer) }, exclude: [] });
  const stacks = [loadStack("shop", web())];
  const seen = { stacks, observed: newEngine().state(), state: NO_STATE, suspensions: {} };
  assert.deepEqual(await finder.find(seen, signal), { available: [], skipped: [], failed: [] });
});

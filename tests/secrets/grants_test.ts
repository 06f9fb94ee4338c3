import assert from "node:assert/strict";
import type { SecretsProvider } from "../../lib/config/secrets_provider.ts";
import { forStacks } from "../../lib/secrets/for_stacks.ts";
import { sourcesOf } from "../../lib/secrets/secret_sources.ts";
import { gatherVariables } from "./gather.ts";

const signal = new AbortController().signal;

function provider(label: string, values: Readonly<Record<string, string>>): SecretsProvider {
  return {
    label,
    variables: () => Promise.resolve(values),
    mayProvide: (name) => Object.hasOwn(values, name),
  };
}

Deno.test("a provider that is granted to some stacks gives to these alone, in its place of the order", async () => {
  const { variables, ofStack } = await gatherVariables([
    provider("first", { A: "first", B: "first", C: "first" }),
    forStacks(["immich", "paperless"], provider("granted", { B: "granted", C: "granted", D: "granted" })),
    provider("last", { C: "last" }),
  ], { signal, dataDir: "/nowhere", now: new Date() });
  assert.deepEqual({ ...variables }, { A: "first", B: "first", C: "last" });
  assert.deepEqual(Object.keys(ofStack), ["immich", "paperless"]);
  assert.deepEqual({ ...ofStack["immich"] }, { A: "first", B: "granted", C: "last", D: "granted" });
});

Deno.test("a grant within a grant is for the stacks of both", async () => {
  const inner = forStacks(["a", "b"], provider("inner", { X: "1" }));
  const { variables, ofStack } = await gatherVariables([forStacks(["b", "c"], inner)], {
    signal,
    dataDir: "/nowhere",
    now: new Date(),
  });
  assert.deepEqual([{ ...variables }, Object.keys(ofStack)], [{}, ["b"]]);
});

Deno.test("a stack without the grant is not told that the provider may have a variable", async () => {
  const [source] = await sourcesOf([forStacks(["immich"], provider("granted", { X: "1" }))], {
    signal,
    dataDir: "/nowhere",
  });
  assert.deepEqual([source!.mayProvide("X", "immich"), source!.mayProvide("X", "web")], [true, false]);
});

const FAULTS: readonly (readonly [stacks: unknown, says: RegExp | undefined])[] = [
  [["immich"], undefined],
  [[], /names no stack/],
  ["immich", /names no stack/],
  [["a/b"], /"a\/b" is not a name of a stack/],
  [[""], /"" is not a name of a stack/],
];

for (const [stacks, says] of FAULTS) {
  Deno.test(`forStacks(${JSON.stringify(stacks)}) is ${says === undefined ? "right" : "a fault"}`, () => {
    const { faults = [] } = forStacks(stacks as string[], provider("any", {}));
    if (says === undefined) assert.deepEqual(faults, []);
    else assert.match(faults[0]!.message, says);
  });
}

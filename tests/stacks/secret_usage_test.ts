import assert from "node:assert/strict";
import { secretUsage, type SecretUse } from "../../lib/stacks/secret_usage.ts";
import type { GivenSecrets, SecretSource } from "../../lib/stacks/variables.ts";
import { memoryFiles, memoryTrackedFiles, type MemoryTree } from "../fakes/memory_files.ts";

/** What the stack `web` of a host uses; the compose file's service has these lines. */
function usage(environment: readonly string[], secrets: GivenSecrets, more: MemoryTree = {}): string[] {
  const lines = environment.map((line) => `      ${line}\n`).join("");
  const tree = {
    "servers/helium/web/compose.yml": `services:\n  web:\n    image: busybox:1\n    environment:\n${
      lines || "      A: b\n"
    }`,
    ...more,
  };
  const [stack] = secretUsage({
    host: "helium",
    layout: { kind: "folder", path: "servers/helium" },
    root: "/checkout",
    files: memoryFiles("/checkout", tree),
    tracked: memoryTrackedFiles("/checkout", tree),
    startupOrder: [],
    envs: { host: { OF_HOST: "1" }, shared: {} },
    secrets,
  });
  return stack!.secrets.map(described);
}

function described({ name, state, providers, location, error }: SecretUse): string {
  const place = location === undefined ? "" : ` at ${location.file}:${location.line}`;
  return `${[name, state, ...providers].join(" ")}${place}${error === undefined ? "" : `: ${error}`}`;
}

function given(variables: Readonly<Record<string, string>>, sources: readonly SecretSource[]): GivenSecrets {
  return { variables, sources };
}

function source(label: string, names: readonly string[], has: readonly string[] = names): SecretSource {
  return { label, mayProvide: (name) => names.includes(name), gives: (name) => has.includes(name) };
}

const CASES: readonly (readonly [
  what: string,
  environment: readonly string[],
  secrets: GivenSecrets,
  expected: readonly string[],
])[] = [
  ["what a provider gave", ["A: $X"], given({ X: "1" }, [source("env", ["X"])]), ["X found env"]],
  [
    "the last of two providers that have it",
    ["A: $X"],
    given({ X: "1" }, [source("one", ["X"]), source("two", ["X"])]),
    ["X found two"],
  ],
  [
    "what its provider does not have",
    ["A: $X"],
    given({}, [source("env", ["X"], [])]),
    ["X missing env at servers/helium/web/compose.yml:5"],
  ],
  ["what nobody has", ["A: $X"], given({}, []), ["X missing at servers/helium/web/compose.yml:5"]],
  [
    "what is passed through by name alone",
    ["X:"],
    given({ X: "1" }, [source("env", ["X"])]),
    ["X found env"],
  ],
  [
    "what a provider that failed may have",
    ["A: $X"],
    given({}, [{ label: "vault", mayProvide: () => "unknown", error: () => new Error("no answer") }]),
    ["X unavailable vault: no answer"],
  ],
  ["no variable of the host's own envs", ["A: $OF_HOST"], given({}, []), []],
  ["no variable that has a default", ["A: ${X:-1}"], given({}, [source("env", ["X"], [])]), []],
  ["no secret that the stack does not name", [], given({ X: "1" }, [source("env", ["X"])]), []],
];

for (const [what, environment, secrets, expected] of CASES) {
  Deno.test(`a stack's secrets list ${what}`, () => assert.deepEqual(usage(environment, secrets), expected));
}

Deno.test("a variable of the stack's own .env is no secret", () =>
  assert.deepEqual(
    usage(["A: $X"], given({}, []), { "servers/helium/web/.env": "X=1\n" }),
    [],
  ));

Deno.test("a stack that cannot be loaded lists the names of its Compose file", () => {
  const secrets = given({ X: "1" }, [source("env", ["X", "Y"], ["X"])]);
  assert.deepEqual(usage(["A: $X", "B: ${Y:?}"], secrets), ["X found env", "Y missing env"]);
});

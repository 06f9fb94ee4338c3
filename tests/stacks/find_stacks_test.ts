import assert from "node:assert/strict";
import { formatError } from "../../lib/errors.ts";
import { findStacks } from "../../lib/stacks/find_stacks.ts";
import type { HostStacks } from "../../lib/stacks/stack.ts";
import { memoryFiles, type MemoryTree } from "../fakes/memory_files.ts";

const ROOT = "/checkout";

function find(tree: MemoryTree, path = "servers/helium"): HostStacks {
  return findStacks({ kind: "folder", path }, ROOT, memoryFiles(ROOT, tree));
}

function failureOf(tree: MemoryTree, path?: string): string {
  try {
    find(tree, path);
  } catch (error) {
    return formatError(error);
  }
  throw new assert.AssertionError({ message: "nothing failed" });
}

Deno.test("every direct subfolder with a Compose file is a stack, by any of the four names", () => {
  const { stacks, skipped } = find({
    "servers/helium/d/compose.yaml": "",
    "servers/helium/B/compose.yml": "",
    "servers/helium/a/docker-compose.yml": "",
    "servers/helium/c/docker-compose.yaml": "",
    "servers/helium/docs/README.md": "",
    "servers/helium/nested/deep/compose.yml": "",
    "servers/helium/.hidden/compose.yml": "",
    "servers/helium/compose.yml": "",
    "servers/xenon/other/compose.yml": "",
  });
  assert.deepEqual(stacks, [
    { name: "B", folder: "/checkout/servers/helium/B" },
    { name: "a", folder: "/checkout/servers/helium/a" },
    { name: "c", folder: "/checkout/servers/helium/c" },
    { name: "d", folder: "/checkout/servers/helium/d" },
  ]);
  assert.deepEqual(skipped, ["docs", "nested"]);
});

Deno.test("the repository itself may be a host's folder", () => {
  assert.deepEqual(find({ "web/compose.yml": "", ".git/compose.yml": "" }, ".").stacks, [
    { name: "web", folder: "/checkout/web" },
  ]);
});

Deno.test("a missing host folder, or a file in its place, says what to do", () => {
  assert.equal(
    failureOf({ "servers/xenon/web/compose.yml": "" }),
    `there is no folder servers/helium in the repository
  → create it with a folder for each stack, or correct folder("servers/helium") in stacks.config.ts`,
  );
  assert.match(failureOf({ "servers/helium": "" }), /^this is not a folder: servers\/helium/);
});

Deno.test("a host folder that is a symlink out of the repository is refused", () => {
  assert.match(
    failureOf({ "servers/helium": { link: "/etc" } }),
    /leads to \/etc, outside of the repository/,
  );
});

Deno.test("a stack folder that is a symlink out of the repository breaks that stack alone; one inside is a stack", () => {
  const { stacks, broken } = find({
    "shared/web/compose.yml": "",
    "servers/helium/evil": { link: "../../../etc" },
    "servers/helium/web": { link: "../../shared/web" },
  });
  assert.deepEqual(stacks.map(({ name }) => name), ["web"]);
  assert.deepEqual(broken.map(({ name, error }) => [name, error.message]), [
    ["evil", "/checkout/servers/helium/evil leads to /etc, outside of the repository"],
  ]);
});

const STACK = { "servers/helium/web/compose.yml": "" };

Deno.test("stack.yml gives the startup order and variables, as they are written", () => {
  const text = `# as ComposeFlux reads it
startup_order:
  - traefik
  - My Stack
  - 1001
envs:
  TZ: Europe/Berlin
  PUID: 1000
  UMASK: 0022
  VERSION: 1.10
  HEX: 0x1F   # a comment
  BIG: 12345678901234567890
  DEBUG: true
  ON: on
  QUOTED: "007"
  "KEY": 1_000
  EMPTY:
  TILDE: ~
  MULTI: |
    one
    two
`;
  const { startupOrder, envs } = find({ ...STACK, "servers/helium/stack.yml": text });
  assert.deepEqual(startupOrder, ["traefik", "My Stack", "1001"]);
  assert.deepEqual(envs, {
    TZ: "Europe/Berlin",
    PUID: "1000",
    UMASK: "0022",
    VERSION: "1.10",
    HEX: "0x1F",
    BIG: "12345678901234567890",
    DEBUG: "true",
    ON: "on",
    QUOTED: "007",
    KEY: "1_000",
    EMPTY: "",
    TILDE: "",
    MULTI: "one\ntwo\n",
  });
});

Deno.test("variables in one line, and through an anchor, are as they are written too", () => {
  const text = "envs: {A: 0755, B: &x 1.50, C: *x}\n";
  const { envs } = find({ ...STACK, "servers/helium/stack.yaml": text });
  assert.deepEqual(envs, { A: "0755", B: "1.50", C: "1.5" });
});

for (const text of ["", "# nothing\n", "startup_order:\nenvs:\n"]) {
  Deno.test(`stack.yml may say nothing: ${JSON.stringify(text)}`, () => {
    const { startupOrder, envs } = find({ ...STACK, "servers/helium/stack.yml": text });
    assert.deepEqual([startupOrder, envs], [[], {}]);
  });
}

Deno.test("every problem of stack.yml is reported with its line", () => {
  const text = `startup_order: [web, web, [x]]
env:
  A: 1
envs:
  A-B: 1
  LIST: [1]
`;
  assert.equal(
    failureOf({ ...STACK, "servers/helium/stack.yml": text }),
    `servers/helium/stack.yml has 5 problems:
  unknown key "env" (env, servers/helium/stack.yml:2)
    → the keys of this file are startup_order and envs
  web is listed twice (startup_order[1], servers/helium/stack.yml:1)
    → list it once
  not a name of a stack (startup_order[2], servers/helium/stack.yml:1)
    → write a list of names of stacks' folders, such as "- traefik"
  not a name of a variable (envs.A-B, servers/helium/stack.yml:5)
    → use letters, digits and underscores, and no digit first
  not a single value (envs.LIST, servers/helium/stack.yml:6)
    → write text, a number or a boolean`,
  );
});

const REFUSED: readonly [string, MemoryTree, RegExp][] = [
  [
    "both stack.yml and stack.yaml",
    { "stack.yml": "", "stack.yaml": "" },
    /^both stack\.yml and stack\.yaml are there \(servers\/helium\/stack\.yml\)/,
  ],
  [
    "a list as stack.yml",
    { "stack.yml": "- web\n" },
    /^a mapping is needed \(servers\/helium\/stack\.yml:1\)/,
  ],
  ["two documents", { "stack.yml": "envs:\n---\nenvs:\n" }, /^more than one YAML document/],
  ["broken YAML", { "stack.yml": "envs:\n  A: [1\n" }, /\(servers\/helium\/stack\.yml:\d/],
  [
    "a startup order that is no list",
    { "stack.yml": "startup_order: web\n" },
    /^startup_order is not a list \(startup_order, servers\/helium\/stack\.yml:1\)/,
  ],
  ["variables that are no mapping", { "stack.yml": "envs: [A]\n" }, /^envs is not a mapping/],
];

for (const [what, tree, expected] of REFUSED) {
  Deno.test(`${what} is refused`, () => {
    const files = Object.fromEntries(
      Object.entries(tree).map(([name, text]) => [`servers/helium/${name}`, text]),
    );
    assert.match(failureOf({ ...STACK, ...files }), expected);
  });
}

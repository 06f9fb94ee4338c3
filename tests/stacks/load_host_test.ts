import assert from "node:assert/strict";
import { formatError, HomeportError } from "../../lib/errors.ts";
import { type HostInput, type LoadedHost, loadHost } from "../../lib/stacks/load_host.ts";
import type { SecretSource } from "../../lib/stacks/variables.ts";
import { memoryFiles, memoryTrackedFiles, type MemoryTree } from "../fakes/memory_files.ts";

const ROOT = "/checkout";
const FOLDER = "servers/helium";

interface Options extends Partial<Pick<HostInput, "startupOrder" | "envs" | "secrets" | "tracked">> {
  readonly modified?: Readonly<Record<string, number>>;
}

/** Loads a host whose folder holds the tree. */
function load(tree: MemoryTree, options: Options = {}): LoadedHost {
  const { modified = {}, ...rest } = options;
  const below = (each: Readonly<Record<string, unknown>>) =>
    Object.fromEntries(Object.entries(each).map(([path, value]) => [`${FOLDER}/${path}`, value]));
  const whole = below(tree) as MemoryTree;
  return loadHost({
    host: "helium",
    layout: { kind: "folder", path: FOLDER },
    root: ROOT,
    files: memoryFiles(ROOT, whole),
    tracked: memoryTrackedFiles(ROOT, whole, below(modified) as Record<string, number>),
    startupOrder: [],
    envs: { host: {}, shared: {} },
    secrets: { variables: {}, sources: [] },
    ...rest,
  });
}

function environmentOf({ stacks }: LoadedHost, stack = "web"): Readonly<Record<string, string | null>> {
  const found = stacks.find(({ name }) => name === stack);
  assert.ok(found, "the stack was loaded");
  return { ...found.project.services["web"]!.environment };
}

function brokenOf({ broken }: LoadedHost): string[] {
  return broken.map(({ name, error }) => `${name}: ${formatError(error)}`);
}

function service(lines = ""): string {
  return `services:\n  web:\n    image: busybox:1\n    network_mode: none\n${lines}`;
}

Deno.test("a stack that asks for what is not carried out is broken, and no other", () => {
  const loaded = load({
    "web/compose.yml": service(),
    "llm/compose.yml": service("    models: [m]\nmodels: {m: {model: a}}\n"),
  });
  assert.deepEqual(loaded.stacks.map(({ name }) => name), ["web"]);
  assert.deepEqual(brokenOf(loaded), [
    'llm: "models" is not supported yet (services.web.models, servers/helium/llm/compose.yml:5)\n' +
    "  → remove it, or deploy this stack with docker compose",
  ]);
});

const NAMES = ["A", "B", "C", "D", "E"];

Deno.test("variables win in this order: secrets, the host's, stack.yml's, the shared ones, .env", () => {
  const values = (count: number, value: string) =>
    Object.fromEntries(NAMES.slice(0, count).map((name) => [name, value]));
  const loaded = load({
    "stack.yml": "envs: {A: file, B: file, C: file}\n",
    "web/.env": NAMES.map((name) => `${name}=dotenv`).join("\n"),
    "web/compose.yml": service(
      `    environment:\n${NAMES.map((name) => `      ${name}: \${${name}}\n`).join("")}`,
    ),
  }, {
    envs: { shared: values(4, "shared"), host: values(2, "host") },
    secrets: { variables: values(1, "secret"), sources: [] },
  });
  assert.deepEqual(environmentOf(loaded), { A: "secret", B: "host", C: "file", D: "shared", E: "dotenv" });
});

Deno.test("a stack that cannot be loaded breaks alone, with file and line from the repository", () => {
  const loaded = load({
    "good/compose.yml": service(),
    "yaml/compose.yml": "services:\n  web:\n   - [\n",
    "unset/compose.yml": service("    user: ${X:?who}\n"),
    "escape/compose.yml": service("    env_file: ../../../../etc/passwd\n"),
    "build/compose.yml": service("    build: .\n"),
    "docs/README.md": "",
  });
  assert.deepEqual(loaded.stacks.map(({ name }) => name), ["good"]);
  assert.deepEqual(loaded.skipped, ["docs"]);
  const errors = Object.fromEntries(loaded.broken.map(({ name, error }) => [name, formatError(error)]));
  assert.deepEqual(Object.keys(errors), ["build", "escape", "unset", "yaml"]);
  assert.match(errors["build"]!, /servers\/helium\/build\/compose\.yml:5\)/);
  assert.match(errors["escape"]!, /outside|leaves|leads/);
  assert.match(errors["unset"]!, /who.*servers\/helium\/unset\/compose\.yml:5\)/);
  assert.match(errors["yaml"]!, /servers\/helium\/yaml\/compose\.yml:\d/);
  assert.doesNotMatch(JSON.stringify(errors), /\/checkout\/servers\/helium\/(build|unset|yaml)/);
});

Deno.test("capitals in a folder's name stay in the stack's name and go from the project's", () => {
  const { stacks: [stack] } = load({ "MyApp/compose.yml": service() });
  assert.deepEqual([stack!.name, stack!.project.name], ["MyApp", "myapp"]);
});

Deno.test("two stacks with one project name are both broken, and each names the other", () => {
  const loaded = load({
    "MyApp/compose.yml": service(),
    "myapp/compose.yml": service(),
    "other/compose.yml": `name: myapp\n${service()}`,
    "web/compose.yml": service(),
  });
  assert.deepEqual(loaded.stacks.map(({ name }) => name), ["web"]);
  assert.deepEqual(loaded.broken.map(({ name, error }) => [name, error.message]), [
    ["MyApp", "stack MyApp has the project name myapp, as has myapp, other"],
    ["myapp", "stack myapp has the project name myapp, as has MyApp, other"],
    ["other", "stack other has the project name myapp, as has MyApp, myapp"],
  ]);
});

Deno.test("the startup order is the configuration's, then stack.yml's; unknown names are warned of", () => {
  const loaded = load({
    "stack.yml": "startup_order: [db, web, ghost]\n",
    "web/compose.yml": service(),
    "db/compose.yml": service(),
  }, { startupOrder: ["web"] });
  assert.deepEqual(loaded.startupOrder, ["web", "db", "ghost"]);
  assert.deepEqual(loaded.warnings, [{
    stack: "ghost",
    message: "the startup order names it, and there is no such stack",
  }]);
});

Deno.test("an unset variable is a warning with its place, as it is for docker compose", () => {
  const { stacks, warnings } = load({ "web/compose.yml": service("    user: ${WHO}\n") });
  assert.equal(stacks.length, 1);
  assert.deepEqual(warnings, [{
    stack: "web",
    message: "variable WHO is not set; a blank takes its place",
    location: { file: "servers/helium/web/compose.yml", line: 5, column: 5 },
  }]);
});

const DOWN = new HomeportError("secrets from the vault: connection refused", {
  consequence: "retry",
  hint: "start it",
});

function source(
  answers: Readonly<Record<string, boolean>>,
  otherwise: boolean | "unknown",
  error?: Error,
): SecretSource {
  return {
    label: "the vault",
    mayProvide: (name) => answers[name] ?? otherwise,
    ...(error && { error: () => error }),
  };
}

const USES: readonly [string, string, readonly string[]][] = [
  ["uses nothing", "", []],
  ["uses a blank", "    user: $DB\n", ["unknown", "sure"]],
  ["uses a default", "    user: ${DB:-root}\n", ["unknown", "sure"]],
  ["passes it through", "    environment: [DB]\n", ["unknown", "sure"]],
  ["needs it", "    user: ${DB:?}\n", ["unknown", "sure"]],
  ["uses it in an env file", "    env_file: my.env\n", ["unknown", "sure"]],
  ["uses what is also set elsewhere", "    user: $TZ\n", []],
  ["writes a dollar sign", "    user: $$DB\n", []],
];

for (const [what, lines, brokenBy] of USES) {
  Deno.test(`a failed secrets provider stops a stack that ${what}: ${brokenBy.join(", ") || "never"}`, () => {
    for (
      const [kind, each] of [["unknown", source({}, "unknown", DOWN)], [
        "sure",
        source({ DB: true }, false, DOWN),
      ]] as const
    ) {
      const options = {
        envs: { host: {}, shared: { TZ: "UTC" } },
        secrets: { variables: {}, sources: [each] },
      };
      const loaded = load({ "web/compose.yml": service(lines), "web/my.env": "X=${DB:-root}\n" }, options);
      const expected = brokenBy.includes(kind)
        ? ["web: stack web needs variable DB: secrets from the vault: connection refused\n  → start it"]
        : [];
      assert.deepEqual(brokenOf(loaded), expected, kind);
      for (const { error, waitsFor } of loaded.broken) {
        assert.deepEqual([(error as HomeportError).consequence, waitsFor], ["retry", "secrets"]);
      }
    }
  });
}

Deno.test("a stack with wrong files waits for nothing, also while a provider is down", () => {
  const { broken } = load({ "web/compose.yml": service("    bogus: 1\n") }, {
    secrets: { variables: {}, sources: [source({}, "unknown", DOWN)] },
  });
  assert.deepEqual(broken.map(({ name, waitsFor }) => [name, waitsFor]), [["web", undefined]]);
});

Deno.test("what a secrets provider warns of is a warning of the host", () => {
  const { warnings } = load({ "web/compose.yml": service("") }, {
    secrets: { variables: {}, sources: [], warnings: ["sops: the age key is open to others"] },
  });
  assert.deepEqual(warnings, [{ stack: "helium", message: "sops: the age key is open to others" }]);
});

Deno.test("a failed provider that surely has a variable is not replaced by a weaker source", () => {
  const loaded = load({ "web/compose.yml": service("    user: $DB\n") }, {
    envs: { host: { DB: "weak" }, shared: {} },
    secrets: { variables: {}, sources: [source({ DB: true }, false, DOWN)] },
  });
  assert.equal(loaded.broken.length, 1);
});

for (
  const [may, answer] of [["is there to give", source({ DB: true }, false)], [
    "may give",
    source({}, "unknown"),
  ]] as const
) {
  Deno.test(`a variable that a provider ${may} and does not have stops the stack; a default is meant`, () => {
    const loaded = load({
      "blank/compose.yml": service("    user: $DB\n"),
      "default/compose.yml": service("    user: ${DB:-root}\n"),
      "through/compose.yml": service("    environment:\n      DB:\n"),
    }, { secrets: { variables: {}, sources: [answer] } });
    assert.deepEqual(loaded.stacks.map(({ name }) => name), ["default"]);
    assert.deepEqual(brokenOf(loaded), [
      `blank: stack blank needs variable DB, and the vault does not have it (servers/helium/blank/compose.yml:5)
  → set DB there, or write \${DB:-} if blank is meant`,
      `through: stack through needs variable DB, and the vault does not have it
  → set DB there, or write \${DB:-} if blank is meant`,
    ]);
  });
}

const MOUNTS = service("    volumes: [./conf:/conf, ./data:/data]\n    env_file: app.env\n") +
  `    configs: [motd]
  other:
    image: busybox:1
    network_mode: none
configs:
  motd: {content: "hello $NAME"}
`;

const MOUNTED: MemoryTree = {
  "web/compose.yml": MOUNTS,
  "web/app.env": "X=1\n",
  "web/conf/a.conf": "a",
  "web/conf/sub/b.conf": "b",
  "web/README.md": "text",
};

/** The stack's hash, and its services' hashes. */
function hashesOf(tree: MemoryTree, variables = { NAME: "world" }): { stack: string; web: string } {
  const stack = load(tree, { secrets: { variables, sources: [] } }).stacks.find(({ name }) => name === "web");
  assert.deepEqual(
    Object.keys(stack!.serviceFiles),
    ["web"],
    "only the service that mounts files has a hash of them",
  );
  return { stack: stack!.stackHash, web: stack!.serviceFiles["web"]!.hash };
}

const CHANGES: readonly [string, MemoryTree, { stack: boolean; web: boolean }][] = [
  ["nothing", {}, { stack: false, web: false }],
  ["a file that no service uses", { "web/README.md": "other" }, { stack: false, web: false }],
  ["another stack", { "db/compose.yml": service() }, { stack: false, web: false }],
  ["a comment in the Compose file", { "web/compose.yml": `# hi\n${MOUNTS}` }, { stack: false, web: false }],
  ["a mounted file", { "web/conf/a.conf": "A" }, { stack: true, web: true }],
  ["a mounted file in a subfolder", { "web/conf/sub/b.conf": "B" }, { stack: true, web: true }],
  ["a new mounted file", { "web/conf/c.conf": "c" }, { stack: true, web: true }],
  ["a mounted symlink's target", { "web/conf/a.conf": { link: "sub/b.conf" } }, { stack: true, web: true }],
  ["an env file", { "web/app.env": "X=2\n" }, { stack: true, web: false }],
  ["the content of a config", { "web/compose.yml": MOUNTS.replace("hello", "bye") }, {
    stack: true,
    web: true,
  }],
  ["an image", { "web/compose.yml": MOUNTS.replace("busybox:1", "busybox:2") }, { stack: true, web: false }],
];

for (const [what, change, expected] of CHANGES) {
  Deno.test(`hashes after a change of ${what}: stack ${expected.stack}, files of the service ${expected.web}`, () => {
    const before = hashesOf(MOUNTED);
    const after = hashesOf({ ...MOUNTED, ...change });
    assert.deepEqual({ stack: before.stack !== after.stack, web: before.web !== after.web }, expected);
    assert.match(after.stack, /^[0-9a-f]{64}$/);
  });
}

Deno.test("the value of a variable in a config's content changes the hash of the service's files", () => {
  assert.notEqual(hashesOf(MOUNTED).web, hashesOf(MOUNTED, { NAME: "moon" }).web);
});

Deno.test("the newest mounted file tells when the service's files changed", () => {
  const { stacks: [stack] } = load(MOUNTED, {
    modified: { "web/conf/a.conf": 5, "web/conf/sub/b.conf": 9, "web/app.env": 20 },
  });
  assert.equal(stack!.serviceFiles["web"]!.modified, 9);
});

Deno.test("a folder in which Git tracks nothing is no stack, even with a Compose file, and is not said to be skipped", () => {
  const tree = { "web/compose.yml": service(), "gone/compose.yml": service(), "data/file": "" };
  const tracked = memoryTrackedFiles(ROOT, { [`${FOLDER}/web/compose.yml`]: service() });
  const loaded = load(tree, { tracked });
  assert.deepEqual(loaded.stacks.map(({ name }) => name), ["web"]);
  assert.deepEqual(loaded.skipped, []);
});

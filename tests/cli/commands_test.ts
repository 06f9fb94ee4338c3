import assert from "node:assert/strict";
import { noPins } from "../fakes/head_view.ts";
import { ConfigurationError, ConfigurationProblems, HomeportError } from "../../lib/errors.ts";
import type { CheckOptions, PassOptions } from "../../lib/cli/app.ts";
import type { Operation } from "../../lib/plan/operation.ts";
import type { StackPlan } from "../../lib/plan/plan.ts";
import type { HostStatus } from "../../lib/reconcile/status/status.ts";
import { cli, fakeApp, fakePlan } from "../fakes/fake_app.ts";

const COMMANDS = [
  "check",
  "config",
  "plan",
  "apply",
  "run",
  "status",
  "health",
  "cleanup",
  "secrets",
  "version",
  "completions",
];

for (const args of [[], ["--help"], ["help"]]) {
  Deno.test(`homeport ${args.join(" ")} explains itself within 80 columns`, async () => {
    const { code, stdout, stderr } = await cli(args);
    assert.deepEqual([code, stderr], [0, ""]);
    for (const command of COMMANDS) assert.match(stdout, new RegExp(`^ {2}${command} `, "m"));
    assert.match(stdout, /Examples:\n {2}homeport check --path/);
    assert.deepEqual(stdout.split("\n").filter((line) => line.length > 80), []);
  });
}

for (const command of COMMANDS) {
  Deno.test(`homeport ${command} --help explains it within 80 columns, as homeport help ${command} does`, async () => {
    const { code, stdout } = await cli([command, "--help"]);
    assert.equal(code, 0);
    assert.match(stdout, new RegExp(`^Usage: homeport ${command}`));
    assert.deepEqual(stdout.split("\n").filter((line) => line.length > 80), []);
    assert.equal((await cli(["help", command])).stdout, stdout);
  });
}

for (const args of [["version"], ["--version"], ["-V"], ["version", "--json"]]) {
  Deno.test(`homeport ${args.join(" ")} prints the version`, async () => {
    const { code, stdout } = await cli(args);
    assert.equal(code, 0);
    assert.match(stdout, /1\.2\.3/);
    if (args.includes("--json")) assert.deepEqual(JSON.parse(stdout), { version: "1.2.3" });
  });
}

const MISTAKES: readonly [string[], string][] = [
  [["aply"], "error: unknown command 'aply'\n(Did you mean apply?)\nTry --help.\n"],
  [["plan", "--hots", "x"], "error: unknown option '--hots'\n(Did you mean --host?)\nTry --help.\n"],
  [
    ["plan", "extra"],
    "error: too many arguments for 'plan'. Expected 0 arguments but got 1: extra.\nTry --help.\n",
  ],
  [["plan", "--host"], "error: option '--host <name>' argument missing\nTry --help.\n"],
  [
    ["completions", "tcsh"],
    "error: command-argument value 'tcsh' is invalid for argument 'shell'. Allowed choices are bash, zsh, fish.\nTry --help.\n",
  ],
  [["plan", "--host", "heliun"], 'host "heliun" is not in stacks.config.ts\n  → did you mean "helium"?\n'],
  [
    ["status", "--host", "argon"],
    'host "argon" is not in stacks.config.ts\n  → the hosts are helium, xenon\n',
  ],
];

for (const [args, expected] of MISTAKES) {
  Deno.test(`homeport ${args.join(" ")} is refused with exit code 2, and helps`, async () => {
    const { code, stdout, stderr } = await cli(args);
    assert.deepEqual([
      code,
      stdout,
      stderr,
    ], [2, "", expected]);
  });
}

const HOSTNAMES: readonly [string, string[], string | undefined][] = [
  ["helium", [], "helium"],
  ["xenon.lan", [], "xenon"],
  ["laptop", ["--host", "xenon"], "xenon"],
  ["laptop", [], undefined],
  ["constructor", [], undefined],
];

for (const [hostname, args, expected] of HOSTNAMES) {
  Deno.test(`on ${hostname}, plan ${args.join(" ")} is for ${expected ?? "no host"}`, async () => {
    const asked: string[] = [];
    const app = fakeApp({
      hostname: () => hostname,
      plan: ({ host }) => {
        asked.push(host);
        return Promise.resolve({ plan: fakePlan(), commit: "c0ffee" });
      },
    });
    const { code, stderr } = await cli(["plan", ...args], app);
    assert.deepEqual(asked, expected === undefined ? [] : [expected]);
    assert.equal(code, expected === undefined ? 2 : 0);
    if (expected === undefined) {
      assert.equal(
        stderr,
        `this machine, "${hostname}", is no host of stacks.config.ts\n  → name one: --host helium, --host xenon\n`,
      );
    }
  });
}

Deno.test("check prints what it found, warnings and problems, and exits with 2 when there are problems", async () => {
  const asked: CheckOptions[] = [];
  const app = fakeApp({
    check: (options) => {
      asked.push(options);
      return Promise.resolve({
        hosts: [{ host: "helium", stacks: ["a", "b"], skipped: ["docs"] }, {
          host: "xenon",
          stacks: ["c"],
          skipped: [],
        }],
        problems: [
          new ConfigurationError("port 80 twice", {
            hint: "change one",
            location: { file: "a/compose.yml", line: 3 },
          }),
        ],
        warnings: [{ stack: "a", message: "odd", location: { file: "a/compose.yml", line: 9 } }],
      });
    },
  });
  assert.deepEqual(await cli(["check", "--path", "/srv/homelab", "--host", "helium"], app), {
    code: 2,
    stdout: `helium: 2 stacks
  skipped: docs has no Compose file
xenon: 1 stack
warning: a: odd (a/compose.yml:9)
1 problem, 1 warning
`,
    stderr: "port 80 twice (a/compose.yml:3)\n  → change one\n",
  });
  assert.deepEqual(asked, [{ folder: "/srv/homelab", isAssumed: false, host: "helium" }]);
});

Deno.test("check without a path assumes that the working folder is the checkout", async () => {
  const asked: CheckOptions[] = [];
  const app = fakeApp({
    check: (options) => {
      asked.push(options);
      return Promise.resolve({ hosts: [], problems: [], warnings: [] });
    },
  });
  assert.deepEqual(await cli(["check"], app), { code: 0, stdout: "no problems, 0 warnings\n", stderr: "" });
  assert.deepEqual(asked, [{ folder: Deno.cwd(), isAssumed: true }]);
});

const FAILURES: readonly [string, unknown, number, string][] = [
  ["a failure", new HomeportError("no engine", { hint: "start it" }), 1, "error: no engine\n  → start it\n"],
  ["a configuration error", new ConfigurationError("wrong"), 2, "wrong\n"],
  [
    "several problems",
    new ConfigurationProblems("2 problems:", [
      new ConfigurationError("one", { path: "a.b" }),
      new ConfigurationError("two"),
    ]),
    2,
    "2 problems:\n  one (a.b)\n  two\n",
  ],
  ["an interruption", new DOMException("aborted", "AbortError"), 1, "interrupted\n"],
];

for (const [what, error, code, stderr] of FAILURES) {
  Deno.test(`${what} goes to standard error, with exit code ${code}`, async () => {
    const app = fakeApp({ plan: () => Promise.reject(error) });
    assert.deepEqual(await cli(["plan"], app), { code, stdout: "", stderr });
  });
}

const CREATE: Operation = {
  kind: "create-container",
  id: "create-container web-1",
  cause: "web is new",
  after: [],
  service: "web",
  number: 1,
  containerName: "app-web-1",
};
const STACK: StackPlan = {
  name: "app",
  project: "app",
  action: "create",
  stackHash: "f00",
  operations: [CREATE],
  warnings: [],
};
const IDLE: StackPlan = { ...STACK, name: "idle", action: "none", operations: [] };
const PRUNED = { name: "old", project: "old", cause: "gone", operations: [], kept: [] };

const PLANS: readonly [string, Parameters<typeof fakePlan>[0], number, number][] = [
  ["nothing to do", { stacks: [IDLE] }, 0, 0],
  ["a change", { stacks: [IDLE, STACK] }, 0, 3],
  ["a stack to take down", { prune: { stacks: [PRUNED], managed: 3, needsConfirmation: false } }, 0, 3],
  [
    "a broken stack",
    { stacks: [STACK], broken: [{ name: "bad", error: new ConfigurationError("wrong") }] },
    2,
    2,
  ],
  [
    "a stack that waits",
    { stacks: [STACK], broken: [{ name: "late", error: new Error("no answer"), waitsFor: "secrets" }] },
    1,
    1,
  ],
];

for (const [what, parts, plain, withExitCode] of PLANS) {
  Deno.test(`plan with ${what} exits with ${plain}, and with --exit-code with ${withExitCode}`, async () => {
    const app = fakeApp({ plan: () => Promise.resolve({ plan: fakePlan(parts), commit: "c0ffee" }) });
    assert.deepEqual([(await cli(["plan"], app)).code, (await cli(["plan", "--exit-code"], app)).code], [
      plain,
      withExitCode,
    ]);
  });
}

Deno.test("plan prints the plan on standard output, and what led to it on standard error", async () => {
  const asked: PassOptions[] = [];
  const app = fakeApp({
    plan: (options) => {
      asked.push(options);
      options.onEvent?.({
        kind: "snapshot",
        snapshot: {
          commit: "c0ffee0123456789",
          branch: "main",
          folder: "/data/checkout",
          discarded: ["a.yml"],
          stale: true,
          tracked: { filesBelow: () => [] },
          ...noPins("c0ffee0123456789"),
          odd: [{ path: "lib", message: "a submodule is not followed" }],
        },
      });
      options.onEvent?.({ kind: "warning", warning: { stack: "app", message: "variable X is not set" } });
      options.onEvent?.({ kind: "skipped-folder", folder: "docs" });
      return Promise.resolve({ plan: fakePlan({ stacks: [STACK] }), commit: "c0ffee0123456789" });
    },
  });
  const { code, stdout, stderr } = await cli(["plan", "--stack", "app", "--offline"], app);
  assert.equal(code, 0);
  assert.match(stdout, /^\+ app: create/);
  assert.equal(
    stderr,
    `main is at c0ffee0
warning: the repository cannot be reached; going on with the last checkout
warning: local edits discarded: a.yml
warning: a submodule is not followed
warning: app: variable X is not set
skipped: docs has no Compose file
`,
  );
  assert.deepEqual(asked.map(({ host, stack, offline }) => ({ host, stack, offline })), [
    { host: "helium", stack: "app", offline: true },
  ]);
  const json = await cli(["plan", "--json"], app);
  const plan = JSON.parse(json.stdout);
  assert.deepEqual([plan.host, plan.commit, plan.stacks[0].operations[0].id], [
    "helium",
    "c0ffee0123456789",
    "create-container web-1",
  ]);
});

const STATUS: HostStatus = {
  host: "helium",
  instance: "helium@git.example.org/me/homelab",
  run: { pid: 812, since: "2025-05-30T06:00:00.000Z" },
  lastPass: "2025-06-02T08:15:59.000Z",
  stacks: [
    {
      name: "immich",
      project: "immich",
      commit: "c0ffee0123456789",
      deployedAt: "2025-06-01T12:30:45.123Z",
      state: "degraded",
      services: [
        {
          service: "server",
          containerName: "immich-server-1",
          image: "ghcr.io/immich-app/immich-server:v1.120.0",
          state: "running (healthy)",
          publishedPorts: ["0.0.0.0:2283/tcp", "[::]:2283/tcp", "[::]:2283/tcp"],
        },
        {
          service: "db",
          containerName: "immich-db-1",
          image: "postgres:16",
          state: "exited (1)",
          publishedPorts: [],
        },
      ],
    },
    {
      name: "web",
      project: "web",
      commit: "abc",
      deployedAt: "2025-06-02T08:00:00Z",
      state: "running",
      services: [],
    },
  ],
};

Deno.test("status is a table that fits into 80 columns", async () => {
  const { code, stdout } = await cli(["status"], fakeApp({ status: () => Promise.resolve(STATUS) }));
  assert.equal(code, 0);
  assert.equal(
    stdout,
    `helium (helium@git.example.org/me/homelab): 2 stacks
homeport run is pid 812 since 2025-05-30 06:00, last pass 2025-06-02 08:15 (UTC)

STACK / CONTAINER  STATE              COMMIT / IMAGE         SINCE (UTC) / PORTS
immich             degraded           c0ffee0                2025-06-01 12:30
  server-1         running (healthy)  ghcr.io/immich-app/i…  2283/tcp
  db-1             exited (1)         postgres:16
web                running            abc                    2025-06-02 08:00
`,
  );
});

Deno.test("status --json gives everything, and status without stacks says what to do", async () => {
  const app = fakeApp({ status: () => Promise.resolve(STATUS) });
  assert.deepEqual(JSON.parse((await cli(["status", "--json"], app)).stdout), STATUS);
  const { host, instance } = STATUS;
  const empty = fakeApp({ status: () => Promise.resolve({ host, instance, stacks: [] }) });
  assert.match(
    (await cli(["status"], empty)).stdout,
    /0 stacks\nhomeport run does not run, no pass yet\nNothing was deployed yet; homeport apply does it\.\n$/,
  );
  const hidden = fakeApp({
    status: () => Promise.resolve({ host, instance, stacks: [], unknown: "not for you" }),
  });
  assert.match((await cli(["status"], hidden)).stdout, /0 stacks\nnot for you\nNothing/);
});

Deno.test("secrets are masked in everything that is printed", async () => {
  const app = fakeApp({
    redact: (text) => text.replaceAll("hunter2", "***"),
    status: () => Promise.reject(new HomeportError("refused: hunter2")),
    check: () => Promise.resolve({ hosts: [], problems: [], warnings: [{ stack: "a", message: "hunter2" }] }),
  });
  assert.equal((await cli(["status"], app)).stderr, "error: refused: ***\n");
  assert.match((await cli(["check"], app)).stdout, /warning: a: \*\*\*/);
});

Deno.test("start-up loads nothing that version does not need", async () => {
  const loaded = JSON.stringify(await graphOf("lib/cli/run_cli.ts"));
  for (const name of ["listr2", "zod", "node:http", "isomorphic-git", "npm:yaml"]) {
    assert.equal(loaded.includes(name), false, `${name} is loaded`);
  }
});

/** What is imported by a module statically, and by that, and so on. */
async function graphOf(path: string): Promise<string[]> {
  const root = new URL("../../", import.meta.url);
  const found = new Set<string>();
  const visit = async (url: URL): Promise<void> => {
    const text = await Deno.readTextFile(url);
    for (const match of text.matchAll(/^(?:import|export)\s(?!type\b)[^;]*?from\s+"([^"]+)"/gm)) {
      const next = match[1]!.startsWith(".") ? new URL(match[1]!, url) : undefined;
      const name = next?.href ?? `npm:${match[1]}`;
      if (found.has(name)) continue;
      found.add(name);
      if (next !== undefined) await visit(next);
    }
  };
  await visit(new URL(path, root));
  assert.ok(found.size > 10);
  return [...found];
}

import assert from "node:assert/strict";
import { formatError } from "../../lib/errors.ts";
import { type HostCheckInput } from "../../lib/stacks/check_host.ts";
import { checkHosts, type HostsFindings } from "../../lib/stacks/check_hosts.ts";
import type { SecretSource } from "../../lib/stacks/variables.ts";
import { memoryFiles, type MemoryTree } from "../fakes/memory_files.ts";

const ROOT = "/checkout";

function inputOf(tree: MemoryTree, rest: Partial<HostCheckInput> = {}): HostCheckInput {
  return {
    host: "helium",
    layout: { kind: "folder", path: "helium" },
    root: ROOT,
    files: memoryFiles(ROOT, tree),
    startupOrder: [],
    envs: { host: {}, shared: {} },
    sources: [],
    ...rest,
  };
}

/** Checks a host whose stacks have these Compose files. */
function check(stacks: Readonly<Record<string, string>>, rest: Partial<HostCheckInput> = {}): HostsFindings {
  const tree = Object.fromEntries(
    Object.entries(stacks).map(([path, text]) => [
      /[./]/.test(path) ? `helium/${path}` : `helium/${path}/compose.yml`,
      text,
    ]),
  );
  return checkHosts([inputOf(tree, rest)], { isAssumed: false });
}

function problemsOf(findings: HostsFindings): string[] {
  return findings.problems.map(formatError);
}

function service(lines = "", name = "web"): string {
  return `services:\n  ${name}:\n    image: busybox:1\n${lines}`;
}

function ports(...list: readonly string[]): string {
  return service(`    ports: [${list.map((each) => `"${each}"`).join(", ")}]\n`);
}

Deno.test("stacks that go together have no problems", () => {
  const findings = check({ a: ports("80:80"), b: ports("443:443"), "docs/README.md": "" });
  assert.deepEqual(findings, {
    hosts: [{ host: "helium", stacks: ["a", "b"], skipped: ["docs"] }],
    problems: [],
    warnings: [],
  });
});

Deno.test("what is not carried out is a problem", () => {
  const findings = check({ a: service("    volumes: [{type: npipe, source: a, target: /b}]\n") });
  assert.deepEqual(problemsOf(findings), [
    'Volumes of type "npipe" are not supported (services.web.volumes[0].type, helium/a/compose.yml:4)\n' +
    "  → use bind, volume, tmpfs or image",
  ]);
});

const CONFLICTS: readonly [string, string, "conflict" | "perhaps" | "none"][] = [
  ["80:80", "80:8080", "conflict"],
  ["80:80", "81:80", "none"],
  ["80:80/tcp", "80:80/udp", "none"],
  ["0.0.0.0:80:80", "192.168.1.2:80:80", "conflict"],
  ["80:80", "127.0.0.1:80:80", "conflict"],
  ["127.0.0.1:80:80", "127.0.0.2:80:80", "none"],
  ["127.0.0.1:80:80", "127.0.0.1:80:81", "conflict"],
  ["[::1]:80:80", "127.0.0.1:80:80", "none"],
  ["[::]:80:80", "[::1]:80:80", "conflict"],
  ["80-82:80-82", "82:9000", "conflict"],
  ["80-82:80", "82:9000", "perhaps"],
  ["80", "80", "none"],
];

for (const [one, other, expected] of CONFLICTS) {
  Deno.test(`ports ${one} and ${other} of two stacks: ${expected}`, () => {
    const { problems, warnings } = check({ a: ports(one), b: ports(other) });
    assert.deepEqual([problems.length, warnings.length], [
      Number(expected === "conflict"),
      Number(expected === "perhaps"),
    ]);
  });
}

Deno.test("a port that is published twice names both services", () => {
  assert.deepEqual(problemsOf(check({ a: ports("80:80"), b: ports("81:81", "127.0.0.1:80:80/tcp") })), [
    `80/tcp is published twice on host helium: by service web of stack a and by service web of stack b in helium/b/compose.yml:4, as 127.0.0.1:80/tcp (services.web.ports[0], helium/a/compose.yml:4)
  → publish one of them on another port`,
  ]);
});

Deno.test("a port that several containers of a service publish is one problem; a host's network publishes nothing", () => {
  const replicas = service("    deploy: {replicas: 3}\n    ports: ['80:80']\n");
  assert.deepEqual(problemsOf(check({ a: replicas })), [
    `service web of stack a has several containers, and all publish 80/tcp (services.web.ports[0], helium/a/compose.yml:5)
  → let one container run, or publish a range of ports`,
  ]);
});

Deno.test("a container's name that is there twice is a problem, given or made from the project's name", () => {
  assert.deepEqual(
    problemsOf(check({
      a: service("    container_name: proxy\n"),
      b: service("    container_name: proxy\n"),
      c: service("    container_name: d-web-1\n"),
      d: service(),
    })),
    [
      `container name proxy is there twice on host helium: web of stack a in helium/a/compose.yml:4 and web of stack b (services.web.container_name, helium/b/compose.yml:4)
  → change one container_name, or leave it out`,
      `container name d-web-1 is there twice on host helium: web of stack c in helium/c/compose.yml:4 and web of stack d (services.web, helium/d/compose.yml:2)
  → change one container_name, or leave it out`,
    ],
  );
});

Deno.test("names of the startup order without a stack are problems; broken stacks count as there", () => {
  const findings = check({
    a: service(),
    "broken/compose.yml": "services: 1\n",
    "stack.yml": "startup_order: [a, gone]\n",
  }, {
    startupOrder: ["broken", "missing"],
  });
  assert.deepEqual(problemsOf(findings).slice(1), [
    `startupOrder of host helium names missing, and host helium has no such stack
  → the stacks are a, broken`,
    `startup_order of stack.yml names gone, and host helium has no such stack
  → the stacks are a, broken`,
  ]);
});

Deno.test("two stacks with one project name, a dependency cycle and a wrong file are problems", () => {
  const findings = check({
    App: service(),
    app: service(),
    cycle: service("    depends_on: [db]\n") + "  db:\n    image: busybox:1\n    depends_on: [web]\n",
    typo: service("    imagee: x\n"),
  });
  const problems = problemsOf(findings);
  assert.equal(problems.length, 4, problems.join("\n"));
  assert.match(problems[0]!, /cycle|circular/i);
  assert.match(problems[1]!, /imagee.*helium\/typo\/compose\.yml:4/);
  assert.match(problems[2]!, /^stack App has the project name app, as has app/);
  assert.deepEqual(findings.hosts[0]!.stacks, ["App", "app", "cycle", "typo"]);
});

Deno.test("an unset variable is a problem, unless a blank is meant", () => {
  assert.deepEqual(problemsOf(check({ a: service("    user: $WHO\n    hostname: ${X:-}\n") })), [
    `stack a: variable WHO is not set (helium/a/compose.yml:4)
  → set it in envs, in a .env file or by a secrets provider, or write \${WHO:-} if blank is meant`,
  ]);
});

Deno.test("a variable of the configuration, of stack.yml or of .env is set", () => {
  const findings = check({
    a: service("    user: $A$B$C$D\n"),
    "a/.env": "D=4\n",
    "stack.yml": "envs: {C: 3}\n",
  }, { envs: { host: { A: "1" }, shared: { B: "2" } } });
  assert.deepEqual([problemsOf(findings), findings.warnings], [[], []]);
});

function source(names: readonly string[], otherwise: boolean | "unknown" = false): SecretSource {
  return { label: "the vault", mayProvide: (name) => names.includes(name) || otherwise };
}

const SECRETS: readonly [string, string][] = [
  ["a blank", "    user: $DB\n"],
  ["a required value", "    user: ${DB:?}\n"],
  ["a port", "    ports: ['$DB:80', '${OTHER}:81']\n"],
  ["a path", "    volumes: ['$DB:/data']\n"],
  ["a truth value", "    privileged: $DB\n"],
  ["a duration", "    stop_grace_period: $DB\n"],
  ["a size", "    mem_limit: $DB\n"],
  ["a secret's content", "    secrets: [db]\nsecrets:\n  db: {environment: DB}\n"],
];

for (const [what, lines] of SECRETS) {
  Deno.test(`a secret that a provider has by name stands for ${what}`, () => {
    const findings = check({ a: service(lines) }, { sources: [source(["DB", "OTHER"])] });
    assert.deepEqual([problemsOf(findings), findings.warnings], [[], []]);
  });
}

Deno.test("secrets as ports of two stacks are no conflict: their values are not known", () => {
  const findings = check({ a: ports("$DB:80"), b: ports("$DB:80") }, { sources: [source(["DB"])] });
  assert.deepEqual(problemsOf(findings), []);
});

Deno.test("where a provider's names are not known, a variable that it may have is a warning", () => {
  const sources = [source([], "unknown")];
  const blank = check({ a: service("    user: $DB\n") }, { sources });
  assert.deepEqual(problemsOf(blank), []);
  assert.deepEqual(blank.warnings.map(({ stack, message, location }) => [stack, message, location?.line]), [
    ["a", "variable DB is not set here, and a secrets provider that is not here may have it", 4],
  ]);
  const required = check({ a: service("    user: ${DB:?}\n") }, { sources });
  assert.deepEqual(problemsOf(required), []);
  assert.match(required.warnings[0]!.message, /^checked with placeholders for secrets that are not here/);
});

Deno.test("an error that no placeholder mends is reported as it is", () => {
  const findings = check({ a: service("    user: $DB\n    imagee: x\n") }, {
    sources: [source(["DB"], "unknown")],
  });
  assert.match(problemsOf(findings).join("\n"), /imagee/);
});

Deno.test("a missing host folder is a problem in a named checkout, and a warning in the working folder", () => {
  const tree = { "README.md": "" };
  assert.match(
    problemsOf(checkHosts([inputOf(tree)], { isAssumed: false }))[0]!,
    /^there is no folder helium in the repository/,
  );
  const assumed = checkHosts([inputOf(tree)], { isAssumed: true });
  assert.deepEqual(assumed, {
    hosts: [{ host: "helium", stacks: [], skipped: [] }],
    problems: [],
    warnings: [{
      stack: "helium",
      message: "no stack was checked: there is no helium in this folder; name a checkout with --path",
    }],
  });
  const xenon = inputOf({ "xenon/web/compose.yml": service() }, {
    layout: { kind: "folder", path: "xenon" },
    host: "xenon",
  });
  assert.equal(checkHosts([inputOf(tree), xenon], { isAssumed: true }).problems.length, 1);
});

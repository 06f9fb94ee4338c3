/** What is told about files that cannot be deployed, and about those that can. */
import assert from "node:assert/strict";
import { type LoadedProject, type LoadInput, loadProject } from "../../lib/compose/load.ts";
import {
  ConfigurationError,
  ConfigurationProblems,
  formatError,
  type HomeportError,
} from "../../lib/errors.ts";
import { memoryFiles } from "./disk_files.ts";

const FOLDER = "/repo/stacks/web";

function load(contents: Readonly<Record<string, string>>, input: Partial<LoadInput> = {}): LoadedProject {
  const files = memoryFiles(
    Object.fromEntries(Object.entries(contents).map(([name, content]) => [`${FOLDER}/${name}`, content])),
  );
  return loadProject({ folder: FOLDER, variables: {}, files, ...input });
}

function problemsOf(
  contents: string | Readonly<Record<string, string>>,
  input?: Partial<LoadInput>,
): readonly HomeportError[] {
  try {
    const files = typeof contents === "string" ? { "compose.yml": contents } : contents;
    const { undeployable } = load(files, input);
    if (undeployable.length > 0) return undeployable;
  } catch (error) {
    if (error instanceof ConfigurationProblems) return error.problems;
    if (error instanceof ConfigurationError) return [error];
    throw error;
  }
  return assert.fail("nothing was refused");
}

function service(...lines: readonly string[]): string {
  return ["services:", "  web:", "    image: x", ...lines.map((line) => `    ${line}`), ""].join("\n");
}

interface Refusal {
  readonly title: string;
  readonly contents: string | Readonly<Record<string, string>>;
  readonly line: number;
  readonly path?: string;
  readonly message: RegExp;
}

const REFUSALS: readonly Refusal[] = [
  {
    title: "an undeclared network",
    contents: service("networks:", "  - nowhere"),
    line: 5,
    path: "services.web.networks.nowhere",
    message: /uses network nowhere/,
  },
  {
    title: "an undeclared volume",
    contents: service("volumes:", "  - /a", "  - data:/b"),
    line: 6,
    path: "services.web.volumes[1]",
    message: /uses volume data/,
  },
  { title: "an undeclared config", contents: service("configs: [c]"), line: 4, message: /uses config c/ },
  {
    title: "an undeclared secret",
    contents: service("secrets:", "  - s"),
    line: 5,
    message: /uses secret s/,
  },
  {
    title: "an unknown dependency",
    contents: service("depends_on:", "  db:", "    condition: service_healthy"),
    line: 5,
    message: /depends on service db, which is not declared/,
  },
  {
    title: "an unknown service of network_mode",
    contents: service("network_mode: service:vpn"),
    line: 4,
    message: /depends on service vpn/,
  },
  {
    title: "a service without image",
    contents: "services:\n  web:\n    command: x\n",
    line: 2,
    message: /Service web has no image/,
  },
  {
    title: "network_mode with networks",
    contents: `${service("network_mode: host", "networks: [a]")}networks: {a: }\n`,
    line: 4,
    message: /`network_mode` and `networks`/,
  },
  {
    title: "a container name for several containers",
    contents: service("scale: 2", "container_name: ww"),
    line: 5,
    message: /a container name and 2 containers/,
  },
  {
    title: "the same container name twice",
    contents: `${service("container_name: ww")}  b:\n    image: y\n    container_name: ww\n`,
    line: 7,
    message: /Services web and b have the same container name ww/,
  },
  {
    title: "two mounts at one place",
    contents: service("tmpfs: /a", "volumes: ['/a']"),
    line: 5,
    message: /mounts two things at \/a/,
  },
  {
    title: "a bad port",
    contents: service("ports:", "  - 80:80", "  - 80:eighty"),
    line: 6,
    path: "services.web.ports[1]",
    message: /"80:eighty" has no valid container port/,
  },
  {
    title: "a bad size",
    contents: service("mem_limit: lots"),
    line: 4,
    message: /a size such as 512m.*"lots"/,
  },
  {
    title: "a bad length of time",
    contents: service("stop_grace_period: soon"),
    line: 4,
    message: /a length of time.*"soon"/,
  },
  {
    title: "an open quote in a command",
    contents: service("command: sh -c 'a"),
    line: 4,
    message: /a quote or a bracket is not closed/,
  },
  {
    title: "a missing env file",
    contents: service("env_file:", "  - a.env"),
    line: 5,
    path: "services.web.env_file[0].path",
    message: /no env file \/repo\/stacks\/web\/a\.env/,
  },
  {
    title: "an env file of an unknown format",
    contents: { "compose.yml": service("env_file:", "  - path: a.env", "    format: toml"), "a.env": "" },
    line: 5,
    message: /Unknown env file format/,
  },
  {
    title: "a secret whose variable is not set",
    contents: `${service("secrets: [s]")}secrets:\n  s:\n    environment: TOKEN\n`,
    line: 7,
    message: /variable TOKEN, which is not set/,
  },
  {
    title: "a config whose file is missing",
    contents: `${service("configs: [c]")}configs:\n  c:\n    file: ./c.conf\n`,
    line: 7,
    message: /no file \/repo\/stacks\/web\/c\.conf/,
  },
  {
    title: "a name that begins with x- in a mapping",
    contents: service("environment:", "  x-a: b"),
    line: 5,
    message: /begins with x-/,
  },
  {
    title: "an override that does not fit",
    contents: {
      "compose.yml": service("ports: ['80:80']"),
      "compose.override.yml": "services:\n  web:\n    ports: {a: b}\n",
    },
    line: 3,
    message: /Cannot lay this over a list/,
  },
  { title: "a document that is no mapping", contents: "- a\n", line: 1, message: /not a mapping/ },
  {
    title: "a block device weight beyond 16 bits",
    contents: service("blkio_config: {weight: 70000}"),
    line: 4,
    path: "services.web.blkio_config.weight",
    message: /a whole number from 0 to 65535, found 70000/,
  },
  {
    title: "a negative rate of a block device",
    contents: service("blkio_config: {device_read_bps: [{path: /dev/sda, rate: -1}]}"),
    line: 4,
    path: "services.web.blkio_config.device_read_bps[0].rate",
    message: /a rate from 0 on/,
  },
  {
    title: "a device that is asked for by count and by ID",
    contents: service(
      "deploy: {resources: {reservations: {devices: [{capabilities: [gpu], count: 1, device_ids: [a]}]}}}",
    ),
    line: 4,
    path: "services.web.deploy.resources.reservations.devices[0]",
    message: /`count` and `device_ids` exclude each other/,
  },
  {
    title: "a mounted image without a name",
    contents: service("volumes: [{type: image, target: /a}]"),
    line: 4,
    path: "services.web.volumes[0].source",
    message: /Service web mounts an image at \/a without naming it/,
  },
  {
    title: "a volume of a swarm",
    contents: service("volumes: [{type: cluster, source: a, target: /a}]"),
    line: 4,
    path: "services.web.volumes[0].type",
    message: /Volumes of type "cluster" are not supported/,
  },
  { title: "an unknown attribute", contents: service("imagee: y"), line: 4, message: /imagee/ },
];

for (const { title, contents, line, path, message } of REFUSALS) {
  Deno.test(`${title} is refused with its line`, () => {
    const [problem] = problemsOf(contents);
    assert.match(problem!.message, message);
    const file = typeof contents !== "string" && "compose.override.yml" in contents
      ? "compose.override.yml"
      : "compose.yml";
    assert.equal(problem!.location?.file, `${FOLDER}/${file}`);
    if (title !== "a document that is no mapping") assert.equal(problem!.location?.line, line);
    if (path !== undefined) assert.equal(problem!.path, path);
    assert.equal(problem!.exitCode, 2);
  });
}

Deno.test("a dependency cycle is named service by service", () => {
  const [problem] = problemsOf(
    "services:\n  a: {image: x, depends_on: [b]}\n  b: {image: x, links: [c]}\n  c: {image: x, volumes_from: [a]}\n",
  );
  assert.equal(problem!.message, "Services depend on each other: a → b → c → a");
  assert.equal(problem!.location?.line, 2);
});

Deno.test("all inconsistencies are reported at once", () => {
  const problems = problemsOf(
    "services:\n  a: {image: x, networks: [n], volumes: ['vol:/v']}\n  b: {depends_on: [c]}\n",
  );
  assert.deepEqual(problems.map(({ location }) => location?.line), [2, 2, 3, 3]);
});

for (
  const [title, lines] of [
    ["a bind mount", ["volumes:", "  - ../../../etc:/etc"]],
    ["a bind mount in the long form", ["volumes: [{type: bind, source: ../../../etc, target: /etc}]"]],
    ["an env file", ["env_file: ../../../etc/passwd"]],
    ["an optional env file", ["env_file: [{path: ../../../etc/passwd, required: false}]"]],
    ["an absolute env file", ["env_file: /etc/passwd"]],
  ] as const
) {
  Deno.test(`${title} cannot lead out of the repository`, () => {
    const [problem] = problemsOf(service(...lines));
    assert.match(problem!.message, /leads out of the repository/);
    assert.ok(problem!.location!.line! >= 4);
  });
}

Deno.test("configs, secrets and bound volumes cannot lead out of the repository", () => {
  for (
    const rest of [
      "configs: {c: {file: ../../../etc/passwd}}",
      "secrets: {c: {file: ../../../etc/passwd}}",
      "volumes: {c: {driver: local, driver_opts: {o: bind, type: none, device: ../../../etc}}}",
    ]
  ) {
    assert.match(problemsOf(`${service()}${rest}\n`)[0]!.message, /leads out of the repository/);
  }
});

Deno.test("absolute paths of the machine are taken as they are", () => {
  const { project } = load({
    "compose.yml": service("volumes: ['/srv/data/:/data', '/var/run/docker.sock:/s:ro']"),
  });
  assert.deepEqual(project.services["web"]!.volumes!.map(({ source }) => source), [
    "/srv/data/",
    "/var/run/docker.sock",
  ]);
});

Deno.test("~ is the home folder that is given, and refused without one", () => {
  const contents = { "compose.yml": service("volumes: ['~/data:/data']") };
  assert.equal(
    load(contents, { homeDir: "/home/me" }).project.services["web"]!.volumes![0]!.source,
    "/home/me/data",
  );
  assert.match(problemsOf(contents)[0]!.message, /no home folder/);
});

Deno.test("a message shows a value as the file writes it, never what a variable holds", () => {
  const variables = { SECRET: "hunter2:hunter2:hunter2:hunter2" };
  for (
    const attribute of [
      "ports: ['${SECRET}']",
      "volumes: ['${SECRET}']",
      "devices: ['${SECRET}']",
      "mem_limit: ${SECRET}",
      "stop_grace_period: ${SECRET}",
      "extra_hosts: ['=${SECRET}']",
      'command: "\'${SECRET}"',
      "cpus: ${SECRET}",
      "pids_limit: ${SECRET}",
    ]
  ) {
    const text = problemsOf(service(attribute), { variables }).map(formatError).join("\n");
    assert.ok(!text.includes("hunter2"), text);
    assert.ok(text.includes("${SECRET}") || attribute.startsWith("extra_hosts"), text);
  }
});

Deno.test("unset variables are listed with their places, each once", () => {
  const { unset } = load({
    "compose.yml": `name: \${NAME_PART}web\n${service("user: ${A}${A}", "hostname: ${B:-b}${C}")}`,
  });
  assert.deepEqual(unset.map(({ name, location }) => `${name}:${location?.line}`), [
    "NAME_PART:1",
    "A:5",
    "C:6",
  ]);
});

Deno.test("given variables win over .env, and nothing of the process is seen", () => {
  const contents = {
    "compose.yml": service("environment: [A, B, HOME, PATH, PWD]"),
    ".env": "A=dotenv\nB=dotenv\n",
  };
  assert.deepEqual(
    { ...load(contents, { variables: { A: "given" } }).project.services["web"]!.environment },
    {
      A: "given",
      B: "dotenv",
      HOME: null,
      PATH: null,
      PWD: FOLDER,
    },
  );
});

Deno.test("what has no effect is a warning with its line", () => {
  const { warnings } = load({
    "compose.yml": `version: "3"\n${
      service("volumes: ['/a:/b:cached']", "networks: [n]")
    }networks:\n  n: {ipam: {options: {a: b}}}\n`,
  });
  assert.deepEqual(warnings.map(({ location }) => location?.line), [1, 5, 8]);
  assert.match(warnings[1]!.message, /"cached".* is ignored/);
  assert.match(warnings[2]!.message, /networks\.n\.ipam\.options` has no effect/);
});

Deno.test("every file that was read is listed", () => {
  const { usedFiles } = load({
    "compose.yml": service("env_file: [a.env, {path: none.env, required: false}]"),
    "compose.override.yml": service("env_file: b.env"),
    ".env": "",
    "a.env": "",
    "b.env": "",
    "unrelated.txt": "",
  });
  assert.deepEqual(
    usedFiles,
    ["compose.yml", "compose.override.yml", ".env", "a.env", "b.env"].map((name) => `${FOLDER}/${name}`),
  );
});

for (
  const [name, value] of [["COMPOSE_ENV_FILES", "a.env"], ["COMPOSE_COMPATIBILITY", "true"], [
    "COMPOSE_CONVERT_WINDOWS_PATHS",
    "1",
  ]] as const
) {
  Deno.test(`${name} is refused by name`, () => {
    assert.match(problemsOf(service(), { variables: { [name]: value } })[0]!.message, new RegExp(name));
  });
}

Deno.test("only an enabled service needs its env files and its secrets' variables", () => {
  const { project } = load({
    "compose.yml":
      `${service()}  off: {image: y, profiles: [p], env_file: none.env, secrets: [s]}\nsecrets: {s: {environment: NONE}}\n`,
  });
  assert.deepEqual(Object.keys(project.services), ["web"]);
  assert.deepEqual(project.disabledServices, ["off"]);
  assert.deepEqual(project.secrets, {});
});

Deno.test("names such as __proto__ and constructor are names like others", () => {
  const { project } = load({
    "compose.yml": service("environment: {__proto__: p, constructor: c}", "labels: [__proto__=l]"),
  });
  assert.equal(JSON.stringify(project.services["web"]!.environment), '{"__proto__":"p","constructor":"c"}');
  assert.match(problemsOf(service("constructor: 1"))[0]!.message, /constructor/);
});

Deno.test("what only a swarm has a use for is kept for the hash, with a warning", () => {
  const reserved = "{generic_resources: [{discrete_resource_spec: {kind: ssd, value: 2}}]}";
  const { project, warnings } = load({
    "compose.yml": service(
      "credential_spec: {file: a.json}",
      `deploy: {resources: {reservations: ${reserved}}}`,
    ),
  });
  assert.deepEqual(project.services["web"]?.credential_spec, { file: "a.json" });
  assert.deepEqual(warnings.map(({ message }) => message), [
    "`services.web.credential_spec` has no effect",
    "`services.web.deploy.resources.reservations.generic_resources` has no effect",
  ]);
});

Deno.test("whom a mounted file belongs to cannot be chosen, and a warning says so", () => {
  const { warnings } = load({
    "compose.yml": `services:
  web:
    image: x
    secrets:
      - {source: file, uid: "1", gid: "2", mode: 0400}
      - {source: value, uid: "1", mode: 0400}
    configs: [{source: text, uid: "1"}, {source: file, mode: 0400}]
secrets: {file: {file: ./s}, value: {environment: PATH_S}}
configs: {text: {content: a}, file: {file: ./c}}
`,
    "s": "",
    "c": "",
  }, { variables: { PATH_S: "s" } });
  assert.deepEqual(warnings.map(({ message, location }) => `${location?.line} ${message}`), [
    "7 `services.web.configs[1].mode` has no effect: the file is mounted as it is",
    "5 `services.web.secrets[0].uid` has no effect: the file is mounted as it is",
    "5 `services.web.secrets[0].gid` has no effect: the file is mounted as it is",
    "5 `services.web.secrets[0].mode` has no effect: the file is mounted as it is",
  ]);
});

Deno.test("networks that no enabled service uses are told by their names", () => {
  const { project } = load({
    "compose.yml": `name: shop
services:
  web: {image: x, networks: [front]}
  off: {image: y, profiles: [p], networks: [back]}
networks: {front: {}, back: {}, other: {name: lan, external: true}}
`,
  });
  assert.deepEqual([Object.keys(project.networks), project.unusedNetworks], [["front"], [
    "shop_back",
    "lan",
  ]]);
});

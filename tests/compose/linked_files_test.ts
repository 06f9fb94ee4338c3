/** Files that a Compose file names in `include`, `extends` and `label_file`: what is read, and what is refused where. */
import assert from "node:assert/strict";
import { configTree } from "../../lib/compose/config_tree.ts";
import { renderYaml } from "../../lib/compose/render_config_yaml.ts";
import { type LoadedProject, loadProject } from "../../lib/compose/load.ts";
import { ConfigurationError, ConfigurationProblems, formatError } from "../../lib/errors.ts";
import { memoryFiles } from "./disk_files.ts";

type Contents = Readonly<Record<string, string>>;

const FOLDER = "/repo/stack";

function load(contents: Contents, variables: Contents = {}): LoadedProject {
  const paths = Object.entries(contents).map(([name, content]) => [`${FOLDER}/${name}`, content]);
  return loadProject({ folder: FOLDER, variables, files: memoryFiles(Object.fromEntries(paths)) });
}

function refusal(contents: Contents, variables?: Contents): string {
  try {
    const { undeployable } = load(contents, variables);
    if (undeployable.length > 0) return undeployable.map(formatError).join("\n");
  } catch (error) {
    if (error instanceof ConfigurationProblems) return error.problems.map(formatError).join("\n");
    if (error instanceof ConfigurationError) return formatError(error);
    throw error;
  }
  return assert.fail("nothing was refused");
}

Deno.test("every file that was read counts as used, each once", () => {
  const { usedFiles } = load({
    "compose.yml": `
include: [sub/a.yml, {path: [sub/a.yml, sub/b.yml], env_file: [x.env]}]
services:
  web: {extends: {file: common/one.yml, service: one}, label_file: web.labels}
  other: {extends: {file: common/one.yml, service: one}}
`,
    ".env": "A=1\n",
    "x.env": "B=1\n",
    "sub/a.yml": "services: {a: {image: a, env_file: a.env}}\n",
    "sub/a.env": "C=1\n",
    "sub/.env": "D=1\n",
    "sub/b.yml": "services: {b: {image: b}}\n",
    "common/one.yml":
      "services: {one: {extends: {file: two.yml, service: two}, label_file: one.labels}, x: {image: x}}\n",
    "common/two.yml": "services: {two: {image: two}}\n",
    "common/one.labels": "one=1\n",
    "web.labels": "web=1\n",
    "unused.yml": "",
  });
  assert.deepEqual(
    usedFiles.map((path) => path.slice(FOLDER.length + 1)).sort(),
    [
      ".env",
      "common/one.labels",
      "common/one.yml",
      "common/two.yml",
      "compose.yml",
      "sub/.env",
      "sub/a.env",
      "sub/a.yml",
      "sub/b.yml",
      "web.labels",
      "x.env",
    ],
  );
});

interface Refusal {
  readonly title: string;
  readonly files: Contents;
  readonly says: readonly (string | RegExp)[];
}

const WEB = "services:\n  web:\n    image: x\n";

const REFUSALS: readonly Refusal[] = [
  {
    title: "a mistake in a service of another file",
    files: {
      "compose.yml": "services:\n  web:\n    extends: {file: sub/base.yml, service: app}\n",
      "sub/base.yml": "services:\n  app:\n    image: a\n    prots: []\n",
    },
    says: ['"prots"', "services.web.prots", "sub/base.yml:4", "ports"],
  },
  {
    title: "a service that is nowhere",
    files: { "compose.yml": `${WEB}    extends:\n      service: base\n` },
    says: ['no service "base" to extend', "services.web.extends.service", "compose.yml:5"],
  },
  {
    title: "an empty service of another file",
    files: {
      "compose.yml": `${WEB}    extends: {file: base.yml, service: base}\n`,
      "base.yml": "services:\n  base:\n",
    },
    says: ["Service base is empty: it cannot be extended", "services.base", "base.yml:2"],
  },
  {
    title: "services that extend each other",
    files: { "compose.yml": "services:\n  a: {extends: b}\n  b: {extends: a}\n" },
    says: ["extend each other: a → b → a", "compose.yml:2"],
  },
  {
    title: "services that extend each other from file to file",
    files: {
      "compose.yml": "services:\n  a: {extends: {file: b.yml, service: b}}\n",
      "b.yml": "services:\n  b: {extends: {file: ./c.yml, service: c}}\n",
      "c.yml": "services:\n  c: {extends: {file: ./b.yml, service: b}}\n",
    },
    says: ["extend each other: a → b → c → b", "services.b.extends", "b.yml:2"],
  },
  {
    title: "a file to extend that is not there",
    files: { "compose.yml": `${WEB}    extends:\n      service: a\n      file: none.yml\n` },
    says: ["There is no file /repo/stack/none.yml", "services.web.extends.file", "compose.yml:6"],
  },
  {
    title: "a file to extend outside of the repository",
    files: { "compose.yml": `${WEB}    extends: {service: a, file: ../../etc/x.yml}\n` },
    says: ["leads out of the repository", "compose.yml:4"],
  },
  {
    title: "an included file outside of the repository",
    files: { "compose.yml": `include: [/etc/compose.yml]\n${WEB}` },
    says: ['"/etc/compose.yml"', "leads out of the repository", "compose.yml:1"],
  },
  {
    title: "an included project folder outside of the repository",
    files: {
      "compose.yml": `include: [{path: a.yml, project_directory: ../..}]\n${WEB}`,
      "a.yml": "services: {a: {image: a, volumes: ['./a:/a']}}\n",
    },
    says: ["leads out of the repository", "compose.yml:1"],
  },
  {
    title: "a mount of an included file that leads out of the repository",
    files: {
      "compose.yml": `include: [sub/a.yml]\n${WEB}`,
      "sub/a.yml": "services:\n  a:\n    image: a\n    volumes:\n      - ../../../etc:/a\n",
    },
    says: ["leads out of the repository", "sub/a.yml:5"],
  },
  {
    title: "a file of another place",
    files: { "compose.yml": `include:\n  - oci://example.org/app\n${WEB}` },
    says: ['"oci://example.org/app"', "remote files are not supported", "include[0]", "compose.yml:2"],
  },
  {
    title: "an included file that is not there",
    files: { "compose.yml": `include:\n  - path:\n      - none.yml\n${WEB}` },
    says: ["There is no file /repo/stack/none.yml", "include[0].path[0]", "compose.yml:3"],
  },
  {
    title: "a mistake in an included file",
    files: {
      "compose.yml": `include: [sub/a.yml]\n${WEB}`,
      "sub/a.yml": "services:\n  a:\n    imagee: x\n",
    },
    says: ["services.a.imagee", "sub/a.yml:3"],
  },
  {
    title: "an unsupported attribute of an included file",
    files: {
      "compose.yml": `include: [sub/a.yml]\n${WEB}`,
      "sub/a.yml": "services:\n  a:\n    image: x\n    provider: {type: y}\n",
    },
    says: ["not supported", "services.a.provider", "sub/a.yml:4"],
  },
  {
    title: "a service that an included file has too",
    files: {
      "compose.yml": `include: [a.yml]\n${WEB}`,
      "a.yml": "services: {web: {image: other}}\n",
    },
    says: ["web is declared", "services.web", "compose.yml:3", /rename one|override/],
  },
  {
    title: "files that include each other",
    files: {
      "compose.yml": `include: [a.yml]\n${WEB}`,
      "a.yml": "include:\n  - b.yml\n",
      "b.yml": "include:\n  - a.yml\n",
    },
    says: ["include each other", "a.yml → /repo/stack/b.yml", "b.yml:2"],
  },
  {
    title: "files that include each other as overrides, without an end",
    files: {
      "compose.yml": `include: [{path: [a.yml, compose.yml]}, {path: [b.yml, compose.yml]}]\n${WEB}`,
      "a.yml": "services: {}\n",
      "b.yml": "services: {}\n",
    },
    says: ["Too many files are included", "compose.yml:1"],
  },
  {
    title: "a label file that is not there",
    files: { "compose.yml": `${WEB}    label_file:\n      - web.labels\n` },
    says: ["no label file /repo/stack/web.labels", "services.web.label_file[0]", "compose.yml:5"],
  },
  {
    title: "a broken label file",
    files: { "compose.yml": `${WEB}    label_file: web.labels\n`, "web.labels": "a=1\nb c=2\n" },
    says: ["web.labels:2"],
  },
  {
    title: "a watched path without a target",
    files: { "compose.yml": `${WEB}    develop:\n      watch: [{path: a, action: sync}]\n` },
    says: ["needs a target", "services.web.develop", "compose.yml:4"],
  },
];

for (const { title, files, says } of REFUSALS) {
  Deno.test(`${title}: refused, with file and line`, () => {
    const text = refusal(files);
    for (const each of says) {
      if (typeof each === "string") assert.ok(text.includes(each), `${each} is missing in: ${text}`);
      else assert.match(text, each);
    }
  });
}

Deno.test("a value of a variable shows in no message about other files", () => {
  const files = {
    "compose.yml": "include: [a.yml]\nservices:\n  web: {extends: {file: base.yml, service: '${SECRET}'}}\n",
    "a.yml": "services: {}\n",
    "base.yml": "services: {app: {image: a}}\n",
  };
  const text = refusal(files, { SECRET: "hunter2" });
  assert.ok(text.includes("${SECRET}") && !text.includes("hunter2"), text);
});

Deno.test("a secret may take its value from the variables of the file that declares it", () => {
  const loaded = load({
    "compose.yml": "include: [sub/a.yml]\n",
    "sub/a.yml": "services: {a: {image: a, secrets: [s]}}\nsecrets: {s: {environment: TOKEN}}\n",
    "sub/.env": "TOKEN=inner\n",
  });
  assert.equal(loaded.project.secrets["s"]!.content, "inner");
  assert.ok(!renderYaml(configTree(loaded)).includes("inner"), "it is not shown");
});

Deno.test("many services that extend one file have it read once", () => {
  const count = 400;
  const names = Array.from({ length: count }, (_, index) => `s${index}`);
  const base = names.map((name) => `  ${name}: {image: x, environment: {A: "1"}}`).join("\n");
  const own = names.map((name) => `  ${name}: {extends: {file: base.yml, service: ${name}}}`).join("\n");
  const reads: string[] = [];
  const files = memoryFiles({
    [`${FOLDER}/compose.yml`]: `services:\n${own}\n`,
    [`${FOLDER}/base.yml`]: `services:\n${base}\n`,
  });
  const counting = { ...files, read: (path: string) => (reads.push(path), files.read(path)) };
  const { project } = loadProject({ folder: FOLDER, variables: {}, files: counting });
  assert.equal(Object.keys(project.services).length, count);
  assert.equal(reads.filter((path) => path.endsWith("base.yml")).length, 1);
});

Deno.test("what two services take from one base is not shared between them", () => {
  const { project } = load({
    "compose.yml": `
services:
  one: {extends: {file: base.yml, service: base}, environment: {A: one}, volumes: ["./x:/x"]}
  two: {extends: {file: base.yml, service: base}, volumes: ["./y:/y"]}
`,
    "base.yml": "services: {base: {image: b, environment: {A: base}, volumes: ['./v:/v']}}\n",
  });
  const { one, two } = project.services;
  assert.deepEqual([one!.environment, two!.environment], [{ A: "one" }, { A: "base" }]);
  const sources = [one, two].map((service) => service!.volumes!.map(({ source }) => source));
  assert.deepEqual(sources, [
    ["/repo/stack/v", "/repo/stack/x"],
    ["/repo/stack/v", "/repo/stack/y"],
  ]);
});

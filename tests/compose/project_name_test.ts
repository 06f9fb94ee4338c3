import assert from "node:assert/strict";
import { findConfigFiles } from "../../lib/compose/config_files.ts";
import { loadProject } from "../../lib/compose/load.ts";
import { normalizeProjectName } from "../../lib/compose/project_name.ts";
import { memoryFiles } from "./disk_files.ts";

for (
  const [written, normal] of [
    ["web", "web"],
    ["MyApp", "myapp"],
    ["my.app v2", "myappv2"],
    ["_-x_-", "x_-"],
    ["Über", "ber"],
    ["...", ""],
  ] as const
) {
  Deno.test(`the project name of "${written}" is "${normal}"`, () =>
    assert.equal(normalizeProjectName(written), normal));
}

const COMPOSE = "services: {web: {image: x, container_name: 'c-${COMPOSE_PROJECT_NAME}'}}\n";

function nameOf(folder: string, content: string, variables = {}, projectName?: string): string {
  const files = memoryFiles({ [`${folder}/compose.yml`]: content });
  const { project } = loadProject({
    folder,
    files,
    variables,
    ...(projectName === undefined ? {} : { projectName }),
  });
  assert.equal(project.services["web"]!.container_name, `c-${project.name}`);
  return project.name;
}

Deno.test("a folder with capitals gives a project in lower case", () => {
  assert.equal(nameOf("/repo/MyApp", COMPOSE), "myapp");
});

Deno.test("explicit wins over COMPOSE_PROJECT_NAME, over `name:`, over the folder", () => {
  const named = `name: \${PREFIX}Written\n${COMPOSE}`;
  const variables = { PREFIX: "my-" };
  assert.equal(nameOf("/repo/folder", named, variables), "my-written");
  assert.equal(nameOf("/repo/folder", named, { ...variables, COMPOSE_PROJECT_NAME: "variable" }), "variable");
  assert.equal(
    nameOf("/repo/folder", named, { ...variables, COMPOSE_PROJECT_NAME: "variable" }, "explicit"),
    "explicit",
  );
});

Deno.test("a name of which nothing is left is refused", () => {
  assert.throws(() => nameOf("/repo/...", COMPOSE), /The folder name "\.\.\." gives no project name/);
  assert.throws(
    () => nameOf("/repo/folder", `name: "\${UNSET}"\n${COMPOSE}`),
    /`name` "\$\{UNSET\}" gives no project name/,
  );
  assert.throws(
    () => nameOf("/repo/folder", COMPOSE, {}, "Not Normal"),
    /is "Not Normal", which is no project name/,
  );
});

Deno.test("of several Compose files the first usual name counts, with the first override", () => {
  const found = (...names: readonly string[]) =>
    findConfigFiles("/repo/a", memoryFiles(Object.fromEntries(names.map((name) => [`/repo/a/${name}`, ""]))));
  assert.deepEqual(found("docker-compose.yml", "compose.yml", "compose.yaml"), ["/repo/a/compose.yaml"]);
  assert.deepEqual(found("docker-compose.yaml", "docker-compose.override.yml", "compose.override.yaml"), [
    "/repo/a/docker-compose.yaml",
    "/repo/a/compose.override.yaml",
  ]);
  assert.deepEqual(found("compose.override.yml", "other.yml"), []);
});

Deno.test("a Compose file in a folder above is not taken", () => {
  const files = memoryFiles({ "/repo/compose.yml": COMPOSE, "/repo/stack/readme.md": "" });
  assert.throws(
    () => loadProject({ folder: "/repo/stack", files, variables: {} }),
    /no Compose file in \/repo\/stack/,
  );
});

import assert from "node:assert/strict";
import { join } from "node:path";
import { composeTest, engineTest } from "./harness.ts";
import { removeProjects } from "./remove_projects.ts";

const FILE = (image: string): string =>
  `services:\n  web:\n    image: ${image}\n    network_mode: none\n    volumes: [data:/data]\nvolumes:\n  data:\n`;

engineTest("a test's project is gone from the engine after it", async (t) => {
  await Deno.writeTextFile(join(t.folder, "compose.yml"), FILE(t.images.one));
  const up = await t.compose(["-p", t.project, "up", "-d"]);
  assert.equal(up.code, 0, up.stderr);
  assert.match((await t.docker(["ps", "-q", "--filter", `name=${t.project}`])).stdout, /\w/);
  await removeProjects(t.api, t.project);
  const filter = `label=com.docker.compose.project=${t.project}`;
  assert.equal((await t.docker(["ps", "-aq", "--filter", filter])).stdout, "");
  assert.equal((await t.docker(["volume", "ls", "-q", "--filter", filter])).stdout, "");
}, { compose: true });

engineTest("the two images differ, and hold the applets that tests use", async (t) => {
  const [one, two] = await Promise.all(
    [t.images.one, t.images.two].map((image) => t.api.get(`/images/${image}/json`)),
  );
  assert.notEqual((one as { Id: string }).Id, (two as { Id: string }).Id);
  const run = await t.docker([
    "run",
    "--rm",
    "--network",
    "none",
    t.images.two,
    "sh",
    "-c",
    "id -u && which httpd sleep",
  ]);
  assert.equal(run.code, 0, run.stderr);
  assert.match(run.stdout, /^0\n.*httpd\n.*sleep\n$/);
}, { compose: true });

composeTest("the reference compose sees only the environment that a test gives it", async (t) => {
  await Deno.writeTextFile(
    join(t.folder, "compose.yml"),
    "services:\n  web:\n    image: '${SHELL:-unset}:${TAG}'\n",
  );
  const config = await t.compose(["-p", t.project, "config", "--images"], { env: { TAG: "9" } });
  assert.equal(config.stdout, "unset:9\n", config.stderr);
});

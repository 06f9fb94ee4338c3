import assert from "node:assert/strict";
import { join } from "node:path";
import { writeEntry } from "../../tools/entry.ts";
import { temporaryFolder } from "../temporary_folder.ts";
import { makeRepository } from "./git_repository.ts";
import { compiledTest, executableEngineTest, runFile } from "./harness.ts";
import { hostConfig } from "./host_config.ts";

const MIB = 2 ** 20;

executableEngineTest(
  "the executable alone deploys what the repository says, and a second time changes nothing",
  async (t) => {
    const repository = await makeRepository(join(t.folder, "repository"), {
      [`servers/helium/${t.project}/compose.yml`]: [
        "services:",
        "  web:",
        `    image: ${t.images.one}`,
        "    network_mode: none",
        "    environment: { GREETING: hello }",
        "    volumes: [./web.conf:/etc/web.conf:ro, data:/data]",
        "    stop_grace_period: 1s",
        "  made:",
        "    build: ./made",
        "    network_mode: none",
        "    stop_grace_period: 0s",
        "volumes:",
        "  data:",
      ].join("\n"),
      [`servers/helium/${t.project}/web.conf`]: "answer = 42\n",
      [`servers/helium/${t.project}/made/Dockerfile`]:
        `FROM ${t.images.one}\nCOPY . /made/\nRUN cat /made/file\n`,
      [`servers/helium/${t.project}/made/file`]: "made",
    });
    const executable = await t.compile(hostConfig(repository, join(t.folder, "data"), t.project));
    const env = { DOCKER_HOST: t.dockerHost };

    const check = await runFile(executable, ["check", "--path", repository], t.elsewhere, env);
    assert.equal(check.code, 0, check.stderr);

    const first = await runFile(executable, ["apply", "--host", "helium"], t.elsewhere, env);
    assert.equal(first.code, 0, `${first.stdout}${first.stderr}`);
    const deployed = await containerIds(t.project, t.api.get);
    assert.equal(deployed.length, 2);

    const second = await runFile(executable, ["apply", "--host", "helium"], t.elsewhere, env);
    assert.equal(second.code, 0, `${second.stdout}${second.stderr}`);
    assert.deepEqual(await containerIds(t.project, t.api.get), deployed);

    const status = await runFile(executable, ["status", "--host", "helium"], t.elsewhere, env);
    assert.equal(status.code, 0, status.stderr);
    assert.match(status.stdout, new RegExp(t.project));
  },
  { timeoutSeconds: 180 },
);

compiledTest("the executable prints its version", async (t) => {
  const executable = await t.compile(hostConfig("/nonexistent", "/nonexistent", t.project));
  const { code, stdout, stderr } = await runFile(executable, ["version"], t.elsewhere);
  assert.equal(code, 0, stderr);
  assert.match(stdout, /\d+\.\d+\.\d+/);
});

compiledTest("the executable is smaller than 95 MiB", async (t) => {
  const executable = await t.compile(hostConfig("/nonexistent", "/nonexistent", t.project));
  const { size } = await Deno.stat(executable);
  assert.ok(size < 95 * MIB, `${(size / MIB).toFixed(1)} MiB`);
});

compiledTest("the executable does not read a configuration from the folder that it runs in", async (t) => {
  const executable = await t.compile(hostConfig("/nonexistent", "/nonexistent", t.project));
  await Deno.writeTextFile(join(t.elsewhere, "stacks.config.ts"), "throw new Error('read');");
  await Deno.writeTextFile(join(t.elsewhere, "deno.json"), "not JSON");
  const { code, stderr } = await runFile(executable, ["version"], t.elsewhere);
  assert.equal(code, 0, stderr);
});

async function containerIds(
  project: string,
  get: (path: string, query: Readonly<Record<string, string>>) => Promise<unknown>,
): Promise<string[]> {
  const filters = JSON.stringify({ label: [`com.docker.compose.project=${project}`] });
  const containers = await get("/containers/json", { all: "true", filters }) as readonly {
    readonly Id: string;
  }[];
  return containers.map(({ Id }) => Id).sort();
}

// The entry of the executable is the project's own main.ts: a check that the rewriting leaves nothing of this machine's configuration.
Deno.test("an entry takes its configuration from the folder that it is written to", async () => {
  using folder = temporaryFolder();
  const entry = await Deno.readTextFile(await writeEntry(folder.path, "export default {};"));
  assert.match(entry, new RegExp(`file://.*${folder.path}/stacks.config.ts`));
  assert.doesNotMatch(entry, /"\.\//);
});

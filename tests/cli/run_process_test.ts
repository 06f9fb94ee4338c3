/** `run` as a process of its own: the system's real signals, and the lock that others find. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { BUILDERS, PROJECT_CONFIG, writeEntry } from "../../tools/entry.ts";
import { Homelab } from "../fakes/homelab.ts";

const PERMISSIONS = ["--allow-read", "--allow-write", "--allow-net", "--allow-env", "--allow-sys=hostname"];

Deno.test("run answers SIGHUP and a suspension, ends well on SIGTERM, is alone, and needs no more than its permissions", async () => {
  const folder = await Deno.realPath(await Deno.makeTempDir({ prefix: "homeport-run-" }));
  const dockerHost = `unix://${folder}/none.sock`;
  const lab = new Homelab({ folder, dockerHost });
  await lab.commit({ "web/compose.yml": "services: { a: { image: one, network_mode: none } }\n" });
  const { stacks: _, ...helium } = lab.config.hosts["helium"]!;
  const entry = await writeEntry(
    folder,
    `import { defineConfig, folder } from ${JSON.stringify(BUILDERS)};
const base = ${JSON.stringify({ ...lab.config, hosts: { helium } })};
export default defineConfig({ ...base, hosts: { helium: { stacks: folder("servers/helium") } } });
`,
  );
  const daemon = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "-q",
      "--no-prompt",
      `--config=${PROJECT_CONFIG}`,
      ...PERMISSIONS,
      entry,
      "run",
      "--json",
      "--host=helium",
    ],
    env: { DOCKER_HOST: dockerHost },
    stdout: "piped",
  }).spawn();
  try {
    const events: { readonly event: string; readonly triggers?: readonly string[] }[] = [];
    const lines = readLines(daemon.stdout);
    const until = async (isIt: (event: string, triggers: readonly string[]) => boolean) => {
      for (;;) {
        const { value, done } = await lines.next();
        if (done) assert.fail(JSON.stringify(events));
        const { event, triggers = [] } = JSON.parse(value);
        events.push({ event, triggers });
        if (isIt(event, triggers)) return;
      }
    };
    await until((event) => event === "pass-failed");
    assert.deepEqual(events.map(({ event }) => event), ["started", "engine-lost", "snapshot", "pass-failed"]);
    const lock = await Deno.readTextFile(join(lab.dataDir, "run.lock"));
    assert.match(lock, new RegExp(`^pid ${daemon.pid} \\(run --host helium\\), since `));
    const second = await lab.run("run");
    assert.equal(second.code, 1);
    assert.match(second.stderr, /homeport run follows the repository already in .*: pid \d+ \(run/);
    const suspended = await lab.run("suspend", "web", "wbe");
    assert.equal(suspended.code, 0);
    assert.match(suspended.stderr, /^warning: no stack wbe is known here/);
    await until((event, triggers) => event === "pass-failed" && triggers.includes("request"));
    daemon.kill("SIGHUP");
    await until((event, triggers) => event === "pass-failed" && triggers.includes("reload"));
    daemon.kill("SIGTERM");
    await until((event) => event === "stopped");
    assert.equal((await daemon.status).code, 0);
    await lines.return();
  } finally {
    try {
      daemon.kill("SIGKILL");
    } catch {
      // It has ended.
    }
    await daemon.status;
    await Deno.remove(folder, { recursive: true });
  }
});

async function* readLines(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
): AsyncGenerator<string, void, void> {
  let rest = "";
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop()!;
    yield* lines;
  }
}

/** Homeport in a container, as the README says: without rights, on a root that cannot be written to. */
import assert from "node:assert/strict";
import { basename, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { tarArchive, type TarEntry } from "../../lib/engine/tar.ts";
import type { EngineTest } from "../engine/harness.ts";
import { makeRepository } from "./git_repository.ts";
import { executableEngineTest } from "./harness.ts";
import { hostConfig } from "./host_config.ts";

const USER = 65532;
const KILLED = 137;

executableEngineTest(
  "in a container without rights, the executable deploys a stack with a file of the checkout, and is healthy",
  async (t) => {
    const repository = await makeRepository(join(t.folder, "repository"), {
      [`servers/helium/${t.project}/compose.yml`]: [
        "services:",
        "  web:",
        `    image: ${t.images.one}`,
        "    network_mode: none",
        "    command: sh -c 'cat /etc/web.conf; sleep 600'",
        "    volumes: [./web.conf:/etc/web.conf:ro]",
        "    stop_grace_period: 0s",
      ].join("\n"),
      [`servers/helium/${t.project}/web.conf`]: "answer = 42\n",
    });
    const dataDir = join(t.folder, "data");
    await Deno.mkdir(dataDir);
    await Deno.chown(dataDir, USER, USER);
    const executable = await t.compile(hostConfig(repository, dataDir, t.project));
    const base = `${t.project}-base`;
    const image = `${t.project}-homeport`;
    try {
      await importBase(t, base, executable);
      await build(t, image, base, executable);
      const container = await start(t, image, [`${dataDir}:${dataDir}`, `${repository}:${repository}:ro`]);

      await until(
        t,
        async () => (await logs(t, `${t.project}-web-1`)) === "answer = 42\n",
        () => logs(t, container),
      );
      await until(t, async () => await healthOf(t, container) === "healthy", () => logs(t, container));
      await t.api.request("POST", `/containers/${container}/stop`);
      assert.match(
        await logs(t, container),
        /info +stopping after/,
        "process 1 hears a signal only if it listens",
      );
      assert.notEqual((await inspect(t, container)).State.ExitCode, KILLED);
    } finally {
      await t.api.request("DELETE", `/containers/${t.project}-run`, { query: { force: "true" } }).catch(
        () => {},
      );
      for (const name of [image, base]) {
        await t.api.request("DELETE", `/images/${name}`, { query: { force: "true" } }).catch(() => {});
      }
    }
  },
  { timeoutSeconds: 180 },
);

/** What the executable needs of a base, and nothing else: its libraries, from this machine. */
async function importBase(t: EngineTest, name: string, executable: string): Promise<void> {
  const { stdout } = await new Deno.Command("ldd", { args: [executable] }).output();
  const libraries = new TextDecoder().decode(stdout).match(/(?<=\s)\/\S+(?= \()/g) ?? [];
  assert.ok(libraries.length > 3, "the libraries of the executable");
  const entries = libraries.map((path): TarEntry => ({
    name: path.slice(1),
    content: Deno.readFileSync(path),
    mode: 0o755,
  }));
  const response = await t.api.request("POST", "/images/create", {
    query: { fromSrc: "-", repo: name, tag: "latest" },
    headers: { "content-type": "application/x-tar" },
    body: await tarArchive(entries),
  });
  await response.body?.cancel();
}

/** With the project's own Dockerfile. */
async function build(t: EngineTest, name: string, base: string, executable: string): Promise<void> {
  const body = await tarArchive([
    { name: "Dockerfile", content: Deno.readFileSync(new URL("../../Dockerfile", import.meta.url)) },
    { name: `dist/${basename(executable)}`, content: Deno.readFileSync(executable), mode: 0o755 },
  ]);
  const query = { t: name, buildargs: JSON.stringify({ BASE: base }) };
  const headers = { "content-type": "application/x-tar" };
  const answer = await (await t.api.request("POST", "/build", { query, headers, body })).text();
  assert.doesNotMatch(answer, /"errorDetail"/);
}

/** As the README's compose.yml does it, but for the network, which the test does not need. */
async function start(t: EngineTest, image: string, folders: readonly string[]): Promise<string> {
  const name = `${t.project}-run`;
  await (await t.api.request("POST", "/containers/create", {
    query: { name },
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      Image: image,
      Cmd: ["run", "--host", "helium"],
      User: `${USER}:${USER}`,
      Env: [`DOCKER_HOST=unix://${t.socketPath}`],
      Healthcheck: { Interval: 500_000_000, StartInterval: 500_000_000, Retries: 100 },
      HostConfig: {
        NetworkMode: "none",
        GroupAdd: [String(Deno.statSync(t.socketPath).gid)],
        ReadonlyRootfs: true,
        Tmpfs: { "/tmp": "" },
        CapDrop: ["ALL"],
        SecurityOpt: ["no-new-privileges:true"],
        Binds: [`${t.socketPath}:${t.socketPath}`, ...folders],
      },
    }),
  })).body?.cancel();
  await t.api.request("POST", `/containers/${name}/start`);
  return name;
}

async function until(
  t: EngineTest,
  condition: () => Promise<boolean>,
  explain: () => Promise<string>,
): Promise<void> {
  const end = performance.now() + 60_000;
  while (!await condition()) {
    if (performance.now() > end || t.signal.aborted) assert.fail(await explain());
    await delay(100);
  }
}

interface Inspected {
  readonly State: { readonly ExitCode: number; readonly Health?: { readonly Status: string } };
}

async function inspect(t: EngineTest, name: string): Promise<Inspected> {
  return await t.api.get(`/containers/${name}/json`) as Inspected;
}

async function healthOf(t: EngineTest, name: string): Promise<string | undefined> {
  return (await inspect(t, name)).State.Health?.Status;
}

/** Without the eight bytes ahead of each piece. */
async function logs(t: EngineTest, name: string): Promise<string> {
  try {
    const query = { stdout: "true", stderr: "true" };
    const bytes = await (await t.api.request("GET", `/containers/${name}/logs`, { query })).bytes();
    const view = new DataView(bytes.buffer);
    let text = "";
    for (let at = 0; at < bytes.length;) {
      const length = view.getUint32(at + 4);
      text += new TextDecoder().decode(bytes.subarray(at + 8, at + 8 + length));
      at += 8 + length;
    }
    return text;
  } catch {
    // It is not there yet.
    return "";
  }
}

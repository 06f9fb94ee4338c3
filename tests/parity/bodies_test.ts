/** What `docker compose` asks the engine for, and what Homeport would ask for, file by file. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { loadProject } from "../../lib/compose/load.ts";
import type { Project } from "../../lib/compose/project.ts";
import { parseEngineAddress } from "../../lib/engine/address.ts";
import { NEWEST_API } from "../../lib/engine/api_version.ts";
import type { ContainerDetails } from "../../lib/engine/answers.ts";
import { EngineConnection } from "../../lib/engine/connection.ts";
import { networkBody } from "../../lib/engine/network_body.ts";
import { type ContainerWish, prepareContainer } from "../../lib/engine/prepare_container.ts";
import { type DeployRun, makeQueue } from "../../lib/engine/run.ts";
import { volumeBody } from "../../lib/engine/volume_body.ts";
import { type EngineProxy, type RecordedRequest, startEngineProxy } from "../fakes/engine_proxy.ts";
import { deployContext } from "../engine/deploy.ts";
import { diskFiles } from "../engine/disk_files.ts";
import { type EngineTest, engineTest } from "../engine/harness.ts";
import { comparable } from "./body_comparison.ts";
import { PARITY_CASES } from "./body_cases.ts";

for (const { name, file, files = {}, apiVersion } of PARITY_CASES) {
  engineTest(`the engine is asked for the same as by docker compose: ${name}`, async (t) => {
    const socket = join(t.folder, "proxy.sock");
    const proxy = await startEngineProxy({ target: t.socketPath, socket, ...apiVersion && { apiVersion } });
    const folder = await writeFolder(t, t.project, { ...files, "compose.yml": file });
    // A reference that fails half-way, as where this machine cannot do what the file asks, has asked all the same.
    const { stderr } = await createAll(t, proxy, folder, t.project);
    const theirs = [...proxy.requests];
    const ours = await requestsOf(t, load(folder, t.project), proxy.dockerHost, apiVersion);
    assert.deepEqual(comparable(ours), comparable(theirs), stderr);
    await proxy.close();
  }, { compose: true });
}

/** Every request that Homeport would make for a project that is not there yet. */
async function requestsOf(
  t: EngineTest,
  project: Project,
  dockerHost: string,
  apiVersion = NEWEST_API,
): Promise<RecordedRequest[]> {
  const networks = Object.entries(project.networks).filter(([, network]) => network.external !== true)
    .map(([key, network]) => post("/networks/create", networkBody(project, key, network, {}, apiVersion)));
  const volumes = Object.entries(project.volumes).filter(([, volume]) => volume.external !== true)
    .map(([key, volume]) => post("/volumes/create", volumeBody(project, key, volume, {})));
  const containers: RecordedRequest[] = [];
  for (const service of Object.values(project.services)) {
    for (let number = 1; number <= (service.scale ?? service.deploy?.replicas ?? 1); number++) {
      const containerName = service.container_name ?? `${project.name}-${service.name}-${number}`;
      containers.push(
        await creation(t, project, { service: service.name, number, containerName }, dockerHost),
      );
    }
  }
  return [...networks, ...volumes, ...containers];
}

async function creation(
  t: EngineTest,
  project: Project,
  wish: ContainerWish,
  dockerHost = t.dockerHost,
): Promise<RecordedRequest> {
  const connection = new EngineConnection(parseEngineAddress(dockerHost));
  const context = deployContext(project, t.signal);
  const run: DeployRun = {
    connection,
    signal: t.signal,
    dockerConfig: undefined,
    credentialsFor: () => Promise.resolve(undefined),
    oneAtATime: makeQueue(),
    context,
  };
  const { query, body } = await prepareContainer(run, wish);
  connection.close();
  const platform = query.platform === undefined ? "" : `&platform=${encodeURIComponent(query.platform)}`;
  return post(`/containers/create?name=${query.name}${platform}`, body);
}

engineTest(
  "a container that is replaced hands its anonymous volumes on as with docker compose",
  async (t) => {
    const proxy = await startEngineProxy({ target: t.socketPath, socket: join(t.folder, "proxy.sock") });
    const file = (label: string) =>
      `services:\n  web:\n    image: $IMAGE\n    network_mode: none\n    labels: {l: ${label}}\n` +
      `    volumes: ["/one", {type: volume, target: /two}, "named:/three"]\nvolumes:\n  named:\n`;
    const folder = await writeFolder(t, t.project, { "compose.yml": file("a") });
    await createAll(t, proxy, folder, t.project);
    const containerName = `${t.project}-web-1`;
    const old = await t.api.get(`/containers/${containerName}/json`) as ContainerDetails;
    await writeFolder(t, t.project, { "compose.yml": file("b") });
    const before = proxy.requests.length;
    const { code, stderr } = await createAll(t, proxy, folder, t.project);
    assert.equal(code, 0, stderr);
    const theirs = proxy.requests.slice(before).filter(({ path }) => path.startsWith("/containers/create"));
    const replaces = { container: old, label: "web-1" };
    const wish = {
      service: "web",
      number: 1,
      containerName: `${old.Id.slice(0, 12)}_${containerName}`,
      replaces,
    };
    const ours = await creation(t, load(folder, t.project), wish);
    assert.deepEqual(comparable([ours]), comparable(theirs));
    await proxy.close();
  },
  { compose: true },
);

async function writeFolder(
  t: EngineTest,
  project: string,
  files: Readonly<Record<string, string>>,
): Promise<string> {
  const folder = join(t.folder, project);
  await Deno.mkdir(folder, { recursive: true });
  for (const [path, text] of Object.entries(files)) {
    const filled = text.replaceAll("$IMAGE", t.images.one).replaceAll("$PROJECT", project);
    await Deno.writeTextFile(join(folder, path), filled);
  }
  return folder;
}

/** Goes through the proxy, which keeps what is asked for. */
function createAll(t: EngineTest, proxy: EngineProxy, folder: string, project: string) {
  return t.docker(["--host", proxy.dockerHost, "compose", "-p", project, "up", "--no-start"], {
    cwd: folder,
  });
}

function load(folder: string, projectName: string): Project {
  return loadProject({ folder, projectName, variables: {}, files: diskFiles }).project;
}

function post(path: string, body: unknown): RecordedRequest {
  return { method: "POST", path, body: JSON.stringify(body) };
}

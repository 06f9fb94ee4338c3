/** What `docker compose` asks the engine for when it replaces a container, and what Homeport would ask for. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { loadProject } from "../../lib/compose/load.ts";
import { parseEngineAddress } from "../../lib/engine/address.ts";
import type { ContainerDetails } from "../../lib/engine/answers.ts";
import { EngineConnection } from "../../lib/engine/connection.ts";
import { type ContainerWish, prepareContainer } from "../../lib/engine/prepare_container.ts";
import { makeQueue } from "../../lib/engine/run.ts";
import { deployContext } from "../engine/deploy.ts";
import { diskFiles } from "../engine/disk_files.ts";
import { type EngineTest, engineTest } from "../engine/harness.ts";
import { type RecordedRequest, startEngineProxy } from "../fakes/engine_proxy.ts";
import { comparable } from "./body_comparison.ts";

const FILE = `services:
  web:
    image: $IMAGE
    network_mode: none
    labels: {l: $LABEL}
    volumes: ["/one", {type: volume, target: /two}, "named:/three"]
volumes:
  named:
`;

engineTest("a replaced container hands its anonymous volumes on as with docker compose", async (t) => {
  const proxy = await startEngineProxy({ target: t.socketPath, socket: join(t.folder, "proxy.sock") });
  const create = async (label: string) => {
    const text = FILE.replace("$IMAGE", t.images.one).replace("$LABEL", label);
    await Deno.writeTextFile(join(t.folder, "compose.yml"), text);
    const args = ["--host", proxy.dockerHost, "compose", "-p", t.project, "up", "--no-start"];
    const { code, stderr } = await t.docker(args);
    assert.equal(code, 0, stderr);
  };
  await create("a");
  const containerName = `${t.project}-web-1`;
  const old = await t.api.get(`/containers/${containerName}/json`) as ContainerDetails;
  const before = proxy.requests.length;
  await create("b");
  const theirs = proxy.requests.slice(before).filter(({ path }) => path.startsWith("/containers/create"));
  const ours = await creation(t, {
    service: "web",
    number: 1,
    containerName: `${old.Id.slice(0, 12)}_${containerName}`,
    replaces: { container: old, label: "web-1" },
  });
  assert.deepEqual(comparable([ours]), comparable(theirs));
  await proxy.close();
}, { compose: true });

async function creation(t: EngineTest, wish: ContainerWish): Promise<RecordedRequest> {
  const project = { folder: t.folder, projectName: t.project, variables: {}, files: diskFiles };
  const connection = new EngineConnection(parseEngineAddress(t.dockerHost));
  const { query, body } = await prepareContainer({
    connection,
    signal: t.signal,
    dockerConfig: undefined,
    credentialsFor: () => Promise.resolve(undefined),
    oneAtATime: makeQueue(),
    context: deployContext(loadProject(project).project, t.signal),
  }, wish);
  connection.close();
  return { method: "POST", path: `/containers/create?name=${query.name}`, body: JSON.stringify(body) };
}

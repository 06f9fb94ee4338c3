import assert from "node:assert/strict";
import { join } from "node:path";
import { connectEngine } from "../../lib/engine/client.ts";
import type { ImagePin } from "../../lib/plan/image_pins.ts";
import { converge } from "./converge.ts";
import { type EngineTest, registryTest } from "./harness.ts";

registryTest("a stack stays with, and goes back to, the image that it is held to", async (t) => {
  const reference = `${t.registry}/${t.project}/app:1`;
  const docker = dockerOf(t);
  await Deno.writeTextFile(
    join(t.folder, "compose.yml"),
    `services: { web: { image: "${reference}", command: sleep 600, stop_signal: KILL, network_mode: none } }`,
  );
  await docker("create", "--name", `${t.project}-seed`, t.images.one);
  const id = await docker("commit", "--change", `LABEL of=${t.project}`, `${t.project}-seed`, reference);
  await docker("rm", `${t.project}-seed`);
  await docker("push", "-q", reference);
  const digest = await docker("inspect", "-f", "{{index .RepoDigests 0}}", reference);
  const pins: readonly ImagePin[] = [{ reference, id, digest }];
  const engine = connectEngine({ dockerHost: t.dockerHost });
  const name = `${t.project}-web-1`;
  const container = async () => {
    const text = await docker("inspect", "-f", "{{.Image}} {{json .Config.Labels}}", name);
    const [image, labels = ""] = text.split(/ (.*)/s);
    return { image, labels: JSON.parse(labels) as Record<string, string> };
  };
  try {
    await converge(t, engine);
    // The tag moves, here and in the registry.
    await docker("tag", t.images.two, reference);
    await docker("push", "-q", reference);
    assert.deepEqual((await converge(t, engine, { pins })).operations, []);
    await converge(t, engine);
    assert.notEqual((await container()).image, id);
    await docker("rmi", digest);
    const back = await converge(t, engine, { pins });
    assert.deepEqual(back.operations.map((each) => each.id), [
      `pull-image ${digest}`,
      "recreate-container web-1",
      "start-container web-1",
    ]);
    const { image, labels } = await container();
    assert.equal(image, id);
    assert.equal(labels["com.docker.compose.image"], id);
    const hash = await t.compose(["-p", t.project, "config", "--hash", "web"]);
    assert.equal(`web ${labels["com.docker.compose.config-hash"]}`, hash.stdout.trim());
    assert.deepEqual((await converge(t, engine, { pins })).operations, []);
    const other = await docker("inspect", "-f", "{{.Id}}", reference);
    assert.notEqual(other, id, "the tag is left as it is");
    const wrong = [{ reference, id: `sha256:${"0".repeat(64)}`, digest }];
    await assert.rejects(converge(t, engine, { pins: wrong }), {
      message: `Image ${digest} is image ${id} here, and not ${wrong[0]!.id}`,
    });
    assert.equal((await container()).image, id);
  } finally {
    engine.close();
    await t.docker(["rm", "-f", name]);
    await t.docker(["rmi", reference, digest]);
  }
}, { compose: true });

function dockerOf(t: EngineTest): (...args: string[]) => Promise<string> {
  return async (...args) => {
    const { code, stdout, stderr } = await t.docker(args);
    assert.equal(code, 0, stderr);
    return stdout.trim();
  };
}

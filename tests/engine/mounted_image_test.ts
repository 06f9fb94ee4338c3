/** What a container shares with things that are not the project's own: images, and containers of others. */
import assert from "node:assert/strict";
import { Homelab } from "../fakes/homelab.ts";
import { engineTest, registryTest } from "./harness.ts";

engineTest(
  "a container sees a mounted image and its external link, and docker compose keeps it",
  async (t) => {
    const network = `${t.project}_shared`;
    const other = `${t.project}-other`;
    const stack = `${t.project}-web`;
    assert.equal((await t.docker(["network", "create", network])).code, 0);
    const ran = await t.docker(["run", "-d", "--name", other, "--network", network, t.images.one]);
    assert.equal(ran.code, 0, ran.stderr);
    const lab = new Homelab({ folder: t.folder, dockerHost: t.dockerHost });
    await lab.commit({
      [`${stack}/compose.yml`]: `services:
  web:
    image: ${t.images.one}
    stop_signal: SIGKILL
    networks: [shared]
    external_links: ["${other}:friend"]
    volumes:
      - {type: image, source: "${t.images.two}", target: /image, image: {subpath: bin}}
networks:
  shared: {external: true, name: ${network}}
`,
    });
    try {
      const applied = await lab.run("apply");
      assert.equal(applied.code, 0, applied.stderr);
      const name = `${stack}-web-1`;
      const seen = await t.docker(["exec", name, "sh", "-c", "test -e /image/busybox && nslookup friend"]);
      assert.equal(seen.code, 0, seen.stdout + seen.stderr);
      const id = async () => (await t.docker(["inspect", "-f", "{{.Id}}", name])).stdout;
      const before = await id();
      const up = await t.compose(["up", "-d"], { cwd: lab.stackFolder(stack) });
      assert.equal(up.code, 0, up.stderr);
      assert.equal(await id(), before);
      assert.equal((await lab.run("plan", "--exit-code")).code, 0);
    } finally {
      await t.docker(["rm", "-f", other, `${stack}-web-1`]);
      await t.docker(["network", "rm", network]);
    }
  },
  { compose: true },
);

registryTest("a mounted image that is not there is pulled", async (t) => {
  const image = `${t.registry}/${t.project}:1`;
  for (const command of [["tag", t.images.two, image], ["push", image], ["rmi", image]]) {
    const { code, stderr } = await t.docker(command);
    assert.equal(code, 0, stderr);
  }
  const lab = new Homelab({ folder: t.folder, dockerHost: t.dockerHost });
  await lab.commit({
    [`${t.project}-web/compose.yml`]: `services:
  web:
    image: ${t.images.one}
    stop_signal: SIGKILL
    network_mode: none
    pull_policy: never
    volumes: [{type: image, source: "${image}", target: /image}]
`,
  });
  try {
    const applied = await lab.run("apply");
    assert.equal(applied.code, 0, applied.stderr);
    const seen = await t.docker(["exec", `${t.project}-web-web-1`, "test", "-e", "/image/bin/busybox"]);
    assert.equal(seen.code, 0, seen.stderr);
  } finally {
    await t.docker(["rm", "-f", `${t.project}-web-web-1`]);
    await t.docker(["rmi", image]);
  }
}, { compose: true });

/** The health gate and the way back, on a real engine. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { connectEngine } from "../../lib/engine/client.ts";
import { Homelab } from "../fakes/homelab.ts";
import { type EngineTest, engineTest, registryTest } from "./harness.ts";

/** Healthy as long as its page says `good`. */
const web = (image: string, more = "") => `
x-homeport: { health_gate: { timeout: 2s, stable: 0s } }
services:
  web:
    image: "${image}"
    command: sleep 600
    network_mode: none
    stop_signal: KILL
    volumes: ["./page:/page:ro"]
    healthcheck: { test: grep -q good /page, interval: 100ms, timeout: 2s, retries: 1 }
${more}`;

interface Inspected {
  readonly Id: string;
  readonly Image: string;
  readonly Config: { readonly Labels: Readonly<Record<string, string>> };
}

registryTest(
  "a commit that does not get well is taken back: files, images and all, although the tag has moved on",
  async (t) => {
    const image = `${t.registry}/${t.project}/app:1`;
    const push = async (from: string) => {
      for (const args of [["tag", from, image], ["push", "-q", image]]) {
        const { code, stderr } = await t.docker(args);
        assert.equal(code, 0, stderr);
      }
    };
    const name = `${t.project}-app`;
    const lab = new Homelab({ folder: t.folder, dockerHost: t.dockerHost });
    const inspect = async () => await t.api.get(`/containers/${name}-web-1/json`) as Inspected;
    const page = () => Deno.readTextFile(join(lab.stackFolder(name), "page"));
    const hashOf = ({ Config: { Labels } }: Inspected) => Labels["com.docker.compose.config-hash"];

    await push(t.images.one);
    const first = await lab.commit({ [`${name}/compose.yml`]: web(image), [`${name}/page`]: "good 1" });
    const applied = await lab.run("apply");
    assert.equal(applied.code, 0, applied.stderr);
    assert.match(applied.stdout, new RegExp(`${name}: waiting for web to become healthy`));
    const good = await inspect();

    await push(t.images.two);
    const bad = await lab.commit({
      [`${name}/compose.yml`]: web(image, "    environment: { NEW: 1 }\n"),
      [`${name}/page`]: "bad",
      [`${name}/more`]: "",
    });

    await t.step("the stack is as it was", async () => {
      const { code, stdout, stderr } = await lab.run("apply");
      assert.equal(code, 1, stdout);
      assert.match(stderr, /Service web of stack .* did not get ready within 2 s: container .* is unhealthy/);
      assert.match(stdout + stderr, new RegExp(`going back to ${first.slice(0, 7)}`));
      assert.match(stdout, /1 rolled-back/);
      const back = await inspect();
      assert.deepEqual([back.Image, hashOf(back)], [good.Image, hashOf(good)]);
      assert.equal(back.Config.Labels["homeport.commit"], first);
      assert.equal(await page(), "good 1");
      await assert.rejects(Deno.stat(join(lab.stackFolder(name), "more")), Deno.errors.NotFound);
      const compose = await t.compose(["config", "--hash", "web"], { cwd: lab.stackFolder(name) });
      assert.equal(compose.stdout.trim(), `web ${hashOf(back)}`, compose.stderr);
    });

    await t.step("and stays so", async () => {
      const { Id } = await inspect();
      const { code, stdout, stderr } = await lab.run("apply");
      assert.equal(code, 1);
      assert.match(
        stdout + stderr,
        new RegExp(`held at ${first.slice(0, 7)}.*because ${bad.slice(0, 7)} failed`),
      );
      assert.equal((await inspect()).Id, Id);
      for (
        const command of [["plan"], ["secrets"], ["config", "--stack", name], ["cleanup", "--dry-run"]]
      ) {
        await lab.run(...command, "--host", "helium");
        assert.equal(await page(), "good 1", `after ${command[0]}: its container sees this very file`);
      }
      await t.docker(["rm", "-f", `${name}-web-1`]);
      assert.equal((await lab.run("apply")).code, 1);
      assert.equal((await inspect()).Image, good.Image);
    });

    await t.step("until a commit mends it", async () => {
      await lab.commit({ [`${name}/page`]: "good 2" });
      const { code, stderr } = await lab.run("apply");
      assert.equal(code, 0, stderr);
      const { Image, Config } = await inspect();
      assert.notEqual(Image, good.Image);
      assert.notEqual(Config.Labels["homeport.commit"], first);
      assert.equal(await page(), "good 2");
    });

    await t.step("a person goes back, and forward again", async () => {
      const unknown = await lab.run("rollback", name, "--to", "0123456789012345678901234567890123456789");
      assert.notEqual(unknown.code, 0);
      assert.match(unknown.stderr, /0123456/);
      const { code, stdout, stderr } = await lab.run("rollback", name);
      assert.equal(code, 0, stderr);
      assert.match(
        stdout + stderr,
        new RegExp(`held by hand at ${first.slice(0, 7)}, until homeport resume`),
      );
      assert.equal((await inspect()).Image, good.Image);
      assert.equal(await page(), "good 1");
      assert.equal((await lab.run("apply")).code, 0);
      assert.equal(await page(), "good 1");
      assert.equal((await lab.run("resume", name)).code, 0);
      assert.equal((await lab.run("apply")).code, 0);
      assert.equal(await page(), "good 2");
      assert.match((await lab.run("history", name)).stdout, /rolled-back/);
    });

    await lab.removeStack(name);
    await lab.run("apply", "--confirm-prune");
    await t.docker(["rmi", image]);
  },
  { compose: true },
);

engineTest("where nothing is taken back, a stack that gets well later is well by itself", async (t) => {
  const name = `${t.project}-db`;
  const lab = new Homelab({ folder: t.folder, dockerHost: t.dockerHost });
  await lab.commit({
    [`${name}/compose.yml`]: web(t.images.one).replace("timeout: 2s, stable", "timeout: 1s, stable")
      .replace("x-homeport: {", "x-homeport: { rollback: off,").replace("/page,", "/tmp/page,"),
    [`${name}/page`]: "good",
  });
  for (const _ of [1, 2]) {
    const { code, stderr } = await lab.run("apply");
    assert.equal(code, 1);
    assert.match(stderr, /did not get ready within 1 s/);
  }
  assert.equal((await t.docker(["exec", `${name}-web-1`, "cp", "/page", "/tmp/page"])).code, 0);
  const { code, stdout, stderr } = await lab.run("apply");
  assert.equal(code, 0, stderr);
  assert.match(stdout, /deployed \(0 operations/);
  assert.match((await lab.run("apply")).stdout, /1 unchanged/);
}, { compose: true });

engineTest("the engine tells how the containers of a project are, and what they last said", async (t) => {
  const say = "printf 'one\\ntwo \\033[31mred\\033[0m\\n'; echo three >&2; exit 3";
  await create(t, { plain: say, terminal: say });
  const engine = connectEngine({ dockerHost: t.dockerHost });
  try {
    const found = await engine.inspectProject(t.project, t.signal);
    assert.deepEqual(
      found.map((
        { service, state, exitCode, restartCount, health, restart },
      ) => [service, state, exitCode, restartCount, health, restart.name]),
      [["plain", "exited", 3, 0, undefined, "no"], ["terminal", "exited", 3, 0, undefined, "no"]],
    );
    assert.ok(found.every(({ startedAt }) => Date.parse(startedAt) > 0));
    for (const { id } of found) {
      assert.deepEqual([...await engine.logTail(id, 10, t.signal)].sort(), ["one", "three", "two red"]);
      assert.equal((await engine.logTail(id, 2, t.signal)).length, 2);
    }
    assert.deepEqual(await engine.logTail("0123456789ab", 2, t.signal), []);
    assert.deepEqual(await engine.inspectProject("nobody-has-this-project", t.signal), []);
  } finally {
    engine.close();
  }
}, { compose: true });

async function create(t: EngineTest, commands: Readonly<Record<string, string>>): Promise<void> {
  const services = Object.entries(commands).map(([name, command]) => [name, {
    image: t.images.one,
    entrypoint: ["sh", "-c", command],
    network_mode: "none",
    tty: name === "terminal",
  }]);
  await Deno.writeTextFile(
    join(t.folder, "compose.json"),
    JSON.stringify({ services: Object.fromEntries(services) }),
  );
  const { code, stderr } = await t.compose(["-p", t.project, "-f", "compose.json", "up"]);
  assert.equal(code, 0, stderr);
}

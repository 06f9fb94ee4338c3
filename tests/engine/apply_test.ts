/** The main job on a real engine: a Git repository in, running stacks out. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { Homelab } from "../fakes/homelab.ts";
import { startEngineProxy } from "../fakes/engine_proxy.ts";
import { containerIds } from "./container_ids.ts";
import { type EngineTest, engineTest } from "./harness.ts";

engineTest("apply deploys every stack of the host, and docker compose lists them", async (t) => {
  const lab = await homelab(t);
  const applied = await lab.run("apply");
  assert.equal(applied.code, 0, applied.stderr);
  const listed = await t.compose(["-p", `${t.project}-web`, "ps", "--format", "{{.Service}} {{.State}}"]);
  assert.deepEqual(listed.stdout.trim().split("\n").sort(), ["front running", "server running"]);
  const projects = await t.compose(["ls", "--format", "json", "--filter", `name=${t.project}`]);
  assert.deepEqual(
    JSON.parse(projects.stdout).map((
      each: { Name: string; ConfigFiles: string },
    ) => [each.Name, each.ConfigFiles]).sort(),
    ["cron", "web"].map((stack) => [
      `${t.project}-${stack}`,
      join(lab.stackFolder(`${t.project}-${stack}`), "compose.yml"),
    ]),
  );
}, { compose: true });

engineTest("docker compose up changes nothing after apply", async (t) => {
  const lab = await homelab(t);
  assert.equal((await lab.run("apply")).code, 0);
  const before = await containerIds(t);
  for (const stack of ["web", "cron"]) {
    const up = await t.compose(["up", "-d"], {
      cwd: lab.stackFolder(`${t.project}-${stack}`),
      env: { TAG: t.images.one },
    });
    assert.equal(up.code, 0, up.stderr);
    assert.doesNotMatch(up.stderr, /Recreate|Creat|orphan/i);
  }
  assert.deepEqual(await containerIds(t), before);
}, { compose: true });

engineTest("what docker compose up started is adopted without a recreation", async (t) => {
  const lab = await homelab(t);
  // Only a checkout: nothing is deployed by a plan.
  assert.equal((await lab.run("plan")).code, 0);
  for (const stack of ["web", "cron"]) {
    const up = await t.compose(["up", "-d"], {
      cwd: lab.stackFolder(`${t.project}-${stack}`),
      env: { TAG: t.images.one },
    });
    assert.equal(up.code, 0, up.stderr);
  }
  const before = await containerIds(t);
  const applied = await lab.run("apply");
  assert.equal(applied.code, 0, applied.stderr);
  assert.deepEqual(await containerIds(t), before);
}, { compose: true });

engineTest("a second apply makes no writing call to the engine", async (t) => {
  const proxy = await startEngineProxy({ target: t.socketPath, socket: join(t.folder, "proxy.sock") });
  try {
    const lab = await homelab(t, `unix://${proxy.socket}`);
    assert.equal((await lab.run("apply")).code, 0);
    assert.ok(proxy.requests.some(({ method }) => method === "POST"), "the first apply writes");
    const first = proxy.requests.length;
    const second = await lab.run("apply");
    assert.equal(second.code, 0, second.stderr);
    const calls = proxy.requests.slice(first).map(({ method, path }) => `${method} ${path}`);
    assert.ok(calls.length > 0);
    assert.deepEqual(calls.filter((call) => !call.startsWith("GET ")), []);
  } finally {
    await proxy.close();
  }
});

engineTest("a changed bind-mounted file recreates only the services that mount it", async (t) => {
  const lab = await homelab(t);
  assert.equal((await lab.run("apply")).code, 0);
  const before = await containerIds(t);
  await lab.commit({ [`${t.project}-web/site/index.html`]: "second\n" });
  const plan = await lab.run("plan", "--exit-code");
  assert.equal(plan.code, 3, plan.stderr);
  assert.match(plan.stdout, /recreate.*server.*mounted file/i);
  const applied = await lab.run("apply");
  assert.equal(applied.code, 0, applied.stderr);
  const after = await containerIds(t);
  const moved = Object.keys(after).filter((name) => after[name] !== before[name]);
  assert.deepEqual(moved, [`${t.project}-web-server-1`]);
  const served = await t.docker(["exec", `${t.project}-web-server-1`, "cat", "/site/index.html"]);
  assert.equal(served.stdout, "second\n");
  assert.equal((await lab.run("plan", "--exit-code")).code, 0);
}, { compose: true });

engineTest("a stack that is gone from Git is taken down and its volumes stay", async (t) => {
  const lab = await homelab(t);
  await lab.commit({ [`${t.project}-third/compose.yml`]: service(t, "third") });
  assert.equal((await lab.run("apply")).code, 0);
  await lab.removeStack(`${t.project}-web`);
  const applied = await lab.run("apply");
  assert.equal(applied.code, 0, applied.stderr);
  assert.deepEqual(Object.keys(await containerIds(t)).sort(), [
    `${t.project}-cron-job-1`,
    `${t.project}-third-third-1`,
  ]);
  const volumes = await t.docker([
    "volume",
    "ls",
    "-q",
    "--filter",
    `label=com.docker.compose.project=${t.project}-web`,
  ]);
  assert.equal(volumes.stdout.trim(), `${t.project}-web_data`);
  const networks = await t.docker([
    "network",
    "ls",
    "-q",
    "--filter",
    `label=com.docker.compose.project=${t.project}-web`,
  ]);
  assert.equal(networks.stdout.trim(), "");
}, { compose: true });

engineTest(
  "a prune of more than half of the stacks waits until it is confirmed, and the others go on",
  async (t) => {
    const lab = await homelab(t);
    await lab.commit({ [`${t.project}-third/compose.yml`]: service(t, "third") });
    assert.equal((await lab.run("apply")).code, 0);
    await lab.removeStack(`${t.project}-web`);
    await lab.removeStack(`${t.project}-cron`);
    await lab.commit({ [`${t.project}-third/compose.yml`]: service(t, "third", "{ A: changed }") });
    const before = await containerIds(t);
    const refused = await lab.run("apply");
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /-web: held\n.*--confirm-prune/);
    const { [`${t.project}-third-third-1`]: third, ...others } = await containerIds(t);
    assert.deepEqual({ ...others, [`${t.project}-third-third-1`]: undefined }, {
      ...before,
      [`${t.project}-third-third-1`]: undefined,
    });
    assert.notEqual(third, before[`${t.project}-third-third-1`]);
    const confirmed = await lab.run("apply", "--confirm-prune");
    assert.equal(confirmed.code, 0, confirmed.stderr);
    assert.deepEqual(Object.keys(await containerIds(t)), [`${t.project}-third-third-1`]);
  },
);

engineTest("another repository's stacks on the same engine are never touched", async (t) => {
  const lab = await homelab(t);
  assert.equal((await lab.run("apply")).code, 0);
  const before = await containerIds(t);
  const other = new Homelab({ folder: join(t.folder, "other"), dockerHost: t.dockerHost });
  await other.commit({ [`${t.project}-mine/compose.yml`]: service(t, "mine") });
  assert.equal((await other.run("apply")).code, 0);
  await other.commit({ [`${t.project}-web/compose.yml`]: service(t, "front") });
  const clash = await other.run("apply");
  assert.equal(clash.code === 0, false);
  assert.match(clash.stderr + clash.stdout, /instance/);
  await other.removeStack(`${t.project}-mine`);
  await other.run("apply", "--confirm-prune");
  const after = await containerIds(t);
  delete after[`${t.project}-mine-mine-1`];
  assert.deepEqual(after, before);
});

engineTest("a failing stack fails alone", async (t) => {
  const lab = await homelab(t);
  await lab.commit({
    [`${t.project}-broken/compose.yml`]: "services: {a: {image: x, bogus: 1}}\n",
    [`${t.project}-absent/compose.yml`]:
      "services:\n  a:\n    image: 127.0.0.1:1/no/such:image\n    network_mode: none\n",
  });
  const applied = await lab.run("apply");
  assert.equal(applied.code, 1);
  assert.match(applied.stderr + applied.stdout, /bogus/);
  assert.match(applied.stderr + applied.stdout, /no\/such:image/);
  assert.deepEqual(
    Object.keys(await containerIds(t)).sort(),
    [`${t.project}-cron-job-1`, `${t.project}-web-front-1`, `${t.project}-web-server-1`],
  );
});

engineTest("status says what runs, from which commit", async (t) => {
  const lab = await homelab(t);
  const commit = await lab.commit({ [`${t.project}-web/note.txt`]: "x" });
  assert.equal((await lab.run("apply")).code, 0);
  const status = await lab.run("status");
  assert.equal(status.code, 0, status.stderr);
  assert.match(status.stdout, new RegExp(`${t.project}-web`));
  assert.match(status.stdout, new RegExp(commit.slice(0, 7)));
  const json = JSON.parse((await lab.run("status", "--json")).stdout);
  assert.deepEqual(json.stacks.map((each: { name: string }) => each.name), [
    `${t.project}-cron`,
    `${t.project}-web`,
  ]);
});

engineTest("a folder with capitals and a name in the file are one project, deployed and kept", async (t) => {
  const lab = await homelab(t);
  const capitals = `${t.project}-Upper`;
  await lab.commit({
    [`${capitals}/compose.yml`]: service(t, "a"),
    [`${t.project}-folder/compose.yml`]: `name: ${t.project}-named\n${service(t, "b")}`,
  });
  for (let pass = 0; pass < 2; pass++) {
    const applied = await lab.run("apply");
    assert.equal(applied.code, 0, applied.stderr);
    const names = Object.keys(await containerIds(t));
    assert.ok(names.includes(`${capitals.toLowerCase()}-a-1`), names.join());
    assert.ok(names.includes(`${t.project}-named-b-1`), names.join());
  }
  assert.equal((await lab.run("plan", "--exit-code")).code, 0);
});

/** Two stacks with what a home server has: a web server with a mounted page, a volume and a network; a job without a network. */
async function homelab(t: EngineTest, dockerHost = t.dockerHost): Promise<Homelab> {
  const lab = new Homelab({ folder: t.folder, dockerHost, config: { envs: { TAG: t.images.one } } });
  await lab.commit({
    "stack.yml": `startup_order:\n  - ${t.project}-web\nenvs:\n  GREETING: hello\n`,
    [`${t.project}-web/compose.yml`]: `
services:
  server:
    image: \${TAG}
    command: httpd -f -p 8080 -h /site
    volumes:
      - ./site:/site:ro
      - data:/data
    healthcheck:
      test: wget -q -O /dev/null http://127.0.0.1:8080/index.html
      interval: 1s
      start_period: 10s
      start_interval: 200ms
    stop_signal: SIGKILL
  front:
    image: \${TAG}
    environment:
      PLAIN: value
    env_file: front.env
    depends_on:
      server:
        condition: service_healthy
    stop_signal: SIGKILL
networks:
  default:
    ipam:
      config:
        - subnet: ${t.subnet}.0/28
volumes:
  data:
`,
    [`${t.project}-web/front.env`]: "FROM_FILE='it is'\n",
    [`${t.project}-web/site/index.html`]: "first\n",
    [`${t.project}-cron/compose.yml`]: service(t, "job", "{ A: '${GREETING:-hello}' }"),
  });
  return lab;
}

function service(t: EngineTest, name: string, environment = "{ A: '1' }"): string {
  return `services:\n  ${name}:\n    image: ${t.images.one}\n    network_mode: none\n    stop_signal: SIGKILL\n    environment: ${environment}\n`;
}

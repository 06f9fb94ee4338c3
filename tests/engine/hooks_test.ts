/** `post_start` and `pre_stop`: what a service runs inside its containers. */
import assert from "node:assert/strict";
import { join } from "node:path";
import type { Hook } from "../../lib/compose/project.ts";
import { loadProject } from "../../lib/compose/load.ts";
import { startEngineProxy } from "../fakes/engine_proxy.ts";
import { converge } from "./converge.ts";
import { CAUSE, type Deployment, deployment, type ProjectParts } from "./deploy.ts";
import { diskFiles } from "./disk_files.ts";
import { type EngineTest, engineTest } from "./harness.ts";

engineTest(
  "post_start runs after every start, one hook after the other, as whom and where it says",
  async (t) => {
    using d = await withLog(t, {
      post_start: [
        say("first"),
        {
          command: ["sh", "-c", `echo "$(id -u) $(pwd) $A $B" >> /log/log`],
          user: "65534",
          working_dir: "/log",
          environment: { A: "one", B: "two words" },
        },
        {
          command: ["sh", "-c", "grep -q CapEff.*a80425fb /proc/self/status || echo privileged >> /log/log"],
          privileged: true,
        },
      ],
    });
    await d.run("web");
    const once = ["first", "65534 /log one two words", "privileged"];
    assert.deepEqual(await log(t), once);
    await d.start("web");
    assert.deepEqual(await log(t), once, "it runs already");
    await d.execute(stop(t, await d.inspect("web")));
    await d.start("web");
    assert.deepEqual(await log(t), [...once, ...once]);
  },
);

engineTest("a post_start hook that fails fails the start, and the container runs on", async (t) => {
  using d = await withLog(t, {
    environment: { TOKEN: "hunter22" },
    post_start: [fail("echo no luck with $TOKEN >&2; exit 3"), say("never")],
  });
  await d.create("web");
  await assert.rejects(d.start("web"), {
    name: "HomeportError",
    message: `The post_start hook of ${t.project}-web-1 ended with exit code 3: no luck with ***`,
    hint: /correct post_start/,
  });
  assert.equal((await d.inspect("web")).State.Running, true);
  assert.deepEqual(await log(t), []);
});

engineTest("a hook whose program is not there fails the start", async (t) => {
  using d = await withLog(t, { post_start: [{ command: ["/no/such/program"] }] });
  await d.create("web");
  await assert.rejects(d.start("web"), { message: /post_start hook of .*-web-1.*\/no\/such\/program/s });
});

engineTest("a post_start hook of a container that ends at once fails the start", async (t) => {
  using d = await withLog(t, { command: ["true"], post_start: [fail("sleep 1"), say("never")] });
  await d.create("web");
  await assert.rejects(d.start("web"), { name: "HomeportError", message: /post_start hook of/ });
  assert.deepEqual(await log(t), []);
});

engineTest("a hook that does not end is given up after the time that a wait may take", async (t) => {
  using d = await withLog(t, { post_start: [fail("sleep 60")] });
  await d.create("web");
  const start = { ...CAUSE, kind: "start-container", id: "x", service: "web", number: 1 } as const;
  await assert.rejects(
    d.execute({ ...start, containerName: `${t.project}-web-1` }, { waitTimeout: 1000 }),
    {
      message: `The post_start hook of ${t.project}-web-1 has not ended after 1 s`,
      hint: /deploy\.waitTimeout/,
    },
  );
});

engineTest(
  "pre_stop runs before a stop, a recreation and a removal, and not in what does not run",
  async (t) => {
    using d = await withLog(t, { pre_stop: [say("one"), say("two")] });
    await d.run("web");
    await d.execute(stop(t, await d.inspect("web")));
    assert.deepEqual(await log(t), ["one", "two"]);
    await d.execute(stop(t, await d.inspect("web")));
    assert.deepEqual(await log(t), ["one", "two"], "it was stopped already");
    await d.start("web");
    const old = await d.inspect("web");
    await d.execute(recreate(t, old));
    assert.notEqual((await d.inspect("web")).Id, old.Id);
    assert.deepEqual(await log(t), ["one", "two", "one", "two"]);
    await d.execute(recreate(t, await d.inspect("web")));
    assert.equal((await log(t)).length, 4, "the new one was never started");
    await d.start("web");
    await d.execute(remove(t, await d.inspect("web")));
    assert.equal((await log(t)).length, 6);
    await assert.rejects(d.inspect("web"));
  },
);

engineTest("a hook has ended when its program has, whatever becomes of its output", async (t) => {
  using d = await withLog(t, {
    post_start: [
      { command: ["sh", "-c", "exec >&- 2>&-; sleep 0.3; echo quiet >> /log/log"] },
      { command: ["sh", "-c", "sleep 100 & echo left >> /log/log"] },
    ],
  });
  const started = performance.now();
  await d.run("web");
  assert.deepEqual(await log(t), ["quiet", "left"]);
  assert.ok(performance.now() - started < 15_000, "what it left in the background is not waited for");
});

engineTest("pre_stop runs before a network is made anew under its containers", async (t) => {
  const networks = {
    net: { name: `${t.project}_net`, ipam: { config: [{ subnet: "10.213.61.0/24" }] } },
  };
  using d = await withLog(t, { pre_stop: [say("bye")], networks: { net: null } }, { networks });
  await d.execute({ ...CAUSE, kind: "create-network", id: "n", network: "net" });
  await d.run("web");
  const { Id, Name, NetworkSettings } = await d.inspect("web");
  await d.execute({
    ...CAUSE,
    kind: "recreate-network",
    id: "r",
    network: "net",
    networkId: NetworkSettings.Networks[`${t.project}_net`]!.NetworkID,
    containers: [{ service: "web", number: 1, containerId: Id, containerName: Name.slice(1) }],
  });
  assert.deepEqual(await log(t), ["bye"]);
});

engineTest("a pre_stop hook that fails leaves the container as it runs", async (t) => {
  using d = await withLog(t, { pre_stop: [fail("echo busy; exit 7"), say("never")] });
  await d.run("web");
  const old = await d.inspect("web");
  const message = `The pre_stop hook of ${t.project}-web-1 ended with exit code 7: busy`;
  for (const operation of [stop(t, old), recreate(t, old), remove(t, old)]) {
    await assert.rejects(d.execute(operation), { message });
  }
  const { Id, State } = await d.inspect("web");
  assert.deepEqual([Id, State.Running], [old.Id, true]);
  assert.deepEqual(await log(t), []);
});

engineTest("pre_stop is left out in a paused container, which is stopped all the same", async (t) => {
  using d = await withLog(t, { pre_stop: [say("never")] });
  await d.run("web");
  await t.docker(["pause", `${t.project}-web-1`]);
  await d.execute(stop(t, await d.inspect("web")));
  assert.equal((await d.inspect("web")).State.Running, false);
  assert.deepEqual(await log(t), []);
}, { compose: true });

engineTest("a container whose service is gone from the file is removed without pre_stop", async (t) => {
  using d = await withLog(t, { pre_stop: [say("never")] });
  await d.run("web");
  const { Id } = await d.inspect("web");
  await d.engine.takeDown(remove(t, { Id }), t.signal);
  await assert.rejects(d.inspect("web"));
  assert.deepEqual(await log(t), []);
});

engineTest("hooks run as a stack scales, restarts with its dependency, and is recreated", async (t) => {
  using d = await withLog(t, {});
  const write = (db: string, scale: number) =>
    Deno.writeTextFile(
      join(t.folder, "compose.yml"),
      `services:
  db: {image: "${t.images.one}", network_mode: none, stop_signal: SIGKILL, labels: {l: ${db}}}
  web:
    image: ${t.images.one}
    network_mode: none
    stop_signal: SIGKILL
    scale: ${scale}
    volumes: ["${t.folder}:/log"]
    depends_on: {db: {condition: service_started, restart: true}}
    post_start: [{command: [sh, -c, "echo up >> /log/log"]}]
    pre_stop: [{command: [sh, -c, "echo down >> /log/log"]}]
`,
    );
  await write("a", 2);
  await converge(t, d.engine);
  assert.deepEqual(await log(t), ["up", "up"]);
  await write("a", 1);
  await converge(t, d.engine);
  assert.deepEqual(await log(t), ["up", "up", "down"], "one of two is removed");
  await write("b", 1);
  await converge(t, d.engine);
  assert.deepEqual(await log(t), ["up", "up", "down", "down", "up"], "its dependency is recreated");
  const text = await Deno.readTextFile(join(t.folder, "compose.yml"));
  await Deno.writeTextFile(join(t.folder, "compose.yml"), text.replace("scale: 1", "hostname: other"));
  await converge(t, d.engine);
  assert.deepEqual((await log(t)).slice(5), ["down", "up"], "it is recreated itself");
});

engineTest("the engine is asked to run the same commands as by docker compose", async (t) => {
  const file = `name: ${t.project}
services:
  web:
    image: ${t.images.one}
    command: sleep 600
    stop_signal: SIGKILL
    network_mode: none
    environment: {UNSET: inside}
    post_start:
      - {command: "true"}
      - {command: echo "two words", user: "0", working_dir: /bin, privileged: true, environment: {A: 1, B: "x=y", C: }}
      - {command: ["sh", "-c", "test -z \\"$$EMPTY\\""], environment: ["EMPTY="]}
    pre_stop:
      - {command: [sleep, "0"], user: "65534:65534"}
`;
  await Deno.writeTextFile(join(t.folder, "compose.yml"), file);
  const proxy = await startEngineProxy({ target: t.socketPath, socket: join(t.folder, "proxy.sock") });
  const execs = (from: number) =>
    proxy.requests.slice(from).filter(({ path }) => /^\/containers\/[^/]+\/exec/.test(path))
      .map(({ body }) => whatRuns(JSON.parse(body)));
  const compose = async (...args: string[]) => {
    const { code, stderr } = await t.docker(["--host", proxy.dockerHost, "compose", ...args]);
    assert.equal(code, 0, stderr);
  };
  await compose("up", "-d");
  await compose("stop");
  await compose("rm", "-f");
  const theirs = execs(0);
  const count = proxy.requests.length;
  const { project } = loadProject({ folder: t.folder, variables: {}, files: diskFiles });
  using d = deployment(t, project, proxy.dockerHost);
  await d.run("web");
  await d.execute(stop(t, await d.inspect("web")));
  assert.deepEqual(execs(count), theirs);
  assert.equal(theirs.length, 4);
  await proxy.close();
}, { compose: true });

/** What the reference sends besides concerns the output, which it throws away. */
function whatRuns({ Cmd, User, Privileged, WorkingDir, Env }: Record<string, unknown>) {
  return {
    Cmd,
    User: User || undefined,
    Privileged: Privileged || undefined,
    WorkingDir: WorkingDir || undefined,
    Env: Array.isArray(Env) ? Env.toSorted() : undefined,
  };
}

/** One service `web` that can write into the test's log. */
function withLog(
  t: EngineTest,
  web: ProjectParts["services"][string],
  parts: Omit<ProjectParts, "services"> = {},
): Promise<Deployment & Disposable> {
  const volumes = [{ type: "bind", source: t.folder, target: "/log", bind: { create_host_path: true } }];
  const base = { command: ["sleep", "600"], stop_signal: "SIGKILL", volumes };
  return Deno.chmod(t.folder, 0o777).then(() => Deno.writeTextFile(join(t.folder, "log"), ""))
    .then(() => Deno.chmod(join(t.folder, "log"), 0o666))
    .then(() => deployment(t, { ...parts, services: { web: { ...base, ...web } } }));
}

async function log(t: EngineTest): Promise<string[]> {
  return (await Deno.readTextFile(join(t.folder, "log"))).split("\n").slice(0, -1);
}

function say(text: string): Hook {
  return { command: ["sh", "-c", `echo ${text} >> /log/log`] };
}

function fail(script: string): Hook {
  return { command: ["sh", "-c", script] };
}

function stop(t: EngineTest, { Id }: { readonly Id: string }) {
  return { ...CAUSE, kind: "stop-container", id: "stop", service: "web", ...named(t, Id) } as const;
}

function remove(t: EngineTest, { Id }: { readonly Id: string }) {
  return { ...CAUSE, kind: "remove-container", id: "remove", service: "web", ...named(t, Id) } as const;
}

function recreate(t: EngineTest, { Id }: { readonly Id: string }) {
  const what = { kind: "recreate-container", id: "recreate", service: "web", number: 1 } as const;
  return { ...CAUSE, ...what, ...named(t, Id) };
}

function named(t: EngineTest, containerId: string) {
  return { containerId, containerName: `${t.project}-web-1` };
}

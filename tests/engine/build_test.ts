import assert from "node:assert/strict";
import { join } from "node:path";
import process from "node:process";
import { connectEngine, type DockerEngine } from "../../lib/engine/client.ts";
import { failureOf } from "../failure_of.ts";
import { startEngineProxy } from "../fakes/engine_proxy.ts";
import { deployBuilt, planBuilt, writeFiles } from "./build_stack.ts";
import { type EngineTest, engineTest, registryTest } from "./harness.ts";

const EVERYTHING = {
  "compose.yml": `services:
  web:
    build:
      context: ./app
      args: { GREETING: hello }
      target: final
      labels: { maker: me }
      tags: ["$COMPOSE_PROJECT_NAME-web:extra"]
      network: none
      extra_hosts: ["elsewhere:10.9.8.7"]
      ulimits: { nofile: 512 }
      shm_size: 32m
      secrets: [token, { source: word, target: other }]
      additional_contexts: { more: ./more, base: "service:base", image: "docker-image://$IMAGE" }
    network_mode: none
    stop_grace_period: 0s
  base:
    build: { context: ./more, dockerfile_inline: 'FROM $IMAGE\nRUN echo base > /base\nCMD ["sleep", "60"]' }
    network_mode: none
    stop_grace_period: 0s
secrets:
  token: { file: ./token }
  word: { environment: IMAGE }
`.replace("'FROM $IMAGE\nRUN echo base > /base\nCMD", '"FROM $IMAGE\\nRUN echo base > /base\\nCMD')
    .replace('["sleep", "60"]\'', '[\\"sleep\\", \\"60\\"]"'),
  "app/Dockerfile": `FROM base AS first
ARG GREETING
RUN --mount=type=secret,id=token --mount=type=secret,id=other \\
  echo "$GREETING $(cat /run/secrets/token) $(cat /run/secrets/other) $(ulimit -n) $(grep elsewhere /etc/hosts)" > /greeting
FROM first AS final
COPY --from=more / /more/
COPY --from=image /bin/busybox /busybox
COPY . /app/
ENV FROM_BUILD=1
FROM unknown-image
`,
  "app/run": "#!/bin/sh",
  "app/sub/file": "content",
  "app/big": "x".repeat(3_000_000),
  "more/extra": "more",
  token: "s3cret",
};

engineTest(
  "a service's image is built as docker compose builds it, once, and again when its files change",
  async (t) => {
    await writeFiles(t.folder, EVERYTHING);
    await Deno.chmod(join(t.folder, "app/run"), 0o755);
    await Deno.symlink("sub/file", join(t.folder, "app/link"));
    await Deno.mkdir(join(t.folder, "app/empty"));
    using engine = open(t);
    const steps: string[] = [];
    await deployBuilt(t, engine, (step) => steps.push(step));
    assert.ok(steps.includes("[final 3/3] COPY . /app/"), steps.join("\n"));
    assert.equal(
      await read(t, "web", "cat /greeting /base /more/extra"),
      `hello s3cret ${t.images.one} 512 10.9.8.7\telsewhere\nbase\nmore`,
    );
    const ours = await imageOf(t, `${t.project}-web:extra`);

    const compose = (...args: string[]) => t.compose(["-p", t.project, ...args], { env: ENV(t) });
    const up = await compose("up", "-d");
    assert.equal(up.code, 0, up.stderr);
    assert.doesNotMatch(up.stderr, /Build|Recreate|Creat|Start/i);
    assert.deepEqual((await planBuilt(t, engine)).operations, []);

    const build = await compose("build");
    assert.equal(build.code, 0, build.stderr);
    const theirs = await imageOf(t, `${t.project}-web`);
    assert.deepEqual(withoutHash(ours), theirs.Config);
    assert.equal(ours.Config.Labels["homeport.build-hash"]?.length, 64);

    const adopting = await deployBuilt(t, engine);
    assert.deepEqual(
      adopting.operations.map(({ kind }) => kind).filter((kind) => kind === "build-image"),
      [],
    );
    assert.match(adopting.warnings[0]!.message, /was not built by Homeport/);

    await t.docker(["rmi", "--force", `${t.project}-web`, `${t.project}-base`]);
    await t.docker(["rm", "--force", `${t.project}-web-1`]);
    await deployBuilt(t, engine);
    await writeFiles(t.folder, { "app/sub/file": "changed" });
    const again = await deployBuilt(t, engine);
    assert.deepEqual(again.operations.map(({ id, cause }) => `${id}: ${cause}`), [
      `build-image ${t.project}-web: build files of web changed`,
    ]);
    assert.equal(await read(t, "web", "cat /app/link"), "changed");
    assert.deepEqual((await planBuilt(t, engine)).operations, []);
  },
  { compose: true },
);

const TRICKY = {
  "compose.yml": `services:
  web:
    build: { context: ./app, dockerfile: ../Dockerfile.web, args: { IMAGE: "$IMAGE" } }
    network_mode: none
    stop_grace_period: 0s
`,
  "Dockerfile.web":
    'ARG IMAGE\nFROM $IMAGE\nCOPY . /app/\nRUN find /app -exec stat -c \'%n %F %a %u:%g %s\' {} + | sort > /list\nCMD ["sleep", "60"]\n',
  "app/.dockerignore": [
    "# comment",
    "/logs",
    "!logs/keep/this",
    "**/*.tmp",
    "!sub/**/important.tmp",
    "node_modules/",
    "a?c",
    "d[0-9]e",
    "  spaced  ",
    "deep/**",
    "!deep/a/b",
    "**/cache",
    "cache/../other",
    "!other/in",
    "x\\*y",
  ].join("\n"),
};
const PATHS = [
  "logs/a",
  "logs/keep/this",
  "logs/keep/that",
  "one.tmp",
  "sub/two.tmp",
  "sub/x/important.tmp",
  "node_modules/m/index.js",
  "sub/node_modules/n",
  "abc",
  "abbc",
  "d1e",
  "dxe",
  "spaced",
  "deep/a/b/c",
  "deep/a/d",
  "sub/cache/f",
  "cache",
  "other/in",
  "other/out",
  "x*y",
  "xzy",
  "ünïcode/ß",
  "z".repeat(120) + "/" + "y".repeat(120),
];

for (const builder of ["BuildKit", "the older builder"]) {
  engineTest(`${builder} sees the files that docker build shows it`, async (t) => {
    await writeFiles(t.folder, TRICKY);
    await writeFiles(join(t.folder, "app"), Object.fromEntries(PATHS.map((path) => [path, path])));
    await Deno.symlink("nowhere", join(t.folder, "app/dangling"));
    await Deno.mkdir(join(t.folder, "app/empty/sub"), { recursive: true });
    await Deno.chmod(join(t.folder, "app/abbc"), 0o4750);
    await withBuilder(t, builder, async (engine) => {
      const steps: string[] = [];
      await deployBuilt(t, engine, (step) => steps.push(step));
      assert.ok(steps.some((step) => step.includes("RUN find /app")), steps.join("\n"));
      const name = `${t.project}-theirs`;
      const { code, stderr } = await t.docker(
        [
          ...["build", "--tag", name, "--build-arg", `IMAGE=${t.images.one}`, "--file", "Dockerfile.web"],
          ...["--label", `com.docker.compose.project=${t.project}`, "app"],
        ],
        { env: { DOCKER_BUILDKIT: builder === "BuildKit" ? "1" : "0" } },
      );
      assert.equal(code, 0, stderr);
      const theirs = await t.docker(["run", "--rm", "--network", "none", name, "cat", "/list"]);
      assert.equal(await read(t, "web", "cat /list"), theirs.stdout);
      assert.match(theirs.stdout, /important\.tmp/);
      if (builder === "BuildKit") {
        // It had all of it in its cache, which it had not if it had seen anything else.
        assert.deepEqual((await imageOf(t, name)).RootFS, (await imageOf(t, `${t.project}-web`)).RootFS);
      }
      assert.deepEqual((await planBuilt(t, engine)).operations, []);
    });
  }, { compose: true });
}

engineTest("the older builder takes what it knows, and refuses by name what it does not", async (t) => {
  const compose = (build: string) =>
    `services:
  web:
    build: ${build}
    network_mode: none
    stop_grace_period: 0s
secrets: { token: { file: ./token } }
`;
  const inline = (text: string, rest = "") =>
    compose(`{ context: ./app, dockerfile_inline: ${JSON.stringify(text)}${rest} }`);
  const warnings: string[] = [];
  const onWarning = ({ message }: Error) => void warnings.push(message);
  process.on("warning", onWarning);
  await withBuilder(t, "the older builder", async (engine) => {
    const attributes =
      ', target: first, args: { A: b }, labels: { c: d }, extra_hosts: ["e:10.1.1.1"], ulimits: { nofile: 512 }';
    const text =
      `FROM $IMAGE AS first\nARG A\nRUN echo $$A $$(ulimit -n) $$(grep 10.1.1.1 /etc/hosts) > /out\nCMD ["sleep", "60"]\nFROM scratch\n`;
    await writeFiles(t.folder, {
      "compose.yml": inline(text, attributes),
      "app/file": "1".repeat(3_000_000),
      token: "t",
    });
    await deployBuilt(t, engine);
    assert.equal(await read(t, "web", "cat /out"), "b 512 10.1.1.1 e\n");
    const { Labels } = (await imageOf(t, `${t.project}-web`)).Config;
    assert.equal(Labels["c"], "d");
    assert.equal(Labels["com.docker.compose.image.builder"], "classic");

    await writeFiles(t.folder, {
      "compose.yml": compose("./app"),
      "linked.Dockerfile": `FROM ${t.images.one}\nENV LINKED=1\n`,
    });
    await Deno.symlink("../linked.Dockerfile", join(t.folder, "app/Dockerfile"));
    await deployBuilt(t, engine);
    assert.equal(await read(t, "web", "echo -n $LINKED"), "1");

    await writeFiles(t.folder, { "compose.yml": inline("FROM $IMAGE", ", secrets: [token]") });
    await assert.rejects(
      deployBuilt(t, engine),
      /this engine has no BuildKit, without which there is no secrets/,
    );
    await writeFiles(t.folder, {
      "compose.yml": inline("FROM $IMAGE\nRUN --mount=type=cache,target=/c true"),
    });
    await assert.rejects(deployBuilt(t, engine), /the --mount option requires BuildKit/);
    await writeFiles(t.folder, { "compose.yml": inline("FROM $IMAGE\nRUN echo nope && exit 3") });
    await assert.rejects(
      deployBuilt(t, engine),
      /exit 3.* returned a non-zero code: 3, at step 2\/\d.*\n {4}nope$/s,
    );
  });
  process.off("warning", onWarning);
  // Such as of listeners that pile up.
  assert.deepEqual(warnings, []);
});

engineTest("a build that fails says where and why, and an abort ends one", async (t) => {
  using engine = open(t);
  const compose = `services:
  web:
    build: { context: ./app, secrets: [token] }
    network_mode: none
secrets: { token: { environment: IMAGE } }
`;
  await writeFiles(t.folder, {
    "compose.yml": compose,
    "app/Dockerfile":
      `FROM ${t.images.one}\nRUN true\nRUN --mount=type=secret,id=token echo before; cat /run/secrets/token; exit 3\n`,
  });
  const error = await failureOf(deployBuilt(t, engine));
  assert.match(
    error.message,
    /^Cannot build service web \(app\/Dockerfile:3\): .*exit code: 3, at step \[stage-0 3\/3\] RUN .*\n {4}before\n {4}\*\*\*$/s,
  );

  await writeFiles(t.folder, { "app/Dockerfile": `FROM ${t.images.one}\nCOPY nothing /\n` });
  const missing = await failureOf(deployBuilt(t, engine));
  assert.match(missing.message, /"\/nothing": not found/);
  assert.match(missing.hint!, /\.dockerignore/);

  await writeFiles(t.folder, {
    "compose.yml": compose.replace("environment: IMAGE", "file: ./app"),
    "app/Dockerfile": `FROM ${t.images.one}\nRUN --mount=type=secret,id=token,required=true true\n`,
  });
  assert.match((await failureOf(deployBuilt(t, engine))).message, /the file of secret token cannot be read/);

  await writeFiles(t.folder, {
    "compose.yml": compose,
    "app/Dockerfile": `FROM ${t.images.one}\nRUN sleep 300\n`,
  });
  const stop = new AbortController();
  const building = deployBuilt(t, engine, (step) => {
    if (step.includes("sleep")) stop.abort(new Error("enough"));
  }, stop.signal);
  await building;
  assert.ok(stop.signal.aborted);
  assert.equal((await t.docker(["image", "inspect", `${t.project}-web`])).code, 1);
});

function ENV(t: EngineTest): Record<string, string> {
  return { IMAGE: t.images.one, COMPOSE_PROJECT_NAME: t.project };
}

function open(t: EngineTest): DockerEngine & Disposable {
  const engine = connectEngine({ dockerHost: t.dockerHost });
  return Object.assign(engine, { [Symbol.dispose]: () => engine.close() });
}

/** An engine that does not name its builder has the older one. */
async function withBuilder(
  t: EngineTest,
  builder: string,
  body: (engine: DockerEngine) => Promise<void>,
  dockerConfig?: string,
): Promise<void> {
  const apiVersion = builder === "BuildKit" ? {} : { apiVersion: "1.51" };
  const proxy = await startEngineProxy({
    target: t.socketPath,
    socket: join(t.folder, "proxy.sock"),
    ...apiVersion,
  });
  const engine = connectEngine({ dockerHost: proxy.dockerHost, dockerConfig });
  try {
    await body(engine);
  } finally {
    engine.close();
    await proxy.close();
  }
}

async function read(t: EngineTest, service: string, command: string): Promise<string> {
  const { code, stdout, stderr } = await t.docker(["exec", `${t.project}-${service}-1`, "sh", "-c", command]);
  assert.equal(code, 0, stderr);
  return stdout;
}

interface BuiltImage {
  readonly Config: Readonly<Record<string, unknown>> & { readonly Labels: Readonly<Record<string, string>> };
  readonly RootFS: unknown;
}

async function imageOf(t: EngineTest, name: string): Promise<BuiltImage> {
  return await t.api.get(`/images/${name}/json`) as BuiltImage;
}

function withoutHash({ Config }: BuiltImage): BuiltImage["Config"] {
  const { "homeport.build-hash": _, ...labels } = Config.Labels;
  return { ...Config, Labels: labels };
}

registryTest(
  "an image with a name is pulled where a registry has it, and built where none has",
  async (t) => {
    using engine = open(t);
    const image = `${t.registry}/${t.project}:1`;
    await writeFiles(t.folder, {
      "compose.yml": `services:
  web:
    build: { context: ./app, args: { IMAGE: "$IMAGE" } }
    image: ${image}
    network_mode: none
    stop_grace_period: 0s
`,
      "app/Dockerfile": 'ARG IMAGE\nFROM $IMAGE\nRUN echo built > /built\nCMD ["sleep", "60"]\n',
    });
    const messages: string[] = [];
    const first = await deployBuilt(t, engine, (message) => messages.push(message));
    assert.deepEqual(first.operations[0], {
      kind: "build-image",
      id: `build-image ${image}`,
      cause: `image ${image} is not on this engine`,
      after: [],
      service: "web",
      services: ["web"],
      image,
      pull: "first",
      fallback: "build",
      refreshes: true,
    });
    assert.match(messages[0]!, /^not pulled: Cannot pull image .*manifest unknown/);
    assert.equal(await read(t, "web", "cat /built"), "built\n");
    assert.deepEqual((await planBuilt(t, engine)).operations, []);

    const pushed = await t.docker(["push", "--quiet", image]);
    assert.equal(pushed.code, 0, pushed.stderr);
    await t.docker(["rm", "--force", `${t.project}-web-1`]);
    await t.docker(["rmi", "--force", image]);
    const steps: string[] = [];
    await deployBuilt(t, engine, (message) => steps.push(message));
    assert.deepEqual(steps.filter((step) => !/^\d+ %$/.test(step)), []);
    // It was built by Homeport, wherever that was: its files are followed.
    assert.deepEqual((await planBuilt(t, engine)).warnings, []);
  },
  { compose: true },
);

engineTest("both builders take the base image with the login that its registry has", async (t) => {
  const seen: (string | null)[] = [];
  await using server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, ({ headers }) => {
    const login = headers.get("authorization");
    seen.push(login);
    if (login !== null) return new Response("{}", { status: 404 });
    return new Response("", { status: 401, headers: { "www-authenticate": 'Basic realm="r"' } });
  });
  const host = `127.0.0.1:${(server.addr as Deno.NetAddr).port}`;
  await writeFiles(t.folder, {
    "config.json": JSON.stringify({ auths: { [host]: { auth: btoa("me:pass") } } }),
    "compose.yml": "services: { web: { build: app, network_mode: none } }",
    "app/Dockerfile": `FROM ${host}/private:1\n`,
  });
  for (const builder of ["BuildKit", "the older builder"]) {
    await withBuilder(t, builder, async (engine) => {
      await assert.rejects(deployBuilt(t, engine), /^HomeportError: Cannot build service web/);
    }, t.folder);
    const logins = seen.splice(0).filter((login) => login !== null);
    // One of them leaves the padding out.
    assert.match(logins[0] ?? "", /^Basic bWU6cGFzcw(==)?$/, builder);
  }
});

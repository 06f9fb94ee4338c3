import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { tarArchive } from "../../lib/engine/tar.ts";
import type { DeployContext } from "../../lib/plan/deploy_context.ts";
import { type Fault, startEngineProxy } from "../fakes/engine_proxy.ts";
import { connectEngine } from "../../lib/engine/client.ts";
import { dotenvFiles, fromSecrets } from "../../lib/mod.ts";
import { Homelab } from "../fakes/homelab.ts";
import { CAUSE, deployContext, deployment, testProject } from "./deploy.ts";
import { type EngineTest, engineTest, registryTest } from "./harness.ts";

registryTest("an image is pulled, and its progress told in percent", async (t) => {
  const image = await pushed(t);
  const said: string[] = [];
  await pull(t, image, { onProgress: (message) => said.push(message) });
  assert.equal(said.at(-1), "100 %");
  assert.deepEqual(said, [...new Set(said)]);
  using d = deployment(t, { services: {} });
  const { images } = await d.engine.observe([{ image }, { image: await digestOf(t, image) }], t.signal);
  assert.equal(Object.keys(images).length, 2);
  await remove(t, image);
}, { compose: true });

registryTest("an image is pulled by its digest, and for a platform", async (t) => {
  const image = await pushed(t);
  await pull(t, image);
  const digest = await digestOf(t, image);
  await remove(t, image);
  await pull(t, digest);
  using d = deployment(t, { services: {} });
  assert.deepEqual(Object.keys((await d.engine.observe([{ image: digest }], t.signal)).images), [digest]);
  await remove(t, digest);
  await assert.rejects(pull(t, image, {}, "linux/s390x"), {
    consequence: "stalled",
    message: /no matching manifest for linux\/s390x/,
  });
  await remove(t, image);
}, { compose: true });

registryTest("a pull policy with an interval brings a new image into use by one apply", async (t) => {
  const image = `${t.registry}/${t.project}/app:1`;
  const push = async (from: string) => {
    for (const args of [["tag", from, image], ["push", "-q", image]]) {
      const { code, stderr } = await t.docker(args);
      assert.equal(code, 0, stderr);
    }
  };
  await push(t.images.two);
  await push(t.images.one);
  const lab = new Homelab({ folder: t.folder, dockerHost: t.dockerHost });
  const name = `${t.project}-app`;
  await lab.commit({
    [`${name}/compose.yml`]: `services:
  web: {image: "${image}", pull_policy: every_5s, command: sleep 600, stop_signal: SIGKILL, network_mode: none}
`,
  });
  const applied = await lab.run("apply");
  assert.equal(applied.code, 0, applied.stderr);
  const imageOf = async () => (await t.api.get(`/containers/${name}-web-1/json`) as { Image: string }).Image;
  const old = await imageOf();
  await push(t.images.two);
  assert.equal((await t.docker(["tag", t.images.one, image])).code, 0);
  assert.equal((await lab.run("plan", "--exit-code")).code, 0, "it was tagged just now");
  await new Promise((resolve) => setTimeout(resolve, 5500));
  const plan = await lab.run("plan", "--exit-code");
  assert.equal(plan.code, 3, plan.stdout);
  assert.match(plan.stdout, /pull image .*last pulled at .*pull_policy of web is every_5s/);
  const again = await lab.run("apply");
  assert.equal(again.code, 0, again.stderr);
  assert.notEqual(await imageOf(), old);
  assert.equal((await lab.run("plan", "--exit-code")).code, 0, "it was pulled just now");
  await lab.removeStack(name);
  await lab.run("apply", "--confirm-prune");
  await remove(t, image);
}, { compose: true });

registryTest("an image that the registry does not have needs a person", async (t) => {
  await assert.rejects(pull(t, `${t.registry}/${t.project}/none:1`), {
    name: "HomeportError",
    message: /^Cannot pull image .*\/none:1: /,
    hint: "check the image's name, tag and platform in the Compose file",
    consequence: "stalled",
  });
});

engineTest("a registry that cannot be reached may be there later", async (t) => {
  await assert.rejects(pull(t, "127.0.0.1:1/nobody:1"), {
    message: /^Cannot pull image 127\.0\.0\.1:1\/nobody:1: /,
    hint: "check that this machine reaches the registry 127.0.0.1:1, and run apply again",
    consequence: "retry",
  });
});

engineTest("a registry that has had enough may answer later", async (t) => {
  await withRegistry(() => refusal(429, "TOOMANYREQUESTS", "rate limit"), async (registry) => {
    await assert.rejects(pull(t, `${registry}/app:1`), { hint: /wait, or log in/, consequence: "retry" });
  });
});

engineTest(
  "a private registry gets the login that docker left, and an error says what becomes of it",
  async (t) => {
    const logins: (string | null)[] = [];
    const deny = (request: Request): Response => {
      logins.push(request.headers.get("Authorization"));
      return refusal(401, "UNAUTHORIZED", "authentication required");
    };
    await withRegistry(deny, async (registry) => {
      const configs: [unknown, RegExp, string | null][] = [
        [{}, /or log in to 127\.0\.0\.1/, null],
        [{ credsStore: "pass" }, /cannot ask the credential helper "pass"/, null],
        [
          { auths: { [registry]: { auth: btoa("me:pass:word") } } },
          /does not serve: log in anew/,
          `Basic ${btoa("me:pass:word")}`,
        ],
      ];
      for (const [config, hint, login] of configs) {
        await Deno.writeTextFile(join(t.folder, "config.json"), JSON.stringify(config));
        logins.length = 0;
        await assert.rejects(pullWith(t, `${registry}/app:1`), (error: Error & { hint?: string }) => {
          assert.match(error.hint ?? "", hint);
          assert.doesNotMatch(error.message, /word/);
          return true;
        });
        assert.equal(logins.at(-1), login);
      }
    });
  },
);

engineTest(
  "a registry of the configuration gets its credentials and no other one does; a missing secret stops its stacks alone",
  async (t) => {
    const logins: (string | null)[] = [];
    const deny = (request: Request): Response => {
      logins.push(request.headers.get("Authorization"));
      return refusal(401, "UNAUTHORIZED", "no, pass:word-1");
    };
    await withRegistry(deny, (own) =>
      withRegistry(deny, async (other) => {
        const file = join(t.folder, "secrets.env");
        await Deno.writeTextFile(file, "");
        const login = { username: "me", password: fromSecrets("REGISTRY_PASSWORD") };
        const lab = new Homelab({
          folder: t.folder,
          dockerHost: t.dockerHost,
          config: { secrets: dotenvFiles(file), registries: { [own]: login } },
        });
        const web = (image: string) =>
          `services: { web: { image: "${image}", command: sleep 60, network_mode: none, stop_signal: KILL } }`;
        const names = ["needs", "other", "free"].map((each) => `${t.project}-${each}`);
        const images = [`${own}/app:1`, `${other}/app:1`, t.images.one];
        await lab.commit(
          Object.fromEntries(names.map((name, index) => [`${name}/compose.yml`, web(images[index]!)])),
        );
        const missing = await lab.run("apply");
        assert.equal(missing.code, 1);
        assert.match(
          missing.stderr + missing.stdout,
          /Cannot log in to registry 127\.0\.0\.1:\d+: no credential: no secrets provider has REGISTRY_PASSWORD/,
        );
        assert.deepEqual(
          new Set(logins),
          new Set([null]),
          "nothing was asked of the registry without its login",
        );
        await t.api.get(`/containers/${t.project}-free-web-1/json`);
        logins.length = 0;
        await Deno.writeTextFile(file, "REGISTRY_PASSWORD='pass:word-1'");
        const denied = await lab.run("apply");
        assert.equal(denied.code, 1);
        const said = denied.stderr + denied.stdout;
        assert.match(said, /check its user and password in registries of stacks\.config\.ts/);
        assert.doesNotMatch(said, /word-1/);
        assert.deepEqual(new Set(logins), new Set([null, `Basic ${btoa("me:pass:word-1")}`]));
      }));
  },
);

function refusal(status: number, code: string, message: string): Response {
  const headers = { "WWW-Authenticate": 'Basic realm="test"', "Content-Type": "application/json" };
  return new Response(JSON.stringify({ errors: [{ code, message }] }), { status, headers });
}

async function withRegistry(
  answer: (request: Request) => Response,
  body: (registry: string) => Promise<void>,
): Promise<void> {
  await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, answer);
  await body(`127.0.0.1:${server.addr.port}`);
}

async function pullWith(t: EngineTest, image: string): Promise<void> {
  const engine = connectEngine({ dockerHost: t.dockerHost, dockerConfig: t.folder });
  const operation = { ...CAUSE, kind: "pull-image", id: "x", image, services: ["web"] } as const;
  await engine.execute(operation, deployContext(testProject(t, { services: {} }), t.signal)).finally(() =>
    engine.close()
  );
}

registryTest("a pull that breaks off may succeed later", async (t) => {
  const image = await pushed(t);
  const fault: Fault = { kind: "cut", when: "during", bytes: 300 };
  await assert.rejects(pullThrough(t, image, fault), {
    message: /^Cannot (pull image|reach the Docker)/,
    consequence: "retry",
  });
  await pull(t, image);
  await remove(t, image);
}, { compose: true });

engineTest("a pull that takes too long is given up", async (t) => {
  await assert.rejects(pullThrough(t, "example.org/app:1", { kind: "hang" }, { pullTimeout: 1500 }), {
    message: "Cannot pull image example.org/app:1: it is not there after 2 s",
    consequence: "retry",
  });
});

engineTest("an abort ends a pull with the signal's reason", async (t) => {
  const signal = AbortSignal.timeout(300);
  await assert.rejects(pullThrough(t, "example.org/app:1", { kind: "hang" }, { signal }), {
    name: "TimeoutError",
  });
});

async function pull(t: EngineTest, image: string, overrides: Partial<DeployContext> = {}, platform?: string) {
  using d = deployment(t, { services: {} });
  const wanted = platform === undefined ? {} : { platform };
  await d.execute({ ...CAUSE, kind: "pull-image", id: "x", image, services: ["web"], ...wanted }, overrides);
}

async function pullThrough(
  t: EngineTest,
  image: string,
  fault: Fault,
  overrides: Partial<DeployContext> = {},
) {
  const proxy = await startEngineProxy({
    target: t.socketPath,
    socket: join(t.folder, "proxy.sock"),
    onRequest: ({ path }) => path.startsWith("/images/create") ? fault : undefined,
  });
  try {
    using d = deployment(t, { services: {} }, proxy.dockerHost);
    await d.execute({ ...CAUSE, kind: "pull-image", id: "x", image, services: ["web"] }, overrides);
  } finally {
    await proxy.close();
  }
}

/** An image that the registry has and the engine has not, with a layer of its own. */
async function pushed(t: EngineTest & { readonly registry: string }): Promise<string> {
  const content = new Uint8Array(randomBytes(3_000_000));
  const archive = await tarArchive([{ name: "file", content }]);
  const repo = `${t.registry}/${t.project}/app`;
  const imported = await t.api.request("POST", "/images/create", {
    query: { fromSrc: "-", repo, tag: "1" },
    body: archive,
  });
  await imported.body?.cancel();
  const { code, stderr } = await t.docker(["push", "-q", `${repo}:1`]);
  assert.equal(code, 0, stderr);
  await remove(t, `${repo}:1`);
  return `${repo}:1`;
}

async function digestOf(t: EngineTest, image: string): Promise<string> {
  const { RepoDigests } = await t.api.get(`/images/${image}/json`) as { RepoDigests: string[] };
  return RepoDigests[0]!;
}

async function remove(t: EngineTest, image: string): Promise<void> {
  const gone = await t.api.request("DELETE", `/images/${image}`).catch(() => undefined);
  await gone?.body?.cancel();
}

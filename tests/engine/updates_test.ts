/** Newer images of the tags that run: found in a real registry, used, and left alone. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { dotenvFiles, fromSecrets } from "../../lib/mod.ts";
import { parseEngineAddress } from "../../lib/engine/address.ts";
import { askRegistry } from "../../lib/engine/ask_registry.ts";
import { EngineConnection } from "../../lib/engine/connection.ts";
import { makeQueue } from "../../lib/engine/run.ts";
import { startEngineProxy } from "../fakes/engine_proxy.ts";
import { Homelab } from "../fakes/homelab.ts";
import { type EngineTest, engineTest, registryTest } from "./harness.ts";

interface Updates {
  readonly available: readonly {
    readonly stack: string;
    readonly services: readonly string[];
    readonly reference: string;
    readonly from: string;
    readonly to: string;
    readonly onlyTold?: string;
  }[];
  readonly skipped: readonly { readonly service: string; readonly kind: string }[];
  readonly failed: readonly {
    readonly reference: string;
    readonly error: { readonly message: string; readonly consequence: string };
  }[];
}

type RegistryTest = EngineTest & { readonly registry: string };

registryTest("newer images are listed, used with all that was injected, and not offered again", async (t) => {
  const images = new Images(t);
  const [tag, shared, fixed] = ["app:1", "app:watched", "app:fixed"].map((name) => images.named(name));
  for (const each of [tag!, shared!, fixed!]) await images.push(t.images.one, each);
  const one = await images.digest(t.images.one, tag!);
  const logins = new Set<string | null>();
  await using registry = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (request) => {
    const login = request.headers.get("Authorization");
    logins.add(login);
    const [status, code, message] = login === null
      ? [401, "UNAUTHORIZED", "who is there?"]
      : [429, "TOOMANYREQUESTS", "slow down"];
    const headers = { "WWW-Authenticate": 'Basic realm="test"' };
    return Response.json({ errors: [{ code, message }] }, { status: Number(status), headers });
  });
  const secrets = join(t.folder, "secrets.env");
  await Deno.writeTextFile(secrets, "REGISTRY_PASSWORD=pass-word");
  const login = { username: "me", password: fromSecrets("REGISTRY_PASSWORD") };
  const config = {
    deploy: { healthGate: { stable: "0s" } },
    secrets: dotenvFiles(secrets),
    registries: { [`127.0.0.1:${registry.addr.port}`]: login },
  } as const;
  const lab = new Homelab({ folder: t.folder, dockerHost: t.dockerHost, config });
  const stack = `${t.project}-app`;
  const service = (image: string, more = "") =>
    `{ image: "${image}", command: sleep 600, stop_signal: SIGKILL, network_mode: none${more} }`;
  await lab.commit({
    [`${stack}/compose.yml`]: `services:
  web: ${service(tag!, ", configs: [{ source: greeting, target: /etc/greeting }], secrets: [key]")}
  watched: ${service(shared!, ', labels: { com.centurylinklabs.watchtower.monitor-only: "true" }')}
  fixed: ${service(fixed!, ', labels: { homeport.updates: "off" }')}
  exact: ${service(`${t.registry}/${t.project}/app@${one}`)}
configs: { greeting: { content: hello } }
secrets: { key: { file: ./key } }
`,
    [`${stack}/key`]: "secret",
  });
  await lab.succeed("apply");
  const updates = async () => JSON.parse((await lab.succeed("updates", "--json")).stdout) as Updates;
  const idOf = async (name: string) => await images.docker("inspect", "-f", "{{.Id}}", `${stack}-${name}-1`);
  const imageOf = async (name: string) =>
    await images.docker("inspect", "-f", "{{.Image}}", `${stack}-${name}-1`);
  assert.deepEqual((await updates()).available, []);
  const oneId = await imageOf("web");

  for (const each of [tag!, shared!, fixed!]) {
    await images.push(t.images.two, each);
    await images.docker("tag", t.images.one, each);
  }
  const two = await images.digest(t.images.two, tag!);
  const before = await idOf("web");
  const { available, skipped } = await updates();
  assert.deepEqual(available.map((each) => [each.services, each.from, each.to]), [
    [["watched"], one, two],
    [["web"], one, two],
  ]);
  assert.deepEqual(skipped.map((each) => `${each.service}: ${each.kind}`), [
    "exact: digest",
    "fixed: excluded",
  ]);
  assert.match(
    (await lab.succeed("updates", "--all")).stdout,
    /fixed: .* stays: label homeport\.updates is off/,
  );
  assert.equal(await idOf("web"), before, "nothing was changed");

  const updated = await lab.succeed("update");
  assert.match(updated.stdout, /a newer image of .*app:1 is in the registry: sha256:\w{12} → sha256:\w{12}/);
  assert.notEqual(await imageOf("web"), oneId);
  for (const name of ["watched", "fixed", "exact"]) assert.equal(await imageOf(name), oneId, name);
  const injected = await images.docker("exec", `${stack}-web-1`, "cat", "/etc/greeting", "/run/secrets/key");
  assert.equal(injected, "hellosecret");
  assert.deepEqual((await updates()).available.map(({ services }) => services), [["watched"]]);

  const twoId = await imageOf("web");
  const bad = await images.broken(tag!);
  const failed = await lab.run("update", "--json");
  assert.equal(failed.code, 1, failed.stderr);
  assert.match(failed.stdout, /"result":"rolled-back".*app:1 stays sha256:\w{12}, and not sha256:\w{12}/);
  assert.equal(await imageOf("web"), twoId, "it is back on the very image");
  assert.equal(await images.docker("inspect", "-f", "{{.Id}}", tag!), bad, "the tag is left as it is");
  const rejected = (await updates()).skipped.filter(({ kind }) => kind === "rejected");
  assert.deepEqual(rejected.map((each) => each.service), ["web"]);
  assert.equal((await lab.succeed("plan", "--exit-code")).code, 0, "it stays there");

  // The list of platforms changes, and what is for this host does not.
  const after = await idOf("web");
  const host = await images.docker("version", "-f", "{{.Server.Arch}}");
  await images.putIndex(tag!, { [host]: two, s390x: one });
  assert.deepEqual((await updates()).available.map(({ services }) => services), [["watched"], ["web"]]);
  await lab.succeed("update");
  assert.equal(await idOf("web"), after, "the image is the same");
  assert.deepEqual((await updates()).available.map(({ services }) => services), [["watched"]]);

  await images.putIndex(tag!, { s390x: one });
  assert.ok((await updates()).skipped.some((each) => each.service === "web" && each.kind === "platform"));

  const limited = `127.0.0.1:${registry.addr.port}/app:1`;
  await images.docker("tag", oneId, limited);
  await lab.commit({ [`${stack}/compose.yml`]: `services: { web: ${service(limited)} }` });
  await lab.succeed("apply");
  const unanswered = (await updates()).failed;
  assert.deepEqual(unanswered.map(({ reference, error }) => [reference, error.consequence]), [[
    limited,
    "retry",
  ]]);
  assert.match(unanswered[0]!.error.message, /^Cannot ask for newer images of .*app:1: .*(slow down|429)/);
  assert.deepEqual(logins, new Set([null, `Basic ${btoa("me:pass-word")}`]));
  await images.docker("rm", "-f", `${stack}-web-1`);
  await t.docker(["rmi", limited, tag!, `${tag!}-broken`, shared!, fixed!]);
}, { compose: true });

engineTest("a registry that says nothing is given up", async (t) => {
  const proxy = await startEngineProxy({
    target: t.socketPath,
    socket: join(t.folder, "proxy.sock"),
    onRequest: ({ path }) => path.startsWith("/distribution") ? { kind: "hang" } : undefined,
  });
  const connection = new EngineConnection(parseEngineAddress(proxy.dockerHost, undefined));
  const run = {
    connection,
    signal: t.signal,
    oneAtATime: makeQueue(),
    credentialsFor: () => Promise.resolve(undefined),
    dockerConfig: undefined,
  };
  try {
    await assert.rejects(askRegistry(run, { image: "example.org/app" }, 300), {
      message: "Cannot ask for newer images of example.org/app: example.org has not answered after 0.3 s",
      consequence: "retry",
    });
    assert.deepEqual(
      proxy.requests.map(({ path }) => path).filter((path) => path.startsWith("/distribution")),
      [
        "/distribution/example.org/app:latest/json",
      ],
    );
  } finally {
    connection.close();
    await proxy.close();
  }
});

class Images {
  readonly #t: RegistryTest;

  constructor(t: RegistryTest) {
    this.#t = t;
  }

  named(name: string): string {
    return `${this.#t.registry}/${this.#t.project}/${name}`;
  }

  async docker(...args: string[]): Promise<string> {
    const { code, stdout, stderr } = await this.#t.docker(args);
    assert.equal(code, 0, stderr);
    return stdout.trim();
  }

  async push(from: string, to: string): Promise<void> {
    await this.docker("tag", from, to);
    await this.docker("push", "-q", to);
  }

  /** Pushes what ends at once as that image, and gives its ID. */
  async broken(image: string): Promise<string> {
    const name = `${this.#t.project}-broken`;
    await this.docker("create", "--name", name, this.#t.images.two);
    const id = await this.docker("commit", "--change", 'ENTRYPOINT ["/bin/false"]', name, `${image}-broken`);
    await this.docker("rm", name);
    const before = await this.docker("inspect", "-f", "{{.Id}}", image);
    await this.push(`${image}-broken`, image);
    await this.docker("tag", before, image);
    return id;
  }

  async digest(image: string, pushedAs: string): Promise<string> {
    const repository = pushedAs.replace(/:[^:/]*$/, "");
    const names = JSON.parse(await this.docker("inspect", "-f", "{{json .RepoDigests}}", image)) as string[];
    return names.find((name) => name.startsWith(`${repository}@`))!.split("@")[1]!;
  }

  /** By architecture, digests of what the repository has. */
  async putIndex(image: string, digests: Readonly<Record<string, string>>): Promise<void> {
    const [, repository, tag] = /^[^/]+\/(.*):([^:]+)$/.exec(image)!;
    const url = `http://${this.#t.registry}/v2/${repository}/manifests`;
    const accept = "application/vnd.docker.distribution.manifest.v2+json";
    const manifests = await Promise.all(
      Object.entries(digests).map(async ([architecture, digest]) => {
        const text = await (await fetch(`${url}/${digest}`, { headers: { accept } })).text();
        return { mediaType: accept, digest, size: text.length, platform: { os: "linux", architecture } };
      }),
    );
    const mediaType = "application/vnd.docker.distribution.manifest.list.v2+json";
    const response = await fetch(`${url}/${tag}`, {
      method: "PUT",
      headers: { "content-type": mediaType },
      body: JSON.stringify({ schemaVersion: 2, mediaType, manifests }),
    });
    assert.ok(response.ok, await response.text());
  }
}

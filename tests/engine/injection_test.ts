import assert from "node:assert/strict";
import { join } from "node:path";
import { getLogins } from "../../lib/engine/registry_login.ts";
import { CAUSE, deployment } from "./deploy.ts";
import { type EngineTest, engineTest } from "./harness.ts";

const SECRETS = {
  key: { content: "hunter22\n", environment: "KEY" },
  empty: { content: "", environment: "EMPTY" },
};
const CONFIGS = { conf: { content: "x=ü\n" } };

engineTest("configs and secrets by content are in the container when it starts", async (t) => {
  const deep = `/etc/${"folder/".repeat(30)}conf`;
  using d = deployment(t, {
    services: {
      web: {
        command: [
          "sh",
          "-c",
          `stat -c '%a %u:%g %n' /run/secrets/* /conf; cat /run/secrets/key /conf; cat ${deep}`,
        ],
        secrets: [
          { source: "key", target: "/run/secrets/key" },
          { source: "key", target: "owned", uid: "1000", gid: "100", mode: 0o440 },
          { source: "empty" },
        ],
        configs: [{ source: "conf" }, { source: "conf", target: deep }],
      },
    },
    secrets: SECRETS,
    configs: CONFIGS,
  });
  await d.run("web");
  await ended(t, `${t.project}-web-1`);
  const { stdout, stderr } = await t.docker(["logs", `${t.project}-web-1`]);
  assert.equal(
    stdout,
    "444 0:0 /run/secrets/key\n440 1000:100 /run/secrets/owned\n444 0:0 /conf\nhunter22\nx=ü\nx=ü\n",
    stderr,
  );
}, { compose: true });

engineTest("a read-only container cannot take content, and says so", async (t) => {
  using d = deployment(t, {
    services: { web: { read_only: true, configs: [{ source: "conf" }] } },
    configs: CONFIGS,
  });
  await d.create("web");
  await assert.rejects(d.start("web"), {
    name: "ConfigurationError",
    message: "Cannot put /conf into service web: its root file system is read-only",
    path: "services.web.read_only",
  });
  assert.equal((await d.inspect("web")).State.Status, "created");
});

engineTest("an owner by name is refused", async (t) => {
  using d = deployment(t, {
    services: { web: { configs: [{ source: "conf", uid: "root" }] } },
    configs: CONFIGS,
  });
  await d.create("web");
  await assert.rejects(d.start("web"), { message: 'The owner "root" of /conf is no number' });
});

async function ended(t: EngineTest, name: string): Promise<void> {
  const response = await t.api.request("POST", `/containers/${name}/wait`);
  await response.body?.cancel();
}

engineTest("a service that uses the engine's socket gets the logins to registries", async (t) => {
  const command = ["sh", "-c", "echo $DOCKER_CONFIG; cat /run/secrets/docker/config.json"];
  const dockerConfig = join(t.folder, "docker");
  await Deno.mkdir(dockerConfig);
  const login = { auth: "bWU6aHVudGVyMjI=" };
  await Deno.writeTextFile(
    join(dockerConfig, "config.json"),
    JSON.stringify({ auths: { "registry.example": login }, proxies: {} }),
  );
  const services = { web: { command, environment: { DOCKER_CONFIG: "/mine" } } };
  using d = deployment(t, { services }, t.dockerHost, dockerConfig);
  await d.create("web");
  // The socket itself would be this machine's own: only the container's file is looked at.
  const project = {
    ...d.project,
    services: { web: { ...d.project.services["web"]!, use_api_socket: true } },
  };
  const desired = { name: t.project, project, stackHash: "", serviceFiles: {} };
  const containerName = `${t.project}-web-1`;
  const start = {
    ...CAUSE,
    kind: "start-container",
    id: "x",
    service: "web",
    number: 1,
    containerName,
  } as const;
  await d.execute(start, { desired });
  await ended(t, containerName);
  const { stdout, stderr } = await t.docker(["logs", containerName]);
  const [folder, ...content] = stdout.split("\n");
  assert.equal(folder, "/mine", stderr);
  assert.deepEqual(JSON.parse(content.join("\n")), { auths: { "registry.example": login } });
}, { compose: true });

Deno.test("logins that a program keeps cannot be handed on", async () => {
  const folder = await Deno.makeTempDir();
  for (const config of [{ credsStore: "pass" }, { auths: {}, credHelpers: { "ghcr.io": "pass" } }]) {
    await Deno.writeTextFile(join(folder, "config.json"), JSON.stringify(config));
    await assert.rejects(getLogins(folder), { message: /a program keeps them \(docker-credential-pass\)$/ });
  }
  assert.deepEqual(JSON.parse((await getLogins(undefined)).reveal()), { auths: {} });
  await Deno.remove(folder, { recursive: true });
});

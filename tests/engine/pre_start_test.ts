/** `pre_start`: what runs before the first container of a service starts. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { connectEngine } from "../../lib/engine/client.ts";
import { startEngineProxy } from "../fakes/engine_proxy.ts";
import { converge, planOf } from "./converge.ts";
import { type EngineTest, engineTest } from "./harness.ts";

engineTest(
  "hooks run before the start with the volumes of their service, and one that fails keeps it from starting",
  async (t) => {
    const engine = connectEngine({ dockerHost: t.dockerHost });
    const proxy = await startEngineProxy({
      target: t.socketPath,
      socket: join(t.folder, "older.sock"),
      apiVersion: "1.43",
    });
    const older = connectEngine({ dockerHost: proxy.dockerHost });
    const write = (last: string) =>
      Deno.writeTextFile(
        join(t.folder, "compose.yml"),
        `services:
  web:
    image: "${t.images.one}"
    command: sleep 60
    stop_signal: SIGKILL
    scale: 2
    environment: {TOKEN: hunter22, A: service}
    networks: [back, net]
    volumes: ["data:/data"]
    pre_start:
      - {command: [sh, -c, 'echo "$$TOKEN $$A" >> /data/log'], environment: {A: hook}}
      - {image: "${t.images.two}", working_dir: /data, privileged: true, command: [sh, -c, '${last}']}
volumes: {data: {}}
networks:
  back: {ipam: {config: [{subnet: "${t.subnet}.0/28"}]}}
  net: {ipam: {config: [{subnet: "${t.subnet}.16/28"}]}}
`,
      );
    try {
      await write("pwd >> log");
      await converge(t, engine);
      const log = async () => (await t.docker(["exec", `${t.project}-web-2`, "cat", "/data/log"])).stdout;
      assert.equal(await log(), "hunter22 hook\n/data\n");
      assert.deepEqual(await states(t), { "web-1": "running", "web-2": "running" });
      assert.deepEqual((await planOf(t, engine)).operations, []);

      await write("echo no $$TOKEN; exit 3");
      // Such an engine takes one network only when a container is created.
      await assert.rejects(converge(t, older), {
        message: "pre_start 2 of service web ended with exit code 3: no ***",
        path: "services.web.pre_start[1]",
        hint: new RegExp(`docker logs ${t.project}-web-pre_start-1$`),
      });
      assert.deepEqual(await states(t), {
        "web-1": "created",
        "web-2": "created",
        "web-pre_start-1": "exited",
      });
      const { HostConfig, NetworkSettings } = await t.api.get(
        `/containers/${t.project}-web-pre_start-1/json`,
      ) as {
        HostConfig: { VolumesFrom: string[]; NetworkMode: string; Privileged: boolean };
        NetworkSettings: { Networks: Record<string, { Aliases: string[] | null }> };
      };
      assert.equal(HostConfig.VolumesFrom.length, 1);
      assert.deepEqual([HostConfig.NetworkMode, HostConfig.Privileged], [`${t.project}_back`, true]);

      const networks = Object.entries(NetworkSettings.Networks).map((
        [name, { Aliases }],
      ) => [name, Aliases?.includes("web")]);
      assert.deepEqual(networks.sort(), [[`${t.project}_back`, true], [`${t.project}_net`, true]]);

      await write("pwd >> log");
      await converge(t, engine);
      assert.deepEqual(await states(t), { "web-1": "running", "web-2": "running" });
      assert.equal(
        await log(),
        "hunter22 hook\n/data\nhunter22 hook\nhunter22 hook\n/data\n",
      );
    } finally {
      engine.close();
      older.close();
      await proxy.close();
    }
  },
);

async function states(t: EngineTest): Promise<Record<string, string>> {
  const filters = JSON.stringify({ label: [`com.docker.compose.project=${t.project}`] });
  const containers = await t.api.get(`/containers/json?all=1&filters=${encodeURIComponent(filters)}`) as {
    Names: string[];
    State: string;
  }[];
  return Object.fromEntries(
    containers.map(({ Names, State }) => [Names[0]!.slice(`/${t.project}-`.length), State] as const).sort(),
  );
}

/** Homeport is killed (SIGKILL) at every writing call of a deployment: the next apply converges, and nothing is doubled or lost. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { PROJECT_CONFIG, writeEntry } from "../../tools/entry.ts";
import { startEngineProxy } from "../fakes/engine_proxy.ts";
import { Homelab } from "../fakes/homelab.ts";
import { type EngineTest, engineTest } from "./harness.ts";

engineTest(
  "an update that is killed at any writing call is completed by the next apply, with its data",
  async (t) => {
    let killAt: { write: number; kill: () => void } | undefined;
    let writes = 0;
    const proxy = await startEngineProxy({
      target: t.socketPath,
      socket: join(t.folder, "proxy.sock"),
      onRequest: ({ method }) => {
        if (method === "GET" || method === "HEAD") return undefined;
        writes++;
        if (killAt === undefined || writes !== killAt.write) return undefined;
        killAt.kill();
        // Every second time the engine has carried the call out, and Homeport never heard of it.
        return { kind: "cut", when: writes % 2 === 0 ? "after" : "before" };
      },
    });
    try {
      const lab = new Homelab({ folder: t.folder, dockerHost: proxy.dockerHost });
      await lab.commit(files(t, 0));
      assert.equal((await lab.run("apply")).code, 0);
      await t.docker(["exec", `${t.project}-app-db-1`, "sh", "-c", "echo precious > /anonymous/data"]);
      const entry = await writeEntry(t.folder, `export default ${JSON.stringify(lab.config)};`);

      let version = 0;
      for (let write = 1;; write++) {
        await lab.commit(files(t, ++version));
        writes = 0;
        const child = startApply(entry, proxy.dockerHost);
        killAt = { write, kill: () => child.kill("SIGKILL") };
        const { success, signal } = await child.status;
        killAt = undefined;
        if (success) {
          assert.ok(write > 8, `an update of two containers has more than ${write - 1} writing calls`);
          break;
        }
        assert.equal(signal, "SIGKILL");
        const context = `killed at writing call ${write}`;
        const applied = await lab.run("apply");
        assert.equal(applied.code, 0, `${context}: ${applied.stdout}${applied.stderr}`);
        assert.deepEqual(await states(t), {
          [`${t.project}-app-db-1`]: `running ${version}`,
          [`${t.project}-app-web-1`]: `running ${version}`,
        }, context);
        const data = await t.docker(["exec", `${t.project}-app-db-1`, "cat", "/anonymous/data"]);
        assert.equal(data.stdout, "precious\n", context);
        const plan = await lab.run("plan", "--exit-code");
        assert.equal(plan.code, 0, `${context}: ${plan.stdout}`);
      }
    } finally {
      await proxy.close();
    }
  },
  { compose: true, timeoutSeconds: 240 },
);

function files(t: EngineTest, version: number): Record<string, string> {
  return {
    [`${t.project}-app/compose.yml`]: `
services:
  db:
    image: ${t.images.one}
    command: sleep 600
    stop_signal: SIGKILL
    labels: { version: "${version}" }
    volumes: [/anonymous]
    network_mode: none
  web:
    image: ${t.images.one}
    command: sleep 600
    stop_signal: SIGKILL
    labels: { version: "${version}" }
    depends_on: [db]
    network_mode: none
`,
  };
}

function startApply(entry: string, dockerHost: string): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", "--config", PROJECT_CONFIG, entry, "apply", "--host", "helium"],
    env: { DOCKER_HOST: dockerHost },
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
}

/** The test's containers: name → state and version. */
async function states(t: EngineTest): Promise<Record<string, string>> {
  const list = (await t.api.get("/containers/json", { all: "true" })) as {
    Names: string[];
    State: string;
    Labels: Record<string, string>;
  }[];
  return Object.fromEntries(
    list.filter(({ Names }) => Names[0]!.includes(t.project))
      .map((
        { Names, State, Labels },
      ): [string, string] => [Names[0]!.slice(1), `${State} ${Labels["version"]}`]).sort(),
  );
}

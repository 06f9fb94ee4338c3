import assert from "node:assert/strict";
import { connectEngine } from "../../lib/engine/client.ts";
import { converge, planOf } from "./converge.ts";
import { join } from "node:path";
import type { Network } from "../../lib/compose/project.ts";
import type { Operation } from "../../lib/plan/operation.ts";
import { startEngineProxy } from "../fakes/engine_proxy.ts";
import { CAUSE, type Deployment, deployment, type ProjectParts } from "./deploy.ts";
import { type EngineTest, engineTest } from "./harness.ts";

engineTest("a network is created with both tools' labels, once", async (t) => {
  using d = deployment(t, parts(t));
  for (let time = 0; time < 2; time++) await d.execute(create());
  const { Labels, Internal } = await inspect(t);
  assert.equal(Internal, true);
  assert.deepEqual(
    [
      Labels["com.docker.compose.project"],
      Labels["com.docker.compose.network"],
      Labels["homeport.instance"],
      Labels["mine"],
    ],
    [t.project, "net", "test@example", "1"],
  );
  assert.match(Labels["com.docker.compose.config-hash"] ?? "", /^[0-9a-f]{64}$/);
});

engineTest("a network of another project under the same name is an error", async (t) => {
  using d = deployment(t, parts(t));
  using other = deployment({ ...t, project: `${t.project}other` }, parts(t));
  await other.execute(create());
  await assert.rejects(d.execute(create()), {
    message: `Cannot create network ${t.project}_net: there is one already, of project ${t.project}other`,
    hint: /declare it as external/,
  });
});

engineTest("a subnet that another network has is an error with a hint", async (t) => {
  using d = deployment(t, parts(t));
  await d.execute(create());
  using other = deployment({ ...t, project: `${t.project}other` }, {
    ...parts(t),
    networks: { net: { ...network(t), name: `${t.project}_again` } },
  });
  await assert.rejects(other.execute(create()), {
    message: /^Cannot create network .*_again: .*[Pp]ool overlaps/,
    hint: /choose a subnet/,
  });
});

engineTest("a network is replaced, and its containers keep aliases and addresses", async (t) => {
  const { d, recreate } = await runningPair(t);
  using _ = d;
  const before = (await inspect(t)).Id;
  await d.execute(recreate);
  const after = (await inspect(t)).Id;
  assert.notEqual(after, before);
  for (const service of ["web", "db"]) await d.start(service);
  await assertAttached(t, d, after);
});

engineTest("a replacement broken off at any point is completed by what the next pass does", async (t) => {
  const { d, recreate } = await runningPair(t);
  using _ = d;
  for (let writes = 0;; writes++) {
    const { Id } = await inspect(t);
    const operation = { ...recreate, networkId: Id } as Operation;
    const done = await doUntil(t, operation, writes);
    if (done) {
      assert.ok(writes >= 8, `only ${writes} requests were broken off`);
      break;
    }
    // The next pass sees a network that is missing, or not yet replaced.
    const exists = await inspect(t).then(() => true, () => false);
    await d.execute(exists ? operation : create());
    for (const service of ["web", "db"]) await d.start(service);
    await assertAttached(t, d, (await inspect(t)).Id);
  }
}, { timeoutSeconds: 180 });

engineTest("a network that others use is not replaced, and nothing is stopped", async (t) => {
  const { d, recreate } = await runningPair(t);
  using _ = d;
  using other = deployment({ ...t, project: `${t.project}other` }, {
    services: { guest: { networks: { net: null } } },
    networks: { net: { name: `${t.project}_net`, external: true } },
  });
  await other.run("guest");
  await assert.rejects(d.execute(recreate), {
    message: `Cannot recreate network ${t.project}_net: other containers use it: ${t.project}other-guest-1`,
    consequence: "wait",
  });
  assert.equal((await d.inspect("web")).State.Running, true);
});

engineTest("a network that is used is not removed, and one that is gone is", async (t) => {
  const { d } = await runningPair(t);
  using _ = d;
  const { Id } = await inspect(t);
  const operation = {
    ...CAUSE,
    kind: "remove-network",
    id: "x",
    networkId: Id,
    networkName: `${t.project}_net`,
  } as const;
  await assert.rejects(d.engine.takeDown(operation, t.signal), {
    message:
      `Cannot remove network ${t.project}_net: other containers use it: ${t.project}-db-1, ${t.project}-web-1`,
  });
  for (const service of ["web", "db"]) {
    const containerName = `${t.project}-${service}-1`;
    const { Id: containerId } = await d.inspect(service);
    await d.engine.takeDown({
      ...CAUSE,
      kind: "remove-container",
      id: "x",
      service,
      containerId,
      containerName,
    }, t.signal);
  }
  for (let time = 0; time < 2; time++) await d.engine.takeDown(operation, t.signal);
  await assert.rejects(inspect(t), /not found/);
});

engineTest("a volume is created with both tools' labels, once, and keeps what it holds", async (t) => {
  using d = deployment(t, {
    services: {
      web: {
        command: ["sh", "-c", "echo kept >> /data/file"],
        volumes: [{ type: "volume", source: "data", target: "/data" }],
      },
    },
    volumes: { data: { name: `${t.project}_data`, labels: { mine: "1" } } },
  });
  const operation = { ...CAUSE, kind: "create-volume", id: "x", volume: "data" } as const;
  for (let time = 0; time < 2; time++) {
    await d.execute(operation);
    await d.run("web");
    while ((await d.inspect("web")).State.Running) await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const { Labels } = await t.api.get(`/volumes/${t.project}_data`) as { Labels: Record<string, string> };
  assert.deepEqual(
    [
      Labels["com.docker.compose.volume"],
      Labels["com.docker.compose.project"],
      Labels["homeport.managed"],
      Labels["mine"],
    ],
    ["data", t.project, "true", "1"],
  );
  const archive = await t.api.request("GET", `/containers/${t.project}-web-1/archive`, {
    query: { path: "/data/file" },
  });
  assert.match(await archive.text(), /kept\nkept\n/);
});

function network(t: EngineTest): Network {
  return {
    name: `${t.project}_net`,
    internal: true,
    labels: { mine: "1" },
    ipam: { config: [{ subnet: `${t.subnet}.0/24` }] },
  };
}

function parts(t: EngineTest): ProjectParts {
  return {
    services: {
      web: { networks: { net: { aliases: ["site"], ipv4_address: `${t.subnet}.7` } } },
      db: { networks: { net: { aliases: ["data", "base"] } } },
    },
    networks: { net: network(t) },
  };
}

function create(): Operation {
  return { ...CAUSE, kind: "create-network", id: "x", network: "net" };
}

async function runningPair(t: EngineTest) {
  const d = deployment(t, parts(t));
  await d.execute(create());
  const containers = [];
  for (const service of ["web", "db"]) {
    await d.run(service);
    const { Id } = await d.inspect(service);
    containers.push({ service, number: 1, containerId: Id, containerName: `${t.project}-${service}-1` });
  }
  const { Id } = await inspect(t);
  const recreate = {
    ...CAUSE,
    kind: "recreate-network",
    id: "x",
    network: "net",
    networkId: Id,
    containers,
  } as const;
  return { d, recreate };
}

async function assertAttached(
  t: EngineTest,
  d: Deployment,
  networkId: string,
): Promise<void> {
  const endpoints = await Promise.all(["web", "db"].map(async (service) => {
    const { State, NetworkSettings } = await d.inspect(service);
    const { NetworkID, Aliases, IPAddress } = NetworkSettings.Networks[`${t.project}_net`]!;
    return { running: State.Running, NetworkID, Aliases, IPAddress };
  }));
  const [web, db] = endpoints;
  assert.deepEqual(web, {
    running: true,
    NetworkID: networkId,
    Aliases: [`${t.project}-web-1`, "web", "site"],
    IPAddress: `${t.subnet}.7`,
  });
  assert.deepEqual([db?.running, db?.NetworkID, db?.Aliases], [true, networkId, [
    `${t.project}-db-1`,
    "db",
    "data",
    "base",
  ]]);
}

/** Carries the operation out through a proxy that breaks after so many requests that change something. Whether it got through. */
async function doUntil(t: EngineTest, operation: Operation, writes: number): Promise<boolean> {
  let seen = 0;
  const proxy = await startEngineProxy({
    target: t.socketPath,
    socket: join(t.folder, "crash.sock"),
    onRequest: ({ method }) =>
      method !== "GET" && seen++ >= writes ? { kind: "cut", when: "before" } : undefined,
  });
  using d = deployment(t, parts(t), proxy.dockerHost);
  const done = await d.execute(operation).then(() => true, () => false);
  await proxy.close();
  return done;
}

async function inspect(t: EngineTest) {
  return await t.api.get(`/networks/${t.project}_net`) as {
    Id: string;
    Internal: boolean;
    Labels: Record<string, string>;
  };
}

engineTest("two networks swap their subnets under what is attached to them", async (t) => {
  const file = (one: string, other: string) =>
    `services:
  web: {image: ${t.images.one}, stop_signal: SIGKILL, networks: {one: {aliases: [www]}, other: {}}}
  db: {image: ${t.images.one}, stop_signal: SIGKILL, networks: [other]}
networks:
  one: {ipam: {config: [{subnet: ${t.subnet}.${one}/25}]}}
  other: {ipam: {config: [{subnet: ${t.subnet}.${other}/25}]}}
`;
  const engine = connectEngine({ dockerHost: t.dockerHost });
  try {
    for (const [one, other] of [["0", "128"], ["128", "0"]] as const) {
      await Deno.writeTextFile(join(t.folder, "compose.yml"), file(one, other));
      await converge(t, engine);
    }
    assert.deepEqual((await planOf(t, engine)).operations, []);
    const { State, NetworkSettings: { Networks } } = await t.api.get(
      `/containers/${t.project}-web-1/json`,
    ) as {
      State: { Running: boolean };
      NetworkSettings: { Networks: Record<string, { Aliases: string[]; Gateway: string }> };
    };
    assert.ok(State.Running);
    assert.equal(Networks[`${t.project}_one`]!.Gateway, `${t.subnet}.129`);
    assert.ok(Networks[`${t.project}_one`]!.Aliases.includes("www"));
    assert.equal(Networks[`${t.project}_other`]!.Gateway, `${t.subnet}.1`);
  } finally {
    engine.close();
  }
});

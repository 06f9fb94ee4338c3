import assert from "node:assert/strict";
import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import type { Project, Service } from "../../lib/compose/project.ts";
import { containerBody, type ContainerInput } from "../../lib/engine/container_body.ts";
import { readSeccompProfile } from "../../lib/engine/seccomp_profile.ts";

function bodyOf(
  service: Omit<Service, "name">,
  project: Partial<Project> = {},
  input: Partial<ContainerInput> = {},
) {
  const full: Service = { name: "web", image: "nginx", network_mode: "none", ...service };
  return containerBody({
    project: {
      name: "p",
      workingDir: "/p",
      configFiles: [],
      services: { web: full },
      disabledServices: [],
      unusedNetworks: [],
      networks: {},
      volumes: {},
      configs: {},
      secrets: {},
      models: {},
      ...project,
    },
    service: full,
    number: 1,
    containerName: "p-web-1",
    labels: {},
    inherited: [],
    containersOf: () => [],
    readProfile: () => "{}",
    apiVersion: "1.51",
    ...input,
  }).body;
}

Deno.test("processors are counted in 32-bit floats, and the fraction is cut off", () => {
  const cases: [number, number][] = [
    [0.016, 16_000_001],
    [0.13, 129_999_992],
    [0.5, 500_000_000],
    [1.001, 1_001_000_064],
  ];
  for (const [cpus, nanos] of cases) assert.equal(bodyOf({ cpus }).HostConfig.NanoCpus, nanos, `${cpus}`);
});

Deno.test("no command, an empty one and the image's own are three things", () => {
  assert.equal(bodyOf({}).Cmd, undefined);
  assert.equal(bodyOf({ command: null }).Cmd, undefined);
  assert.deepEqual(bodyOf({ command: [] }).Cmd, []);
  assert.deepEqual(bodyOf({ entrypoint: [] }).Entrypoint, []);
});

Deno.test("a variable without a value is sent without one, so that the image's is removed", () => {
  assert.deepEqual(bodyOf({ environment: { A: "1", B: null, C: "" } }).Env, ["A=1", "B", "C="]);
});

Deno.test("the last mount of a target wins, and an inherited volume gives way to it", () => {
  const volumes = [
    { type: "volume", source: "data", target: "/data" },
    { type: "bind", source: "/srv", target: "/data", bind: { create_host_path: true } },
    { type: "volume", target: "/own" },
  ];
  const inherited = [
    { name: "a".repeat(64), target: "/own", readOnly: false },
    { name: "b".repeat(64), target: "/data", readOnly: false },
    { name: "c".repeat(64), target: "/image", readOnly: false },
  ];
  const { Binds, Mounts } =
    bodyOf({ volumes }, { volumes: { data: { name: "p_data" } } }, { inherited }).HostConfig;
  assert.deepEqual(Binds, ["/srv:/data:rw"]);
  assert.deepEqual(Mounts.map(({ Source, Target }) => [Source, Target]), [
    ["a".repeat(64), "/own"],
    ["c".repeat(64), "/image"],
  ]);
});

Deno.test("a volume and a secret for the same place: the volume has it", () => {
  const volumes = [{ type: "volume", source: "data", target: "/run/secrets/key" }];
  const project = { volumes: { data: { name: "p_data" } }, secrets: { key: { file: "/p/key" } } };
  const { Binds, Mounts } = bodyOf({ volumes, secrets: [{ source: "key" }] }, project).HostConfig;
  assert.deepEqual([Binds, Mounts], [["p_data:/run/secrets/key:rw"], []]);
});

Deno.test("networks are ordered by priority, then by name", () => {
  const networks = { a: { name: "p_a" }, b: { name: "p_b" }, c: { name: "other" } };
  const service = { network_mode: "", networks: { c: null, a: {}, b: { priority: 1 } } };
  const { HostConfig, NetworkingConfig } = bodyOf(service, { networks });
  assert.equal(HostConfig.NetworkMode, "p_b");
  assert.deepEqual(Object.keys(NetworkingConfig!.EndpointsConfig), ["p_b", "p_a", "other"]);
  assert.deepEqual(NetworkingConfig!.EndpointsConfig["other"]?.Aliases, ["p-web-1", "web"]);
});

Deno.test("what an older engine would ignore in silence is refused by name", () => {
  const networks = { a: { name: "p_a" }, b: { name: "p_b" } };
  const cases: [Omit<Service, "name">, string, RegExp][] = [
    [
      { network_mode: "", networks: { a: { gw_priority: 1 } } },
      "1.47",
      /services\.web uses networks\.gw_priority, which this Docker Engine \(API 1\.47\)/,
    ],
    [{ network_mode: "", networks: { a: { interface_name: "eth7" } } }, "1.48", /networks\.interface_name/],
    [
      { volumes: [{ type: "volume", source: "d", target: "/d", volume: { subpath: "x" } }] },
      "1.44",
      /volumes\.volume\.subpath/,
    ],
    [{ volumes: [{ type: "image", source: "i", target: "/d" }] }, "1.47", /uses volumes\.image,/],
    [{ healthcheck: { start_period: 1, start_interval: 1 } }, "1.43", /healthcheck\.start_interval/],
    [{ annotations: { a: "b" } }, "1.42", /uses annotations,/],
    [
      { volumes: [{ type: "bind", source: "/s", target: "/d", bind: { recursive: "readonly" } }] },
      "1.43",
      /volumes\.bind\.recursive/,
    ],
    [
      {
        volumes: [{
          type: "bind",
          source: "/s",
          target: "/d",
          bind: { propagation: "shared", create_host_path: true },
        }],
      },
      "1.41",
      /volumes\.bind\.create_host_path/,
    ],
    [
      { network_mode: "", networks: { a: null, b: { mac_address: "02:42:ac:11:65:43" } } },
      "1.43",
      /networks\.mac_address/,
    ],
  ];
  for (const [service, apiVersion, message] of cases) {
    assert.throws(() => bodyOf(service, { networks }, { apiVersion }), {
      message,
      hint: /^update Docker to version \d/,
    });
    bodyOf(service, { networks }, { apiVersion: "1.51" });
  }
});

Deno.test("an engine before 25 gets one network, and its MAC address as the container's", () => {
  const networks = { a: { name: "p_a" }, b: { name: "p_b" } };
  const own = { a: { mac_address: "02:42:ac:11:65:43", priority: 1 }, b: null };
  const old = bodyOf({ network_mode: "", networks: own }, { networks }, { apiVersion: "1.43" });
  assert.equal(old.MacAddress, "02:42:ac:11:65:43");
  assert.deepEqual(Object.keys(old.NetworkingConfig!.EndpointsConfig), ["p_a"]);
  assert.equal(old.NetworkingConfig!.EndpointsConfig["p_a"]?.MacAddress, undefined);
  const current = bodyOf({ network_mode: "", networks: own }, { networks }, { apiVersion: "1.44" });
  assert.equal(current.MacAddress, undefined);
  assert.deepEqual(Object.keys(current.NetworkingConfig!.EndpointsConfig), ["p_a", "p_b"]);
  assert.equal(current.NetworkingConfig!.EndpointsConfig["p_a"]?.MacAddress, "02:42:ac:11:65:43");
});

Deno.test("a start interval without a start period is refused, as it would never count", () => {
  assert.throws(() => bodyOf({ healthcheck: { start_interval: 1 } }), {
    name: "ConfigurationError",
    message: /service web has start_interval and no start_period/,
  });
});

Deno.test("two MAC addresses for one network are refused", () => {
  const service = {
    network_mode: "",
    mac_address: "02:42:ac:11:65:43",
    networks: { a: { mac_address: "02:42:ac:11:65:44" } },
  };
  assert.throws(() => bodyOf(service, { networks: { a: { name: "p_a" } } }), {
    name: "ConfigurationError",
    message: /02:42:ac:11:65:43 and, on network a, 02:42:ac:11:65:44/,
  });
});

Deno.test("an unknown security option is refused", () => {
  assert.throws(() => bodyOf({ security_opt: ["nonsense"] }), {
    message: 'Service web has an unknown security_opt "nonsense"',
  });
});

Deno.test("a seccomp profile stays in the project's folder, unless its path is absolute", async () => {
  const root = await Deno.makeTempDir();
  const folder = join(root, "stack");
  mkdirSync(folder);
  await Deno.writeTextFile(join(root, "outside.json"), "{}");
  await Deno.writeTextFile(join(folder, "inside.json"), `{"a": 1}`);
  await Deno.writeTextFile(join(folder, "broken.json"), "{");
  symlinkSync("../outside.json", join(folder, "link.json"));
  assert.equal(readSeccompProfile(folder, "inside.json"), `{"a": 1}`);
  assert.equal(readSeccompProfile(folder, join(root, "outside.json")), "{}");
  const cases: [string, RegExp][] = [
    ["../outside.json", /lies outside the project's folder/],
    ["link.json", /lies outside the project's folder/],
    ["none.json", /there is no such file/],
    ["broken.json", /it is no JSON/],
  ];
  for (const [path, message] of cases) {
    assert.throws(() => readSeccompProfile(folder, path), { name: "ConfigurationError", message }, path);
  }
  await Deno.remove(root, { recursive: true });
});

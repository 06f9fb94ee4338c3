/**
 * Hashes that two releases of `docker compose` gave for these very files, so that no test needs the second one. In the folder
 * `/srv/homeport-golden`, with `compose.yml` as below: `docker compose config --hash '*'`, by 2.40.3 and by 5.5.0. For networks, in
 * `/srv/homeport-golden-net`: `docker compose create`, then the label of `docker network inspect`.
 */
import assert from "node:assert/strict";
import {
  type HashFlavour,
  isNetworkHash,
  isServiceHash,
  networkHash,
  serviceHash,
} from "../../lib/compose/hash.ts";
import { loadProject } from "../../lib/compose/load.ts";
import { memoryFiles } from "../fakes/memory_files.ts";

const SERVICES = `name: golden
services:
  bind_short: { image: "busybox:1", volumes: ["./data:/data", "/etc/hosts:/h:ro"] }
  bind_long: { image: "busybox:1", volumes: [{ type: bind, source: ./data, target: /data }] }
  bind_empty: { image: "busybox:1", volumes: [{ type: bind, source: ./data, target: /data, bind: {} }] }
  bind_refused: { image: "busybox:1", volumes: [{ type: bind, source: ./data, target: /data, bind: { create_host_path: false } }] }
  bind_propagation: { image: "busybox:1", volumes: [{ type: bind, source: ./data, target: /data, bind: { propagation: rslave } }] }
  named: { image: "busybox:1", volumes: ["data:/data"], deploy: { replicas: 2, resources: { limits: { memory: 1g } } }, depends_on: [bind_short], pull_policy: never }
  plain: { image: "busybox:1", command: ["true"], environment: { A: "<&>" } }
volumes: { data: { } }
`;

const NETWORKS = `name: golden_net
services: { a: { image: "busybox:1", networks: [pool, plain] } }
networks: { pool: { ipam: { options: { note: "1" }, config: [{ subnet: 10.213.7.0/28 }] } }, plain: { } }
`;

type Golden = Readonly<Record<string, string | Readonly<Record<HashFlavour, string>>>>;

/** One hash where both releases agree. */
const SERVICE_HASHES: Golden = {
  bind_short: {
    "2.40": "8e5628952698d735724f3fbb933f910ec1d5feaf5ee80dc5fac2921661b5de70",
    "5": "3c705bc96097974a45de9bdd8236fb3032fe14ed1b17a0da15a468dedc3c92a9",
  },
  bind_long: "275ab423aa096b0a0d32d9f05c327df73db323500dedeeee9a619c2e9310570a",
  bind_empty: "d3f332bc0f135755949578d833c6102eef03eff10eb56ac4a509d8a635b547cd",
  bind_refused: {
    "2.40": "d3f332bc0f135755949578d833c6102eef03eff10eb56ac4a509d8a635b547cd",
    "5": "c997c9e02182349a2bfbfcdeaf3055a7a02fe8d48e602e3dc057d4a88eb6b181",
  },
  bind_propagation: "a3074197e8b13a0b2ae5e8d02f1b27326fff67ee0dbf764cf5fb7cf258990495",
  named: "664136895189c06ed74e972321e766a9b7505a67eaf5ad592d66b22a2161c921",
  plain: "f850c3cf19b947094d4bcbbef2c30ab2f7c2378af25df66d9554f8f2668f2af1",
};

const NETWORK_HASHES: Golden = {
  pool: {
    "2.40": "30c68c875aaf6829d41cc4f511a5a1073ac18d6001a944fd407f9d1ee4b92a21",
    "5": "4a097fa61bf76cb03d5b6c3d3210bbdecacf023bcfd3fd6cae1fb779a0e7f0cc",
  },
  plain: "0128fefcc3e2cebe091fa97961a94d86789611dce385b8e021f3e40b0275eee6",
};

for (const flavour of ["2.40", "5"] as const) {
  for (const [name, golden] of Object.entries(SERVICE_HASHES)) {
    Deno.test(`the service ${name} has the hash of docker compose ${flavour}`, () => {
      const service = load("/srv/homeport-golden", SERVICES).services[name]!;
      const expected = typeof golden === "string" ? golden : golden[flavour];
      assert.equal(serviceHash(service, flavour), expected);
      assert.ok(isServiceHash(expected, service));
    });
  }
  for (const [key, golden] of Object.entries(NETWORK_HASHES)) {
    Deno.test(`the network ${key} has the hash of docker compose ${flavour}`, () => {
      const network = load("/srv/homeport-golden-net", NETWORKS).networks[key]!;
      const expected = typeof golden === "string" ? golden : golden[flavour];
      assert.equal(networkHash(network, flavour), expected);
      assert.ok(isNetworkHash(expected, network));
    });
  }
}

Deno.test("a hash of no release is none of the service's or the network's", () => {
  const { services, networks } = load("/srv/homeport-golden-net", NETWORKS);
  for (const hash of [undefined, "", "0".repeat(64)]) {
    assert.equal(isServiceHash(hash, services["a"]!), false);
    assert.equal(isNetworkHash(hash, networks["pool"]!), false);
  }
});

Deno.test("options of an address pool are said to be without effect", () => {
  const { warnings } = loadProject({
    folder: "/srv/homeport-golden-net",
    variables: {},
    files: memoryFiles("/srv/homeport-golden-net", { "compose.yml": NETWORKS }),
  });
  assert.deepEqual(warnings.map(({ message }) => message), ["`networks.pool.ipam.options` has no effect"]);
});

function load(folder: string, text: string) {
  const files = memoryFiles(folder, { "compose.yml": text });
  return loadProject({ folder, variables: {}, files }).project;
}

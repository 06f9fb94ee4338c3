import { networkHash, serviceHash } from "../../lib/compose/hash.ts";
import { exit, forgetOwnership, getContainer, loadStack, scenario, setLabels } from "./fixture.ts";

const WEB = `
services:
  web:
    image: app:1
    network_mode: none
    restart: always
`;
const WEB_CHANGED = WEB.replace("app:1", "app:1\n    environment: { PASSWORD: hunter2 }");
const scaled = (count: number) => `${WEB}    scale: ${count}\n`;

scenario("a new stack is created", {
  now: { shop: WEB },
  plan: `
    + shop: create, 2 operations
        create container shop-web-1 — web has no container yet
        start container shop-web-1 — its container is new

    Plan for helium: 1 to create.
  `,
});

scenario("a stack that runs as Git says needs nothing", {
  before: { shop: WEB },
  now: { shop: WEB },
  plan: `
    Nothing to do on helium: its stack runs as Git says.
  `,
});

scenario("a host without stacks has nothing to do", {
  now: {},
  plan: `
    Nothing to do on helium: it has no stacks.
  `,
});

scenario("a changed configuration recreates the container, and the plan tells no value", {
  before: { shop: WEB },
  now: { shop: WEB_CHANGED },
  plan: `
    ~ shop: update, 2 operations
        recreate container shop-web-1 — config of web changed
        start container shop-web-1 — its container is new

    Plan for helium: 1 to update.
  `,
});

scenario("only the service that changed is touched", {
  before: { shop: `${WEB}  db: { image: "db:1", network_mode: none }\n` },
  now: { shop: `${WEB_CHANGED}  db: { image: "db:1", network_mode: none }\n` },
  plan: `
    ~ shop: update, 2 operations
        recreate container shop-web-1 — config of web changed
        start container shop-web-1 — its container is new

    Plan for helium: 1 to update.
  `,
});

scenario("a service that is added is created beside the others", {
  before: { shop: WEB },
  now: { shop: `${WEB}  db: { image: "db:1", network_mode: none }\n` },
  plan: `
    ~ shop: update, 2 operations
        create container shop-db-1 — db has no container yet
        start container shop-db-1 — its container is new

    Plan for helium: 1 to update.
  `,
});

scenario("a service that is gone from the file is removed", {
  before: { shop: `${WEB}  db: { image: "db:1", network_mode: none }\n` },
  now: { shop: WEB },
  plan: `
    ~ shop: update, 1 operation
        remove container shop-db-1 — service db is gone from the Compose file

    Plan for helium: 1 to update.
  `,
});

scenario("a container of an unknown service that Homeport did not deploy stays", {
  before: { shop: `${WEB}  db: { image: "db:1", network_mode: none }\n` },
  disturb: (engine) => {
    const db = getContainer(engine, "shop-db-1");
    db.labels = Object.fromEntries(Object.entries(db.labels).filter(([key]) => !key.startsWith("homeport.")));
  },
  now: { shop: WEB },
  plan: `
      shop: unchanged
      ! container shop-db-1 belongs to no service of the Compose file; it stays, because Homeport did not deploy it

    Nothing to do on helium: its stack runs as Git says.
  `,
});

scenario("a service that a profile disables is no orphan", {
  before: { shop: `${WEB}  debug: { image: "db:1", network_mode: none }\n` },
  now: { shop: `${WEB}  debug: { image: "db:1", network_mode: none, profiles: [debug] }\n` },
  plan: `
    Nothing to do on helium: its stack runs as Git says.
  `,
});

scenario("a one-off container is left alone", {
  before: { shop: `${WEB}  db: { image: "db:1", network_mode: none }\n` },
  disturb: (engine) => setLabels(engine, "shop-db-1", { "com.docker.compose.oneoff": "True" }),
  now: { shop: WEB },
  plan: `
    Nothing to do on helium: its stack runs as Git says.
  `,
});

const HASHED_APART = `
services:
  web: { image: "app:1", volumes: ["./data:/data"], networks: [pool] }
networks:
  pool: { ipam: { options: { note: "1" } } }
`;

scenario("what carries the hashes of docker compose 5 is not recreated", {
  before: { shop: HASHED_APART },
  disturb: (engine) => {
    const { services, networks } = loadStack("shop", HASHED_APART).project;
    const [network] = engine.networks;
    const hashes = [serviceHash(services["web"]!, "5"), networkHash(networks["pool"]!, "5")] as const;
    const label = "com.docker.compose.config-hash";
    if (getContainer(engine, "shop-web-1").labels[label] === hashes[0]) throw new Error("no other hash");
    if (network!.labels[label] === hashes[1]) throw new Error("no other hash");
    setLabels(engine, "shop-web-1", { [label]: hashes[0] });
    engine.networks = [{ ...network!, labels: { ...network!.labels, [label]: hashes[1] } }];
  },
  now: { shop: HASHED_APART },
  plan: `
    Nothing to do on helium: its stack runs as Git says.
  `,
});

scenario("what docker compose deployed from the same file is adopted", {
  before: { shop: WEB },
  disturb: (engine) => forgetOwnership(engine),
  now: { shop: WEB },
  plan: `
    = shop: adopt; it already runs as Git says, without Homeport's labels

    Plan for helium: 1 to adopt.
  `,
});

scenario("what docker compose deployed from another file is brought up to date", {
  before: { shop: WEB },
  disturb: (engine) => forgetOwnership(engine),
  now: { shop: WEB_CHANGED },
  plan: `
    ~ shop: update, 2 operations
        recreate container shop-web-1 — config of web changed
        start container shop-web-1 — its container is new

    Plan for helium: 1 to update.
  `,
});

scenario("scaling up counts on from the highest number and fills no gap", {
  before: { shop: scaled(3) },
  disturb: (engine) => {
    engine.containers = engine.containers.filter(({ name }) => name !== "shop-web-2");
  },
  now: { shop: scaled(4) },
  plan: `
    ~ shop: update, 4 operations
        create container shop-web-4 — scale of web changed: 2 → 4
        create container shop-web-5 — scale of web changed: 2 → 4
        start container shop-web-4 — its container is new
        start container shop-web-5 — its container is new

    Plan for helium: 1 to update.
  `,
});

scenario("scaling down removes the highest numbers", {
  before: { shop: scaled(3) },
  now: { shop: scaled(1) },
  plan: `
    ~ shop: update, 2 operations
        remove container shop-web-2 — scale of web changed: 3 → 1
        remove container shop-web-3 — scale of web changed: 3 → 1

    Plan for helium: 1 to update.
  `,
});

scenario("scaling down removes obsolete containers first", {
  before: { shop: scaled(3) },
  disturb: (engine) => setLabels(engine, "shop-web-1", { "com.docker.compose.config-hash": "of old" }),
  now: { shop: scaled(2) },
  plan: `
    ~ shop: update, 1 operation
        remove container shop-web-1 — scale of web changed: 3 → 2

    Plan for helium: 1 to update.
  `,
});

scenario("scaling down recreates what stays and is obsolete", {
  before: { shop: scaled(3) },
  now: { shop: WEB_CHANGED.replace("restart: always", "restart: always\n    scale: 2") },
  plan: `
    ~ shop: update, 5 operations
        remove container shop-web-3 — scale of web changed: 3 → 2
        recreate container shop-web-1 — config of web changed
        recreate container shop-web-2 — config of web changed
        start container shop-web-1 — its container is new
        start container shop-web-2 — its container is new

    Plan for helium: 1 to update.
  `,
});

scenario("a scale of 0 removes all containers", {
  before: { shop: scaled(2) },
  now: { shop: scaled(0) },
  plan: `
    ~ shop: update, 2 operations
        remove container shop-web-1 — scale of web changed: 2 → 0
        remove container shop-web-2 — scale of web changed: 2 → 0

    Plan for helium: 1 to update.
  `,
});

scenario("deploy.replicas is a scale as well", {
  before: { shop: WEB },
  now: { shop: `${WEB}    deploy: { replicas: 2 }\n` },
  plan: `
    ~ shop: update, 4 operations
        recreate container shop-web-1 — config of web changed
        create container shop-web-2 — scale of web changed: 1 → 2
        start container shop-web-1 — its container is new
        start container shop-web-2 — its container is new

    Plan for helium: 1 to update.
  `,
});

scenario("a container_name is respected", {
  now: { shop: WEB.replace("image: app:1", "image: app:1\n    container_name: shopfront") },
  plan: `
    + shop: create, 2 operations
        create container shopfront — web has no container yet
        start container shopfront — its container is new

    Plan for helium: 1 to create.
  `,
});

scenario("a container that gets a container_name is recreated under it", {
  before: { shop: WEB },
  now: { shop: WEB.replace("image: app:1", "image: app:1\n    container_name: shopfront") },
  plan: `
    ~ shop: update, 2 operations
        recreate container shopfront — config of web changed
        start container shopfront — its container is new

    Plan for helium: 1 to update.
  `,
});

scenario("a renamed service that keeps its container_name waits until the old one has let go of it", {
  before: { shop: WEB.replace("image: app:1", "image: app:1\n    container_name: shopfront") },
  now: {
    shop: WEB.replace("image: app:1", "image: app:1\n    container_name: shopfront").replace(
      "web:",
      "front:",
    ),
  },
  plan: `
    ~ shop: update, 3 operations
        remove container shopfront — service web is gone from the Compose file
        create container shopfront — front has no container yet
        start container shopfront — its container is new

    Plan for helium: 1 to update.
  `,
});

scenario("a container that was renamed by hand gets its name back", {
  before: { shop: WEB },
  disturb: (engine) => {
    getContainer(engine, "shop-web-1").name = "my-web";
    exit(engine, "my-web", 1);
  },
  now: { shop: WEB },
  plan: `
    ~ shop: update, 2 operations
        rename container my-web to shop-web-1 — container shop-web-1 was renamed to my-web
        start container shop-web-1 — my-web has exited with code 1

    Plan for helium: 1 to update.
  `,
});

scenario("a container of docker compose that was renamed by hand keeps its name", {
  before: { shop: WEB },
  disturb: (engine) => {
    const container = getContainer(engine, "shop-web-1");
    container.name = "my-web";
    container.labels = Object.fromEntries(
      Object.entries(container.labels).filter(([label]) => !label.startsWith("homeport.")),
    );
    exit(engine, "my-web", 1);
  },
  now: { shop: WEB },
  plan: `
    ~ shop: update, 1 operation
        start container my-web — my-web has exited with code 1

    Plan for helium: 1 to update.
  `,
});

scenario("of two containers with one number the right one stays", {
  before: { shop: scaled(2) },
  disturb: (engine) => {
    setLabels(engine, "shop-web-1", { "com.docker.compose.config-hash": "of old" });
    setLabels(engine, "shop-web-2", { "com.docker.compose.container-number": "1" });
  },
  now: { shop: WEB },
  plan: `
    ~ shop: update, 2 operations
        remove container shop-web-1 — web-1 is there twice
        rename container shop-web-2 to shop-web-1 — container shop-web-1 was renamed to shop-web-2

    Plan for helium: 1 to update.
  `,
});

scenario("of two right containers with one number the one that runs stays", {
  before: { shop: scaled(2) },
  disturb: (engine) => {
    exit(engine, "shop-web-1", 0);
    setLabels(engine, "shop-web-2", { "com.docker.compose.container-number": "1" });
  },
  now: { shop: WEB },
  plan: `
    ~ shop: update, 2 operations
        remove container shop-web-1 — web-1 is there twice
        rename container shop-web-2 to shop-web-1 — container shop-web-1 was renamed to shop-web-2

    Plan for helium: 1 to update.
  `,
});

scenario("a container without a readable number stands for the first", {
  before: { shop: WEB },
  disturb: (engine) => setLabels(engine, "shop-web-1", { "com.docker.compose.container-number": "one" }),
  now: { shop: WEB },
  plan: `
    Nothing to do on helium: its stack runs as Git says.
  `,
});

scenario("a dead container is recreated", {
  before: { shop: WEB },
  disturb: (engine) => {
    getContainer(engine, "shop-web-1").state = "dead";
  },
  now: { shop: WEB },
  plan: `
    ~ shop: update, 2 operations
        recreate container shop-web-1 — shop-web-1 is dead
        start container shop-web-1 — its container is new

    Plan for helium: 1 to update.
  `,
});

scenario("a container that is being removed is recreated", {
  before: { shop: WEB },
  disturb: (engine) => {
    getContainer(engine, "shop-web-1").state = "removing";
  },
  now: { shop: WEB },
  plan: `
    ~ shop: update, 2 operations
        recreate container shop-web-1 — shop-web-1 is being removed
        start container shop-web-1 — its container is new

    Plan for helium: 1 to update.
  `,
});

const VPN = `
services:
  vpn: { image: "vpn:1", network_mode: none, restart: always }
  torrent: { image: "app:1", network_mode: "service:vpn", restart: always }
`;

scenario("who shares the network of a recreated container is recreated with it", {
  before: { net: VPN },
  now: { net: VPN.replace("restart: always", "restart: always, init: true") },
  plan: `
    ~ net: update, 4 operations
        recreate container net-vpn-1 — config of vpn changed
        recreate container net-torrent-1 — vpn, which torrent shares resources with, is recreated
        start container net-vpn-1 — its container is new
        start container net-torrent-1 — its container is new

    Plan for helium: 1 to update.
  `,
});

scenario("who shares the network of a container that was removed by hand is recreated", {
  before: { net: VPN },
  disturb: (engine) => {
    engine.containers = engine.containers.filter(({ name }) => name !== "net-vpn-1");
  },
  now: { net: VPN },
  plan: `
    ~ net: update, 4 operations
        create container net-vpn-1 — vpn has no container yet
        recreate container net-torrent-1 — vpn, which torrent shares resources with, is created
        start container net-vpn-1 — its container is new
        start container net-torrent-1 — its container is new

    Plan for helium: 1 to update.
  `,
});

scenario("who shares the network of a container that starts again is recreated, because it is cut off", {
  before: { net: VPN },
  disturb: (engine) => exit(engine, "net-vpn-1", 137),
  now: { net: VPN },
  plan: `
    ~ net: update, 3 operations
        recreate container net-torrent-1 — vpn, whose network torrent shares, starts again
        start container net-vpn-1 — net-vpn-1 has exited with code 137
        start container net-torrent-1 — its container is new

    Plan for helium: 1 to update.
  `,
});

const SHARED = `
services:
  data: { image: "db:1", network_mode: none, volumes: [/anonymous] }
  backup: { image: "app:1", network_mode: none, volumes_from: ["data:ro"] }
  debug: { image: "app:1", network_mode: none, pid: "service:data", ipc: "service:data" }
`;

scenario("volumes, PID and IPC namespaces of a recreated container are shared anew", {
  before: { db: SHARED },
  now: { db: SHARED.replace("volumes: [", "init: true, volumes: [") },
  plan: `
    ~ db: update, 6 operations
        recreate container db-data-1 — config of data changed
        recreate container db-backup-1 — data, which backup shares resources with, is recreated
        recreate container db-debug-1 — data, which debug shares resources with, is recreated
        start container db-data-1 — its container is new
        start container db-backup-1 — its container is new
        start container db-debug-1 — its container is new

    Plan for helium: 1 to update.
  `,
});

scenario("who shares with an untouched container stays", {
  before: { db: SHARED },
  now: { db: SHARED },
  plan: `
    Nothing to do on helium: its stack runs as Git says.
  `,
});

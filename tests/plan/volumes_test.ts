import { formatError } from "../../lib/errors.ts";
import { assertText, forgetOwnership, getContainer, newEngine, planFor, scenario } from "./fixture.ts";

const DB = `
services:
  db: { image: "db:1", network_mode: none, volumes: ["data:/data", "/anonymous", "/etc/hosts:/etc/hosts:ro"] }
volumes:
  data: {}
  unused: {}
`;
const EXTERNAL = DB.replace("data: {}", "data: { external: true }");

scenario("a volume that a service mounts is created first; one that none mounts is not", {
  now: { shop: DB },
  plan: `
    + shop: create, 3 operations
        create volume data — volume shop_data does not exist yet
        create container shop-db-1 — db has no container yet
        start container shop-db-1 — its container is new

    Plan for helium: 1 to create.
  `,
});

scenario("an existing volume is used", {
  before: { shop: DB },
  disturb: (engine) => {
    engine.containers = [];
  },
  now: { shop: DB },
  plan: `
    + shop: create, 2 operations
        create container shop-db-1 — db has no container yet
        start container shop-db-1 — its container is new

    Plan for helium: 1 to create.
  `,
});

scenario("a volume that differs from the file is kept with its data, and said so", {
  before: { shop: DB },
  now: { shop: DB.replace("data: {}", "data: { driver_opts: { type: tmpfs } }") },
  plan: `
      shop: unchanged
      ! volume shop_data differs from the Compose file: kept as it is, because recreating it would lose its data

    Nothing to do on helium: its stack runs as Git says.
  `,
});

scenario("a volume that Compose did not create is used as it is, and said so", {
  disturb: (engine) => engine.volumes.push({ name: "shop_data", labels: {} }),
  now: { shop: DB },
  plan: `
    + shop: create, 2 operations
        create container shop-db-1 — db has no container yet
        start container shop-db-1 — its container is new
      ! volume shop_data was not created by Compose: used as it is; declare it with "external: true"

    Plan for helium: 1 to create.
  `,
});

scenario("a volume of another project is used as it is, and said so", {
  before: { other: DB.replace("data: {}", "data: { name: shared }") },
  disturb: (engine) => forgetOwnership(engine),
  now: { shop: DB.replace("data: {}", "data: { name: shared }") },
  plan: `
    + shop: create, 2 operations
        create container shop-db-1 — db has no container yet
        start container shop-db-1 — its container is new
      ! volume shared belongs to project other: used as it is; declare it with "external: true"

    Plan for helium: 1 to create.
  `,
});

scenario("a container that mounts another volume than it should is recreated", {
  before: { shop: DB },
  now: { shop: DB.replace("data: {}", "data: { name: better }") },
  plan: `
    ~ shop: update, 3 operations
        create volume data — volume better does not exist yet
        recreate container shop-db-1 — volume better is not mounted in shop-db-1
        start container shop-db-1 — its container is new

    Plan for helium: 1 to update.
  `,
});

scenario("a container that lost its volume is recreated", {
  before: { shop: DB },
  disturb: (engine) => {
    getContainer(engine, "shop-db-1").mounts = [];
  },
  now: { shop: DB },
  plan: `
    ~ shop: update, 2 operations
        recreate container shop-db-1 — volume shop_data is not mounted in shop-db-1
        start container shop-db-1 — its container is new

    Plan for helium: 1 to update.
  `,
});

scenario("an external volume that is there is used", {
  disturb: (engine) => engine.volumes.push({ name: "data", labels: {} }),
  now: { shop: EXTERNAL },
  plan: `
    + shop: create, 2 operations
        create container shop-db-1 — db has no container yet
        start container shop-db-1 — its container is new

    Plan for helium: 1 to create.
  `,
});

Deno.test("a missing external volume breaks the stack", () => {
  const plan = planFor(newEngine(), { shop: EXTERNAL });
  assertText(
    formatError(plan.broken[0]?.error),
    `
      The volume data, declared external, does not exist (volumes.data)
        → create it with "docker volume create data", or add the stack that does
    `,
  );
});

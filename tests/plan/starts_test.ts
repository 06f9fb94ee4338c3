import { exit, getContainer, scenario } from "./fixture.ts";

const service = (restart: string) => `
services:
  web: { image: "app:1", network_mode: none, restart: "${restart}" }
`;

scenario("a container that was created and never started is started", {
  before: { shop: service("always") },
  disturb: (engine) => {
    Object.assign(getContainer(engine, "shop-web-1"), { state: "created", publishedPorts: [] });
  },
  now: { shop: service("always") },
  plan: `
    ~ shop: update, 1 operation
        start container shop-web-1 — shop-web-1 was created but never started

    Plan for helium: 1 to update.
  `,
});

scenario("a container that failed is started, whatever its restart policy", {
  before: { shop: service("no") },
  disturb: (engine) => exit(engine, "shop-web-1", 3),
  now: { shop: service("no") },
  plan: `
    ~ shop: update, 1 operation
        start container shop-web-1 — shop-web-1 has exited with code 3

    Plan for helium: 1 to update.
  `,
});

scenario("a container that ended well and has no restart policy did its job", {
  before: { shop: service("no") },
  disturb: (engine) => exit(engine, "shop-web-1", 0),
  now: { shop: service("no") },
  plan: `
    Nothing to do on helium: its stack runs as Git says.
  `,
});

scenario("a container that ended well and restarts on failure only did its job", {
  before: { shop: service("on-failure:3") },
  disturb: (engine) => exit(engine, "shop-web-1", 0),
  now: { shop: service("on-failure:3") },
  plan: `
    Nothing to do on helium: its stack runs as Git says.
  `,
});

scenario("a container that was stopped and is meant to run always is started", {
  before: { shop: service("always") },
  disturb: (engine) => exit(engine, "shop-web-1", 0),
  now: { shop: service("always") },
  plan: `
    ~ shop: update, 1 operation
        start container shop-web-1 — shop-web-1 has exited with code 0

    Plan for helium: 1 to update.
  `,
});

scenario("a container that was stopped by hand is started, even with unless-stopped", {
  before: { shop: service("unless-stopped") },
  disturb: (engine) => exit(engine, "shop-web-1", 0),
  now: { shop: service("unless-stopped") },
  plan: `
    ~ shop: update, 1 operation
        start container shop-web-1 — shop-web-1 has exited with code 0

    Plan for helium: 1 to update.
  `,
});

const DEPLOY_POLICY = `
services:
  web: { image: "app:1", network_mode: none, restart: "no", deploy: { restart_policy: { condition: any } } }
`;

scenario("a restart policy under deploy wins", {
  before: { shop: DEPLOY_POLICY },
  disturb: (engine) => exit(engine, "shop-web-1", 0),
  now: { shop: DEPLOY_POLICY },
  plan: `
    ~ shop: update, 1 operation
        start container shop-web-1 — shop-web-1 has exited with code 0

    Plan for helium: 1 to update.
  `,
});

scenario("a paused container is left as it is, and said so", {
  before: { shop: service("always") },
  disturb: (engine) => {
    getContainer(engine, "shop-web-1").state = "paused";
  },
  now: { shop: service("always") },
  plan: `
      shop: unchanged
      ! container shop-web-1 is paused: left as it is

    Nothing to do on helium: its stack runs as Git says.
  `,
});

scenario("a container that the engine restarts is left to it", {
  before: { shop: service("always") },
  disturb: (engine) => {
    getContainer(engine, "shop-web-1").state = "restarting";
  },
  now: { shop: service("always") },
  plan: `
    Nothing to do on helium: its stack runs as Git says.
  `,
});

const MIGRATED = `
services:
  db:
    image: db:1
    network_mode: none
    healthcheck: { test: "true" }
  migrate:
    image: job:1
    network_mode: none
    depends_on: { db: { condition: service_healthy } }
  web:
    image: app:1
    network_mode: none
    depends_on:
      db: { condition: service_healthy }
      migrate: { condition: service_completed_successfully }
`;
const JOBS = { jobs: ["migrate"] };

scenario("a new stack waits for what its services depend on", {
  now: { shop: MIGRATED },
  engine: JOBS,
  plan: `
    + shop: create, 8 operations
        create container shop-db-1 — db has no container yet
        create container shop-migrate-1 — migrate has no container yet
        create container shop-web-1 — web has no container yet
        start container shop-db-1 — its container is new
        wait until db is healthy — migrate depends on it
        start container shop-migrate-1 — its container is new
        wait until migrate has completed — web depends on it
        start container shop-web-1 — its container is new

    Plan for helium: 1 to create.
  `,
});

scenario("neither a healthy dependency nor a completed one is waited for or run again", {
  before: { shop: MIGRATED },
  now: { shop: MIGRATED.replace("image: app:1", "image: app:2") },
  engine: JOBS,
  plan: `
    ~ shop: update, 2 operations
        recreate container shop-web-1 — config of web changed; image of web changed: sha256:d2bb92ca7c6d → sha256:4de49711cc13
        start container shop-web-1 — its container is new

    Plan for helium: 1 to update.
  `,
});

scenario("nothing is waited for when nothing is to be started", {
  before: { shop: MIGRATED },
  disturb: (engine) => {
    getContainer(engine, "shop-db-1").health = "starting";
  },
  now: { shop: MIGRATED },
  engine: JOBS,
  plan: `
    Nothing to do on helium: its stack runs as Git says.
  `,
});

scenario("a dependency that is not healthy yet is waited for without being started", {
  before: { shop: MIGRATED },
  disturb: (engine) => {
    exit(engine, "shop-web-1", 1);
    getContainer(engine, "shop-db-1").health = "starting";
  },
  now: { shop: MIGRATED },
  engine: JOBS,
  plan: `
    ~ shop: update, 2 operations
        wait until db is healthy — web depends on it
        start container shop-web-1 — shop-web-1 has exited with code 1

    Plan for helium: 1 to update.
  `,
});

scenario("a job that failed runs again before those that depend on it", {
  before: { shop: MIGRATED },
  disturb: (engine) => {
    exit(engine, "shop-migrate-1", 1);
    exit(engine, "shop-web-1", 1);
  },
  now: { shop: MIGRATED },
  engine: JOBS,
  plan: `
    ~ shop: update, 3 operations
        start container shop-migrate-1 — shop-migrate-1 has exited with code 1
        wait until migrate has completed — web depends on it
        start container shop-web-1 — shop-web-1 has exited with code 1

    Plan for helium: 1 to update.
  `,
});

scenario("a dependency that must be healthy is no job: it is started even though it ended well", {
  before: { shop: MIGRATED },
  disturb: (engine) => exit(engine, "shop-db-1", 0),
  now: { shop: MIGRATED },
  engine: JOBS,
  plan: `
    ~ shop: update, 2 operations
        start container shop-db-1 — shop-db-1 has exited with code 0
        wait until db is healthy — migrate depends on it

    Plan for helium: 1 to update.
  `,
});

scenario("a recreated dependency does not touch those that do not ask for it", {
  before: { shop: MIGRATED },
  now: { shop: MIGRATED.replace("image: db:1", "image: db:1\n    init: true") },
  engine: JOBS,
  plan: `
    ~ shop: update, 3 operations
        recreate container shop-db-1 — config of db changed
        start container shop-db-1 — its container is new
        wait until db is healthy — migrate depends on it

    Plan for helium: 1 to update.
  `,
});

scenario("an optional dependency is waited for as such", {
  now: {
    shop: `
services:
  cache: { image: "db:1", network_mode: none, healthcheck: { test: "true" } }
  web:
    image: app:1
    network_mode: none
    depends_on: { cache: { condition: service_healthy, required: false } }
`,
  },
  plan: `
    + shop: create, 5 operations
        create container shop-cache-1 — cache has no container yet
        create container shop-web-1 — web has no container yet
        start container shop-cache-1 — its container is new
        wait until cache is healthy (optional) — web depends on it
        start container shop-web-1 — its container is new

    Plan for helium: 1 to create.
  `,
});

scenario("a dependency with a scale of 0 is not waited for", {
  now: {
    shop: `
services:
  cache: { image: "db:1", network_mode: none, scale: 0, healthcheck: { test: "true" } }
  web:
    image: app:1
    network_mode: none
    depends_on: { cache: { condition: service_healthy } }
`,
  },
  plan: `
    + shop: create, 2 operations
        create container shop-web-1 — web has no container yet
        start container shop-web-1 — its container is new

    Plan for helium: 1 to create.
  `,
});

const RESTARTED = `
services:
  db: { image: "db:1", network_mode: none }
  web:
    image: app:1
    network_mode: none
    depends_on: { db: { condition: service_started, restart: true } }
`;

scenario("a dependent with restart: true stops before and starts after a recreated service", {
  before: { shop: RESTARTED },
  now: { shop: RESTARTED.replace('"db:1"', '"db:1", init: true') },
  plan: `
    ~ shop: update, 4 operations
        stop container shop-web-1 — db, which web depends on, is recreated
        recreate container shop-db-1 — config of db changed
        start container shop-db-1 — its container is new
        start container shop-web-1 — db, which web depends on, is recreated

    Plan for helium: 1 to update.
  `,
});

scenario("a dependent with restart: true that was stopped for it is started by the next pass", {
  before: { shop: RESTARTED },
  disturb: (engine) => {
    exit(engine, "shop-web-1", 0);
    getContainer(engine, "shop-web-1").finished = 2000.25;
    getContainer(engine, "shop-db-1").created = 2001;
  },
  now: { shop: RESTARTED },
  plan: `
    ~ shop: update, 1 operation
        start container shop-web-1 — shop-web-1 has not run since db was recreated

    Plan for helium: 1 to update.
  `,
});

scenario("a dependent with restart: true that ended well after its dependency was created did its job", {
  before: { shop: RESTARTED },
  disturb: (engine) => {
    exit(engine, "shop-web-1", 0);
    getContainer(engine, "shop-web-1").finished = 2002.25;
    getContainer(engine, "shop-db-1").created = 2001;
  },
  now: { shop: RESTARTED },
  plan: `
    Nothing to do on helium: its stack runs as Git says.
  `,
});

scenario("a job that changed is waited for on behalf of those that run already, so that its failure is one", {
  before: { shop: MIGRATED },
  now: { shop: MIGRATED.replace("image: job:1", "image: job:1\n    init: true") },
  engine: JOBS,
  plan: `
    ~ shop: update, 3 operations
        recreate container shop-migrate-1 — config of migrate changed
        start container shop-migrate-1 — its container is new
        wait until migrate has completed — web depends on it

    Plan for helium: 1 to update.
  `,
});

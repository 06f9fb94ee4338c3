import type { FakeEngine } from "../fakes/fake_engine.ts";
import { exit, scenario } from "./fixture.ts";

const web = (attributes: string) => `
services:
  web: { image: "app:1", network_mode: none, restart: always${attributes} }
`;
const forget = (image: string) => (engine: FakeEngine) => {
  delete engine.images[image];
};
const OTHER_ID = `sha256:${"9".repeat(64)}`;

scenario("an image that is not there is pulled before anything is created", {
  disturb: forget("app:1"),
  now: { shop: web("") },
  plan: `
    + shop: create, 3 operations
        pull image app:1 — image app:1 is not on this engine
        create container shop-web-1 — web has no container yet
        start container shop-web-1 — its container is new

    Plan for helium: 1 to create.
  `,
});

scenario("an image of another platform counts as not there", {
  now: { shop: web(", platform: linux/arm64") },
  engine: { registry: { "app:1 (linux/arm64)": OTHER_ID } },
  plan: `
    + shop: create, 3 operations
        pull image app:1 (linux/arm64) — image app:1 (linux/arm64) is not on this engine
        create container shop-web-1 — web has no container yet
        start container shop-web-1 — its container is new

    Plan for helium: 1 to create.
  `,
});

scenario("services that need the same image share one pull", {
  disturb: forget("app:1"),
  now: { shop: `${web("")}  api: { image: "app:1", network_mode: none }\n` },
  plan: `
    + shop: create, 5 operations
        pull image app:1 — image app:1 is not on this engine
        create container shop-api-1 — api has no container yet
        create container shop-web-1 — web has no container yet
        start container shop-api-1 — its container is new
        start container shop-web-1 — its container is new

    Plan for helium: 1 to create.
  `,
});

const MOUNTED = (source: string) => `, volumes: [{ type: image, source: "${source}", target: /image }]`;

scenario("a mounted image that is not there is pulled too, whatever the policy of the service's own", {
  now: { shop: web(`${MOUNTED("model:1")}, pull_policy: never`) },
  engine: { registry: { "model:1": OTHER_ID } },
  plan: `
    + shop: create, 3 operations
        pull image model:1 — image model:1 is not on this engine
        create container shop-web-1 — web has no container yet
        start container shop-web-1 — its container is new

    Plan for helium: 1 to create.
  `,
});

scenario("a mounted image that is there is not pulled", {
  now: { shop: web(`${MOUNTED("db:1")}, pull_policy: always`) },
  plan: `
    + shop: create, 3 operations
        pull image app:1 — pull_policy of web is always
        create container shop-web-1 — web has no container yet
        start container shop-web-1 — its container is new

    Plan for helium: 1 to create.
  `,
});

scenario("an image that one service runs and mounts is pulled once", {
  disturb: forget("app:1"),
  now: { shop: web(MOUNTED("app:1")) },
  plan: `
    + shop: create, 3 operations
        pull image app:1 — image app:1 is not on this engine
        create container shop-web-1 — web has no container yet
        start container shop-web-1 — its container is new

    Plan for helium: 1 to create.
  `,
});

scenario("a local image that is another one by now recreates the container", {
  before: { shop: web("") },
  disturb: (engine) => {
    engine.images["app:1"] = OTHER_ID;
  },
  now: { shop: web("") },
  plan: `
    ~ shop: update, 2 operations
        recreate container shop-web-1 — image of web changed: sha256:d2bb92ca7c6d → sha256:999999999999
        start container shop-web-1 — its container is new

    Plan for helium: 1 to update.
  `,
});

scenario("an image that was removed under a running container is no reason to touch it", {
  before: { shop: web("") },
  disturb: forget("app:1"),
  now: { shop: web("") },
  plan: `
    Nothing to do on helium: its stack runs as Git says.
  `,
});

scenario("an image that was removed under a stopped container is not needed to start it", {
  before: { shop: web("") },
  disturb: (engine) => {
    forget("app:1")(engine);
    exit(engine, "shop-web-1", 1);
  },
  now: { shop: web("") },
  plan: `
    ~ shop: update, 1 operation
        start container shop-web-1 — shop-web-1 has exited with code 1

    Plan for helium: 1 to update.
  `,
});

scenario("pull_policy always pulls when a container is created", {
  now: { shop: web(", pull_policy: always") },
  plan: `
    + shop: create, 3 operations
        pull image app:1 — pull_policy of web is always
        create container shop-web-1 — web has no container yet
        start container shop-web-1 — its container is new

    Plan for helium: 1 to create.
  `,
});

scenario("pull_policy always pulls when a container is recreated", {
  before: { shop: web("") },
  now: { shop: web(", pull_policy: always, init: true") },
  plan: `
    ~ shop: update, 3 operations
        pull image app:1 — pull_policy of web is always
        recreate container shop-web-1 — config of web changed
        start container shop-web-1 — its container is new

    Plan for helium: 1 to update.
  `,
});

scenario("pull_policy always does not pull on every pass", {
  before: { shop: web(", pull_policy: always") },
  now: { shop: web(", pull_policy: always") },
  plan: `
    Nothing to do on helium: its stack runs as Git says.
  `,
});

scenario("pull_policy missing and if_not_present pull nothing that is there", {
  now: {
    shop: `${
      web(", pull_policy: missing")
    }  api: { image: "db:1", network_mode: none, pull_policy: if_not_present }\n`,
  },
  plan: `
    + shop: create, 4 operations
        create container shop-api-1 — api has no container yet
        create container shop-web-1 — web has no container yet
        start container shop-api-1 — its container is new
        start container shop-web-1 — its container is new

    Plan for helium: 1 to create.
  `,
});

scenario("pull_policy never uses what is there", {
  now: { shop: web(", pull_policy: never") },
  plan: `
    + shop: create, 2 operations
        create container shop-web-1 — web has no container yet
        start container shop-web-1 — its container is new

    Plan for helium: 1 to create.
  `,
});

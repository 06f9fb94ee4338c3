import { type FakeEngine } from "../fakes/fake_engine.ts";
import { forgetOwnership, getContainer, type Host, scenario } from "./fixture.ts";

const WEB = `
services:
  web: { image: "app:1", network_mode: none, volumes: ["./nginx.conf:/etc/nginx.conf"] }
  api: { image: "app:1", network_mode: none }
`;
const files = (hash: string, modified: number): Host => ({ files: { shop: { web: { hash, modified } } } });
const deployedByCompose = (created: number) => (engine: FakeEngine) => {
  forgetOwnership(engine);
  getContainer(engine, "shop-web-1").created = created;
};

scenario("a changed mounted file recreates the service that mounts it, and no other", {
  before: { shop: WEB },
  beforeHost: files("one", 10),
  now: { shop: WEB },
  host: files("two", 20),
  plan: `
    ~ shop: update, 2 operations
        recreate container shop-web-1 — mounted file of web changed
        start container shop-web-1 — its container is new

    Plan for helium: 1 to update.
  `,
});

scenario("a mounted file with the same content is no reason, whenever it was written", {
  before: { shop: WEB },
  now: { shop: WEB },
  host: files("one", 999_999),
  plan: `
    Nothing to do on helium: its stack runs as Git says.
  `,
});

scenario("a first file in a mounted folder recreates the service", {
  before: { shop: WEB },
  beforeHost: {},
  now: { shop: WEB },
  host: files("one", 10),
  plan: `
    ~ shop: update, 2 operations
        recreate container shop-web-1 — mounted file of web changed
        start container shop-web-1 — its container is new

    Plan for helium: 1 to update.
  `,
});

scenario("a container of docker compose is recreated when a mounted file changed after it was created", {
  before: { shop: WEB },
  disturb: deployedByCompose(1000),
  now: { shop: WEB },
  host: files("one", 1500),
  plan: `
    ~ shop: update, 2 operations
        recreate container shop-web-1 — mounted file of web changed since its container was created
        start container shop-web-1 — its container is new

    Plan for helium: 1 to update.
  `,
});

scenario("a container of docker compose is adopted when its mounted files are older than it", {
  before: { shop: WEB },
  disturb: deployedByCompose(1500),
  now: { shop: WEB },
  host: files("one", 1000),
  plan: `
    = shop: adopt; it already runs as Git says, without Homeport's labels

    Plan for helium: 1 to adopt.
  `,
});

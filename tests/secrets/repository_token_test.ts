/** The token for the repository from a secrets provider, with a real Git server. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { dotenvFiles, forStacks, fromEnv, fromSecrets, sops } from "../../lib/mod.ts";
import type { SecretsProvider } from "../../lib/config/secrets_provider.ts";
import { infisicalAtPace } from "../../lib/secrets/infisical.ts";
import { gitTest } from "../engine/environment.ts";
import { startGitServer } from "../fakes/git_server.ts";
import { Homelab } from "../fakes/homelab.ts";
import { startInfisicalServer } from "../fakes/infisical_server.ts";
import { withVariables } from "./with_variables.ts";

const IDENTITY = { clientId: "identity", clientSecret: "hunter2-hunter2" };
const TOKEN = "token-canary";
const VAULT = {
  id: "5f0c1f5e-2f4c-4a7e-9d0a-0d6d2f1c7b11",
  slug: "homelab",
  environments: { prod: { "/": { secrets: { GIT_TOKEN: TOKEN, DB_PASSWORD: "hunter2" } } } },
};
const FAST = { timeout: 1000, tries: 1, firstWait: 1, within: 1000 };
const STACK = "services: { web: { image: app, environment: { P: $DB_PASSWORD } } }\n";

gitTest(
  "a secrets provider gives the token for the repository, asked once a pass",
  (git) =>
    withVariables({ HP_ID: IDENTITY.clientId, HP_SECRET: IDENTITY.clientSecret }, async () => {
      const folder = await Deno.makeTempDir();
      await using vault = startInfisicalServer({ ...IDENTITY, projects: [VAULT] });
      await using server = startGitServer({
        git,
        root: folder,
        credentials: { username: "git", token: TOKEN },
      });
      const labWith = (secrets: SecretsProvider | readonly SecretsProvider[]) =>
        new Homelab({
          folder,
          dockerHost: "unix:///nonexistent",
          config: {
            repository: {
              url: server.url("homelab/.git"),
              auth: { token: fromSecrets("GIT_TOKEN") },
            },
            secrets,
          },
        });
      const infisical = () =>
        infisicalAtPace({
          server: vault.origin,
          clientId: fromEnv("HP_ID"),
          clientSecret: fromEnv("HP_SECRET"),
          project: "homelab",
          environment: "prod",
        }, FAST);
      try {
        const homelab = labWith(infisical());
        await homelab.commit({ "web/compose.yml": STACK, "db/compose.yml": STACK });
        const { code, stdout, stderr } = await homelab.run("secrets");
        assert.equal(code, 0, stderr);
        assert.match(stdout, /DB_PASSWORD +found +Infisical/);
        assert.ok(
          server.requests.every(({ authorization }) => authorization === `Basic ${btoa(`git:${TOKEN}`)}`),
        );
        assert.equal(vault.requests.length, 2, "one log-in, and one list");

        await vault.stop();
        server.requests.length = 0;
        const down = await labWith(infisical()).run("secrets");
        assert.equal(down.code, 1);
        assert.match(
          down.stderr,
          /Cannot log in to the repository: no credential: secret GIT_TOKEN: secrets from Infisical .*: cannot reach/,
        );
        assert.deepEqual(server.requests, []);
        const offline = await labWith(infisical()).run("secrets", "--offline");
        assert.equal(offline.code, 0, offline.stderr);
        assert.match(offline.stdout, /DB_PASSWORD +unavailable/);

        const file = join(folder, "host.env");
        await Deno.writeTextFile(file, `GIT_TOKEN=${TOKEN}\n`);
        for (const useless of [sops(), forStacks(["web"], dotenvFiles(file))]) {
          const lab = labWith(useless);
          const refused = await lab.run("secrets");
          assert.match(
            refused.stderr,
            /no credential: no secrets provider has GIT_TOKEN.*\n.*are for stacks alone/,
          );
          const checked = await lab.run("check", "--path", lab.remote);
          assert.match(
            checked.stderr + checked.stdout,
            /the token for the repository needs secret GIT_TOKEN/,
          );
          assert.equal(checked.code, 2);
        }
        assert.equal((await labWith([sops(), dotenvFiles(file)]).run("secrets")).code, 0);
      } finally {
        await Deno.remove(folder, { recursive: true });
      }
    }),
);

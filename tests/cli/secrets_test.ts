import assert from "node:assert/strict";
import type { SecretsReport } from "../../lib/cli/app.ts";
import { cli, fakeApp } from "../fakes/fake_app.ts";

const REPORT: SecretsReport = {
  host: "helium",
  stacks: [
    {
      stack: "immich",
      secrets: [
        { name: "DB_PASSWORD", state: "found", providers: ["the environment"] },
        { name: "SMTP_USER", state: "unavailable", providers: ["Infisical"], error: "no answer" },
        {
          name: "TOKEN",
          state: "missing",
          providers: ["the environment"],
          location: { file: "servers/helium/immich/compose.yml", line: 7 },
        },
        { name: "X", state: "missing", providers: [] },
      ],
    },
    { stack: "traefik", secrets: [] },
  ],
};
const appWith = (report: SecretsReport) => fakeApp({ secrets: () => Promise.resolve(report) });

Deno.test("secrets lists which names each stack uses, and who has them", async () => {
  const { code, stdout } = await cli(["secrets"], appWith(REPORT), { columns: 120 });
  assert.equal(code, 0);
  assert.equal(
    stdout,
    `helium: 1 stack of 2 with secrets

STACK / SECRET  STATE        PROVIDER
immich
  DB_PASSWORD   found        the environment
  SMTP_USER     unavailable  no answer
  TOKEN         missing      not in the environment (servers/helium/immich/compose.yml:7)
  X             missing
`,
  );
});

Deno.test("secrets --json prints the report alone", async () => {
  const { stdout } = await cli(["secrets", "--json", "--host", "helium"], appWith(REPORT));
  assert.deepEqual(JSON.parse(stdout), REPORT);
});

Deno.test("secrets says so when no stack uses any", async () => {
  const { stdout } = await cli(["secrets"], appWith({ host: "helium", stacks: [] }));
  assert.equal(stdout, "helium: 0 stacks of 0 with secrets\n");
});

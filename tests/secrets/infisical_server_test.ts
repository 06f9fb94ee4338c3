/** The test server is shown to be right: Infisical's own client, and what its documentation says, agree with it. */
import assert from "node:assert/strict";
import { InfisicalSDK } from "@infisical/sdk";
import { startInfisicalServer } from "../fakes/infisical_server.ts";
import { HOMELAB, IDENTITY } from "../fakes/infisical_homelab.ts";

const PROJECT = HOMELAB.id;

Deno.test("Infisical's own client logs in and lists a folder of the test server, with references expanded", async () => {
  await using server = startInfisicalServer({ ...IDENTITY, projects: [HOMELAB] });
  const sdk = await new InfisicalSDK({ siteUrl: server.origin }).auth().universalAuth.login(IDENTITY);
  const { secrets } = await sdk.secrets().listSecrets({ projectId: PROJECT, environment: "prod" });
  assert.deepEqual(
    secrets.map(({ secretKey, secretValue, type }) => [secretKey, secretValue, type]),
    [
      ["DB_USER", "app", "shared"],
      ["DB_URL", "postgres://app@db.internal/main", "shared"],
      ["TZ", "Europe/Berlin", "shared"],
      ["TZ", "Asia/Tokyo", "personal"],
    ],
  );
  assert.equal(sdk.auth().getAccessToken(), server.tokens[0]);
});

Deno.test("Infisical's own client finds imports and subfolders of the test server", async () => {
  await using server = startInfisicalServer({ ...IDENTITY, projects: [HOMELAB] });
  const sdk = await new InfisicalSDK({ siteUrl: server.origin }).auth().universalAuth.login(IDENTITY);
  const found = await sdk.secrets().listSecretsWithImports({
    projectId: PROJECT,
    environment: "prod",
    secretPath: "/media",
    recursive: true,
  });
  assert.deepEqual(
    Object.fromEntries(
      found.map(({ secretKey, secretValue, secretPath }) => [secretKey, [secretValue, secretPath]]),
    ),
    {
      PLEX_CLAIM: ["claim-123456", "/media"],
      SONARR_KEY: ["sonarr-123456", "/media/sonarr"],
      DB_HOST: ["db.internal", "/shared"],
      SMTP_PASSWORD: ["mail-123456", "/shared"],
    },
  );
});

Deno.test("Infisical's own client is refused as the documentation says", async () => {
  await using server = startInfisicalServer({ ...IDENTITY, projects: [HOMELAB] });
  const sdk = new InfisicalSDK({ siteUrl: server.origin });
  const wrong = { ...IDENTITY, clientSecret: "another" };
  await assert.rejects(sdk.auth().universalAuth.login(wrong), /StatusCode=401\] Invalid credentials/);

  const client = await sdk.auth().universalAuth.login(IDENTITY);
  const list = (environment: string, secretPath: string, recursive = false) =>
    client.secrets().listSecrets({ projectId: PROJECT, environment, secretPath, recursive });
  await assert.rejects(list("prod", "/forbidden"), /StatusCode=403\] You are not allowed/);
  await assert.rejects(list("none", "/", true), /StatusCode=404\] Environment with slug 'none'/);
  assert.deepEqual((await list("prod", "/gone")).secrets, []);
  assert.equal((await list("prod", "/names")).secrets[0]!.secretValue, "<hidden-by-infisical>");

  server.expireTokens(401);
  await assert.rejects(list("prod", "/"), /StatusCode=401\]/);
});

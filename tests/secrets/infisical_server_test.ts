/** The test server is shown to be right: Infisical's own client finds there what its documentation says. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { HOMELAB, IDENTITY } from "../fakes/infisical_homelab.ts";
import { startInfisicalServer } from "../fakes/infisical_server.ts";

/** With packages of its own: in the project's list, everybody would download 50 MB to run Homeport from source. */
const CONFIG = fileURLToPath(new URL("../fixtures/infisical_sdk/deno.json", import.meta.url));

/** Does one thing after the other, and prints what came of each. */
const CLIENT = `
import { InfisicalSDK } from "@infisical/sdk";
const [siteUrl, steps] = JSON.parse(Deno.args[0]);
const sdk = new InfisicalSDK({ siteUrl });
const doings = {
  login: async (identity) => (await sdk.auth().universalAuth.login(identity)).auth().getAccessToken(),
  accessToken: async (token) => void await sdk.auth().accessToken(token),
  list: async (options) => (await sdk.secrets().listSecrets(options)).secrets,
  listWithImports: (options) => sdk.secrets().listSecretsWithImports(options),
};
const results = [];
for (const [doing, options] of steps) {
  results.push(await doings[doing](options).catch((error) => error.message));
}
console.log(JSON.stringify(results));
`;

interface Listed {
  readonly secretKey: string;
  readonly secretValue: string;
  readonly type: string;
  readonly secretPath: string;
}

const PROD = { projectId: HOMELAB.id, environment: "prod" };
const MEDIA = { ...PROD, secretPath: "/media", recursive: true };

Deno.test("Infisical's own client finds in the test server what it finds in Infisical", async () => {
  await using server = startInfisicalServer({ ...IDENTITY, projects: [HOMELAB] });
  const [wrong, token, root, media, forbidden, none, gone, names] = await runClient(server.origin, [
    ["login", { ...IDENTITY, clientSecret: "another" }],
    ["login", IDENTITY],
    ["list", PROD],
    ["listWithImports", MEDIA],
    ["list", { ...PROD, secretPath: "/forbidden" }],
    ["list", { ...PROD, environment: "none", recursive: true }],
    ["list", { ...PROD, secretPath: "/gone" }],
    ["list", { ...PROD, secretPath: "/names" }],
  ]);
  assert.match(wrong, /\[StatusCode=401\] Invalid credentials$/);
  assert.equal(token, server.tokens[0]);
  assert.deepEqual(root.map((each: Listed) => [each.secretKey, each.secretValue, each.type]), [
    ["DB_USER", "app", "shared"],
    ["DB_URL", "postgres://app@db.internal/main", "shared"],
    ["TZ", "Europe/Berlin", "shared"],
    ["TZ", "Asia/Tokyo", "personal"],
  ]);
  assert.deepEqual(media.map((each: Listed) => [each.secretKey, each.secretValue, each.secretPath]), [
    ["PLEX_CLAIM", "claim-123456", "/media"],
    ["SONARR_KEY", "sonarr-123456", "/media/sonarr"],
    ["DB_HOST", "db.internal", "/shared"],
    ["SMTP_PASSWORD", "mail-123456", "/shared"],
  ]);
  assert.match(forbidden, /\[StatusCode=403\] You are not allowed/);
  assert.match(none, /\[StatusCode=404\] Environment with slug 'none'/);
  assert.deepEqual(gone, []);
  assert.equal(names[0].secretValue, "<hidden-by-infisical>");
});

Deno.test("Infisical's own client is told by the test server that its token ran out", async () => {
  await using server = startInfisicalServer({ ...IDENTITY, projects: [HOMELAB] });
  const [token] = await runClient(server.origin, [["login", IDENTITY]]);
  server.expireTokens();
  const [, listed] = await runClient(server.origin, [["accessToken", token], ["list", PROD]]);
  assert.match(listed, /\[StatusCode=401\] Access token has expired$/);
});

async function runClient(origin: string, steps: readonly [string, unknown][]) {
  const folder = await Deno.makeTempDir();
  try {
    const program = join(folder, "client.ts");
    await Deno.writeTextFile(program, CLIENT);
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-q", "-A", "--no-check", `--config=${CONFIG}`, program, JSON.stringify([origin, steps])],
    }).output();
    assert.equal(code, 0, new TextDecoder().decode(stderr));
    return JSON.parse(new TextDecoder().decode(stdout));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

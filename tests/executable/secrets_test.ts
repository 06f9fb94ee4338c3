import assert from "node:assert/strict";
import { join } from "node:path";
import { BUILDERS } from "../../tools/entry.ts";
import { BitwardenServer } from "../fakes/bitwarden_server.ts";
import { HOMELAB, IDENTITY } from "../fakes/infisical_homelab.ts";
import { startInfisicalServer } from "../fakes/infisical_server.ts";
import { decrypted, encrypted, keyText } from "../secrets/sops/fixtures.ts";
import { compiledTest, runFile } from "./harness.ts";

compiledTest("a program compiled as Homeport is gets the secrets of every provider", async (t) => {
  await using infisical = startInfisicalServer({ ...IDENTITY, projects: [HOMELAB] });
  await using bitwarden = new BitwardenServer();
  bitwarden.secrets = [{ key: "TUNNEL_TOKEN", value: "tunnel-Ω", project: "homelab" }];
  const folder = join(t.elsewhere, "secrets");
  await Deno.mkdir(folder);
  await Deno.writeTextFile(join(folder, "DB_PASSWORD"), "hunter2\n");
  await Deno.writeTextFile(join(t.elsewhere, "host.env"), "API_KEY='a$b'\n");
  await Deno.writeTextFile(join(t.elsewhere, "age.key"), keyText("first"));
  await Deno.writeFile(join(t.elsewhere, "app.secret.env"), encrypted("plain.env"));
  const program = await t.compileProgram(`
    import { bitwarden, dotenvFiles, env, fromEnv, infisical, secretFiles, sops } from ${
    JSON.stringify(BUILDERS)
  };
    const dataDir = ${JSON.stringify(t.elsewhere)};
    const providers = {
      env: env("FROM_PROCESS"),
      dotenvFiles: dotenvFiles(dataDir + "/host.env"),
      secretFiles: secretFiles(${JSON.stringify(folder)}),
      infisical: infisical({
        server: ${JSON.stringify(infisical.origin)},
        clientId: fromEnv("CLIENT_ID"),
        clientSecret: fromEnv("CLIENT_SECRET"),
        project: ${JSON.stringify(HOMELAB.slug)},
        environment: "prod",
        paths: ["/media"],
      }),
      bitwarden: bitwarden({
        accessToken: fromEnv("ACCESS_TOKEN"),
        project: "homelab",
        server: ${JSON.stringify(bitwarden.origin)},
      }),
      sops: sops({ files: [dataDir + "/app.secret.env"] }),
    };
    const context = { signal: new AbortController().signal, dataDir };
    const given = {};
    for (const [name, provider] of Object.entries(providers)) given[name] = await provider.variables(context);
    const content = Deno.readFileSync(dataDir + "/app.secret.env");
    const files = await providers.sops.inRepository(context);
    given.opened = new TextDecoder().decode((await files.open("app.secret.env", content)).content);
    console.log(JSON.stringify(given));
  `);
  const env = {
    FROM_PROCESS: "process",
    CLIENT_ID: IDENTITY.clientId,
    CLIENT_SECRET: IDENTITY.clientSecret,
    ACCESS_TOKEN: bitwarden.accessToken,
  };
  const { code, stdout, stderr } = await runFile(program, [], t.elsewhere, env);
  assert.equal(code, 0, stderr);
  const { sops, ...given } = JSON.parse(stdout);
  assert.deepEqual(given, {
    env: { FROM_PROCESS: "process" },
    dotenvFiles: { API_KEY: "a$b" },
    secretFiles: { DB_PASSWORD: "hunter2" },
    infisical: { PLEX_CLAIM: "claim-123456", DB_HOST: "db.internal", SMTP_PASSWORD: "mail-123456" },
    bitwarden: { TUNNEL_TOKEN: "tunnel-Ω" },
    opened: new TextDecoder().decode(decrypted("plain.env")),
  });
  assert.equal(sops.DB_PASSWORD, "hunter2-hunter2");
});

import assert from "node:assert/strict";
import { join } from "node:path";
import { BUILDERS } from "../../tools/entry.ts";
import { HOMELAB, IDENTITY } from "../fakes/infisical_homelab.ts";
import { startInfisicalServer } from "../fakes/infisical_server.ts";
import { compiledTest, runFile } from "./harness.ts";

compiledTest("a program compiled as Homeport is gets secrets of Infisical and of secret files", async (t) => {
  await using server = startInfisicalServer({ ...IDENTITY, projects: [HOMELAB] });
  const folder = join(t.elsewhere, "secrets");
  await Deno.mkdir(folder);
  await Deno.writeTextFile(join(folder, "DB_PASSWORD"), "hunter2\n");
  const program = await t.compileProgram(`
    import { fromEnv, infisical, secretFiles } from ${JSON.stringify(BUILDERS)};
    const providers = [
      secretFiles(${JSON.stringify(folder)}),
      infisical({
        server: ${JSON.stringify(server.origin)},
        clientId: fromEnv("CLIENT_ID"),
        clientSecret: fromEnv("CLIENT_SECRET"),
        project: ${JSON.stringify(HOMELAB.slug)},
        environment: "prod",
        paths: ["/media"],
      }),
    ];
    const { signal } = new AbortController();
    for (const provider of providers) console.log(JSON.stringify(await provider.variables(signal)));
  `);
  const env = { CLIENT_ID: IDENTITY.clientId, CLIENT_SECRET: IDENTITY.clientSecret };
  const { code, stdout, stderr } = await runFile(program, [], t.elsewhere, env);
  assert.equal(code, 0, stderr);
  assert.deepEqual(stdout.trim().split("\n").map((line) => JSON.parse(line)), [
    { DB_PASSWORD: "hunter2" },
    { PLEX_CLAIM: "claim-123456", DB_HOST: "db.internal", SMTP_PASSWORD: "mail-123456" },
  ]);
});

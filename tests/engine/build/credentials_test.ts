import type { LoginSources } from "../../../lib/engine/registry_login.ts";
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { join } from "node:path";
import { findCredentials, loginsFor } from "../../../lib/engine/build/credentials.ts";

/** Those of Docker's config.json alone. */
function loginsIn(dockerConfig: string | undefined): LoginSources {
  return { dockerConfig, credentialsFor: () => Promise.resolve(undefined) };
}

const login = (text: string) => Buffer.from(text).toString("base64");

Deno.test("a build gets the login of the registry that it asks for, and no other", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(
      join(folder, "config.json"),
      JSON.stringify({
        auths: {
          "https://index.docker.io/v1/": { auth: login("me:pass:word") },
          "ghcr.io": { auth: login("token-user:"), identitytoken: "t0ken" },
          "http://127.0.0.1:5000/v2/": { auth: login("local:x?>~") },
        },
        credHelpers: { "quay.io": "pass" },
      }),
    );
    const cases = {
      "registry-1.docker.io": ["me", "pass:word"],
      "ghcr.io": ["", "t0ken"],
      "127.0.0.1:5000": ["local", "x?>~"],
      "quay.io": undefined,
      "example.org": undefined,
    };
    for (const [host, expected] of Object.entries(cases)) {
      const found = await findCredentials(loginsIn(folder), host);
      assert.deepEqual(found && [found.username, found.secret.reveal()], expected, host);
    }
    const dockerfile = "ARG FROM=me/app\nARG OTHER=example.org/x\nFROM ${FROM} AS a\nFROM $OTHER\n";
    const logins = await loginsFor(loginsIn(folder), dockerfile, { OTHER: "ghcr.io/me/x" });
    const sent = JSON.parse(Buffer.from(logins.reveal(), "base64url").toString());
    assert.deepEqual(Object.keys(sent), ["https://index.docker.io/v1/", "ghcr.io"]);
    assert.equal(sent["https://index.docker.io/v1/"].password, "pass:word");
    assert.equal(await findCredentials(loginsIn(undefined), "ghcr.io"), undefined);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

/**
 * `deno run -A tests/secrets/official_bitwarden_client.ts PYTHON`
 *
 * Lets Bitwarden's own client read the server that the tests use, so that the server is shown to speak as Bitwarden does. `PYTHON` is a
 * Python that has the package `bitwarden-sdk` of PyPI (2.1.0 when this was last run). Needs `openssl` too: that client refuses to speak
 * without TLS. No test, since neither is everywhere where the tests run.
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { run } from "../../tools/engine/run.ts";
import { say } from "../../tools/terminal.ts";
import { BitwardenServer } from "../fakes/bitwarden_server.ts";
import { VALUES } from "./contract.ts";

const CLIENT = `
import json, sys
from bitwarden_sdk import BitwardenClient, client_settings_from_dict

given = json.load(sys.stdin)

def connect(token):
    client = BitwardenClient(client_settings_from_dict({"identityUrl": given["identity"], "apiUrl": given["api"]}))
    client.auth().login_access_token(token)
    return client

def fails(token):
    try:
        connect(token)
        return False
    except Exception:
        return True

client = connect(given["token"])
organization = given["organization"]
ids = [each.id for each in client.secrets().list(organization).data.data]
print(json.dumps({
    "sync": {each.key: each.value for each in client.secrets().sync(organization, None).data.secrets},
    "byIds": {each.key: each.value for each in client.secrets().get_by_ids(ids).data.data},
    "projects": sorted(each.name for each in client.projects().list(organization).data.data),
    "refused": [fails(token) for token in given["wrongTokens"]],
}))
`;

const [python] = Deno.args;
if (python === undefined) {
  say("Name a Python that has the package bitwarden-sdk.");
  Deno.exit(2);
}
const folder = await Deno.makeTempDir();
try {
  const certificate = await makeCertificate(folder);
  await using server = new BitwardenServer({ certificate });
  const names = ["homelab", "media"];
  server.secrets = Object.entries(VALUES).map(([key, value], index) => ({
    key,
    value,
    project: names[index % 2]!,
  }));
  const { identity, api, organization, accessToken: token } = server;
  const otherKey = token.replace(/:.*/, ":X8vbvA0bduihIDe/qrzIQQ==");
  const otherSecret = token.replace(/\.[^.]*:/, ".other:");
  const given = { identity, api, organization, token, wrongTokens: [otherKey, otherSecret] };
  const answer: unknown = JSON.parse(
    await runClient(python, JSON.stringify(given), join(folder, "cert.pem")),
  );
  assert.deepEqual(answer, { sync: VALUES, byIds: VALUES, projects: names, refused: [true, true] });
  say("Bitwarden's own client reads every value, by both ways, and is refused where it must be.");
} finally {
  await Deno.remove(folder, { recursive: true });
}

async function makeCertificate(folder: string): Promise<{ cert: string; key: string }> {
  const [certPath, keyPath] = [join(folder, "cert.pem"), join(folder, "key.pem")];
  const { code, stderr } = await run("openssl", [
    ...["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1"],
    ...["-addext", "subjectAltName=IP:127.0.0.1", "-addext", "basicConstraints=critical,CA:FALSE"],
    ...["-addext", "extendedKeyUsage=serverAuth", "-keyout", keyPath, "-out", certPath],
  ]);
  assert.equal(code, 0, stderr);
  return { cert: await Deno.readTextFile(certPath), key: await Deno.readTextFile(keyPath) };
}

async function runClient(python: string, input: string, authorities: string): Promise<string> {
  const child = new Deno.Command(python, {
    args: ["-c", CLIENT],
    env: { SSL_CERT_FILE: authorities },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(input));
  await writer.close();
  const { code, stdout, stderr } = await child.output();
  assert.equal(code, 0, new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout);
}

/** Without TLS a credential goes to this machine alone, and where its owner says so to a network of one's own. */
import assert from "node:assert/strict";
import { bitwarden, fromEnv, infisical } from "../../lib/mod.ts";

const reference = fromEnv("T");
const infisicalAt = (server: string, plainHttp: boolean | undefined) =>
  infisical({
    server,
    ...(plainHttp !== undefined && { plainHttp }),
    clientId: reference,
    clientSecret: reference,
    project: "homelab",
    environment: "prod",
  }).faults ?? [];
const bitwardenAt = (server: string, plainHttp: boolean | undefined) =>
  bitwarden({ accessToken: reference, server, ...(plainHttp !== undefined && { plainHttp }) }).faults ?? [];

/** An owner's word is enough for `private` ones, and not for `public` ones. */
const ADDRESSES: readonly (readonly [string, "local" | "private" | "public"])[] = [
  ["http://localhost:8080", "local"],
  ["http://127.0.0.1", "local"],
  ["http://[::1]:8080", "local"],
  ["http://10.0.0.5:8080", "private"],
  ["http://172.16.0.1", "private"],
  ["http://172.31.255.1", "private"],
  ["http://192.168.1.20:8080", "private"],
  ["http://100.64.3.2", "private"],
  ["http://[fd12:3456::1]", "private"],
  ["http://[fe80::1]", "private"],
  ["http://infisical:8080", "private"],
  ["http://infisical.lan:8080", "private"],
  ["http://vault.home.arpa.", "private"],
  ["http://VAULT.local", "private"],
  ["http://vault.internal", "private"],
  ["http://172.32.0.1", "public"],
  ["http://100.128.0.1", "public"],
  ["http://8.8.8.8", "public"],
  ["http://0x08080808", "public"],
  ["http://[2001:db8::1]", "public"],
  ["http://[::ffff:8.8.8.8]", "public"],
  ["http://infisical.example.org", "public"],
  ["http://lan.example.org", "public"],
  ["http://notlan", "private"],
  ["http://evil.xlan", "public"],
  ["http://10.0.0.5.example.org", "public"],
];

const WHEN = { local: "always", private: "where its owner says so", public: "never" } as const;

for (const [server, kind] of ADDRESSES) {
  Deno.test(`${server} is asked without TLS ${WHEN[kind]}`, () => {
    for (const faultsAt of [infisicalAt, bitwardenAt]) {
      assert.deepEqual(faultsAt(server, true).length, kind === "public" ? 1 : 0);
      const faults = faultsAt(server, undefined);
      assert.equal(faults.length, kind === "local" ? 0 : 1);
      assert.deepEqual(faultsAt(server, false), faults);
      if (kind === "private") assert.match(faults[0]!.hint, /plainHttp: true/);
      if (kind === "public") assert.equal(faults[0]!.hint, "use https://");
      assert.deepEqual(faultsAt(server.replace("http:", "https:"), undefined), []);
    }
  });
}

Deno.test("plainHttp is a truth value, and nothing else", () => {
  const odd = "yes" as unknown as boolean;
  for (const faults of [infisicalAt("http://infisical.lan", odd), bitwardenAt("http://bitwarden.lan", odd)]) {
    assert.equal(faults.length, 2);
    assert.match(faults[1]!.message, /plainHttp is neither true nor false/);
  }
});

import assert from "node:assert/strict";
import { formatEngineAddress, parseEngineAddress } from "../../lib/engine/address.ts";

const TLS = { ca: "ca", cert: "cert", key: "key" };

Deno.test("DOCKER_HOST names where the engine listens", () => {
  const cases: [string | undefined, string][] = [
    [undefined, "unix:///var/run/docker.sock"],
    ["", "unix:///var/run/docker.sock"],
    ["unix:///run/user/1000/docker.sock", "unix:///run/user/1000/docker.sock"],
    ["tcp://nas:2375", "tcp://nas:2375"],
    ["tcp://nas", "tcp://nas:2375"],
    ["tcp://nas:80", "tcp://nas:80"],
    ["http://192.0.2.1:8080", "tcp://192.0.2.1:8080"],
    ["tcp://[2001:db8::1]:2375", "tcp://[2001:db8::1]:2375"],
  ];
  for (const [dockerHost, expected] of cases) {
    assert.equal(formatEngineAddress(parseEngineAddress(dockerHost)), expected, dockerHost);
  }
});

Deno.test("with certificates, tcp:// is encrypted, and its port another one", () => {
  assert.deepEqual(parseEngineAddress("tcp://nas", TLS), { kind: "tcp", host: "nas", port: 2376, tls: TLS });
  assert.deepEqual(parseEngineAddress("https://nas:1234", TLS), {
    kind: "tcp",
    host: "nas",
    port: 1234,
    tls: TLS,
  });
});

Deno.test("an address that cannot be used is refused by name", () => {
  const cases: [string, RegExp][] = [
    ["ssh://me@nas", /"ssh:\/\/me@nas": ssh:\/\/ is not supported/],
    ["npipe:////./pipe/docker_engine", /named pipes are not supported/],
    ["unix://docker.sock", /must be absolute/],
    ["https://nas", /certificates are missing/],
    ["tcp://nas:2375/path", /a path is not supported/],
    ["tcp://me:secret@nas", /"nas": a user is not supported/],
    ["tcp://:::", /it is no address/],
    ["nas:2375", /it is no address/],
    ["ftp://nas", /it is no address/],
  ];
  for (const [dockerHost, message] of cases) {
    assert.throws(
      () => parseEngineAddress(dockerHost),
      { name: "ConfigurationError", message, exitCode: 2 },
      dockerHost,
    );
  }
});

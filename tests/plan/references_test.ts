import assert from "node:assert/strict";
import type { Service } from "../../lib/compose/project.ts";
import { HomeportError } from "../../lib/errors.ts";
import { parentsOf, resolveForCreate, resolveForHash } from "../../lib/plan/references.ts";

const ids: Readonly<Record<string, string>> = { vpn: "1d", data: "2d" };
const idOf = (name: string) => ids[name];
const service = (rest: Omit<Service, "name">): Service => ({ name: "web", ...rest });

for (const attribute of ["network_mode", "ipc", "pid"] as const) {
  Deno.test(`${attribute} of a service becomes that of its container`, () => {
    const resolved = service({ [attribute]: "container:1d" });
    assert.deepEqual(resolveForHash(service({ [attribute]: "service:vpn" }), idOf), resolved);
    assert.deepEqual(resolveForCreate(service({ [attribute]: "service:vpn" }), idOf), resolved);
  });

  Deno.test(`${attribute} that names no service stays`, () => {
    for (const mode of ["host", "none", "container:other"]) {
      const given = service({ [attribute]: mode });
      assert.deepEqual(resolveForHash(given, idOf), given);
      assert.deepEqual(parentsOf(given), []);
    }
  });
}

Deno.test("volumes_from keeps its mode for the create request, and loses it for the hash", () => {
  const given = service({ volumes_from: ["data:ro", "vpn", "container:other:ro", "container:bare"] });
  assert.deepEqual(resolveForCreate(given, idOf).volumes_from, ["2d:ro", "1d", "other:ro", "bare"]);
  assert.deepEqual(resolveForHash(given, idOf).volumes_from, ["2d", "1d", "other", "bare"]);
});

Deno.test("a service that shares nothing is returned as it is", () => {
  const given = service({ image: "app:1" });
  assert.equal(resolveForHash(given, idOf), given);
});

Deno.test("parents are named once, in order", () => {
  const given = service({
    network_mode: "service:vpn",
    pid: "service:vpn",
    volumes_from: ["data:ro", "container:x"],
  });
  assert.deepEqual(parentsOf(given), ["data", "vpn"]);
});

Deno.test("a parent without a container is an error that names it", () => {
  assert.throws(
    () => resolveForCreate(service({ network_mode: "service:gone" }), idOf),
    (error) => error instanceof HomeportError && /share the network with service gone/.test(error.message),
  );
});

import assert from "node:assert/strict";
import { dependenciesOf, dependencyOrder, dependentsOf, findCycle } from "../../lib/compose/dependencies.ts";
import type { Service } from "../../lib/compose/project.ts";

/** `web: "db cache!"`: needs db, and cache with `restart`. */
function services(needs: Readonly<Record<string, string>>): Record<string, Service> {
  return Object.fromEntries(
    Object.entries(needs).map(([name, list]) => [name, {
      name,
      depends_on: Object.fromEntries(
        list.split(" ").filter((each) => each !== "").map((each) => [
          each.replace("!", ""),
          { condition: "service_started", required: true, restart: each.endsWith("!") },
        ]),
      ),
    }]),
  );
}

for (
  const { title, needs, order } of [
    { title: "independent services are one group", needs: { b: "", a: "" }, order: [["a", "b"]] },
    {
      title: "a chain is one service after the other",
      needs: { a: "b", b: "c", c: "" },
      order: [["c"], ["b"], ["a"]],
    },
    {
      title: "a service comes after all that it needs",
      needs: { web: "db cache", db: "", cache: "db", job: "db" },
      order: [["db"], ["cache", "job"], ["web"]],
    },
    { title: "a dependency that is not enabled counts for nothing", needs: { a: "off" }, order: [["a"]] },
    { title: "no services have no order", needs: {}, order: [] },
  ]
) {
  Deno.test(title, () => assert.deepEqual(dependencyOrder(services(needs as Record<string, string>)), order));
}

Deno.test("a cycle is found, and named from its first service back to it", () => {
  assert.deepEqual(findCycle(services({ z: "a", a: "b", b: "c", c: "a" })), ["a", "b", "c", "a"]);
  assert.deepEqual(findCycle(services({ a: "a" })), ["a", "a"]);
  assert.equal(findCycle(services({ a: "b c", b: "d", c: "d", d: "" })), undefined);
  assert.throws(() => dependencyOrder(services({ a: "b", b: "a" })), /depend on each other: a → b → a/);
});

Deno.test("dependents are those that name a service, or only those that restart with it", () => {
  const all = services({ web: "db!", job: "db", db: "" });
  assert.deepEqual(dependentsOf(all, "db"), ["job", "web"]);
  assert.deepEqual(dependentsOf(all, "db", { restart: true }), ["web"]);
  assert.deepEqual(dependenciesOf(all, "web"), ["db"]);
});

Deno.test("a service may be called constructor or toString", () => {
  assert.deepEqual(dependencyOrder(services({ constructor: "toString", toString: "" })), [["toString"], [
    "constructor",
  ]]);
  assert.deepEqual(dependenciesOf(services({ a: "constructor" }), "a"), []);
});

/** Every attribute of the Compose specification is known here, and stands in a case that is compared with `docker compose`. */
import assert from "node:assert/strict";
import { document } from "../../lib/compose/schema/document.ts";
import type { Rule } from "../../lib/compose/schema/rule.ts";
import { coverageOf, isBelow, placeKey } from "./coverage.ts";
import { findCompose, skipTest } from "../engine/environment.ts";
import { DOCUMENT, formatDocument } from "./document.ts";
import { LATER_ATTRIBUTES, readSpecification, type Specification } from "./specification.ts";

specificationTest(
  "every attribute of the specification is known, and none but those of release 5",
  (specification) => {
    const theirs = [...specification.values()].filter(({ isAttribute }) => isAttribute).map(({ path }) =>
      path
    );
    assert.ok(theirs.length > 300, `only ${theirs.length} attributes were found`);
    const ours = new Set<string>();
    collectAttributes(document, "", ours);
    const known = [...ours].filter((path) => !isBelow(path, LATER_ATTRIBUTES));
    assert.deepEqual(known.sort(), theirs.sort());
  },
);

specificationTest(
  "every attribute, in every form, stands in a case that is compared with docker compose",
  (specification) => {
    const { cases } = coverageOf(specification);
    const missing = [...specification.values()]
      .flatMap(({ path, forms }) => [...forms].map((form) => placeKey(path, form)))
      .filter((key) => !cases.has(key) && !UNCOMPARED.includes(key));
    assert.deepEqual(missing, [], "add cases to tests/fixtures/compose or tests/parity/body_cases.ts");
  },
);

/** The reference loads it, and fails to print it: no case can be compared. */
const UNCOMPARED = ["services.*.build.ssh.* as scalar"];

specificationTest("docs/compose.md is up to date: `deno task docs` writes it", async (specification) => {
  assert.equal(await Deno.readTextFile(DOCUMENT), formatDocument(specification));
});

type Body = (specification: Specification) => void | Promise<void>;

function specificationTest(name: string, body: Body): void {
  const compose = findCompose();
  if ("missing" in compose) return skipTest(name, compose.missing);
  Deno.test(name, async () => {
    const specification = await readSpecification(compose);
    if ("missing" in specification) assert.fail(specification.missing);
    await body(specification);
  });
}

function collectAttributes(rule: Rule, path: string, into: Set<string>): void {
  const below = path === "" ? "" : `${path}.`;
  if (rule.is === "choice") rule.options.forEach((option) => collectAttributes(option, path, into));
  if (rule.is === "list") collectAttributes(rule.items, `${path}[]`, into);
  if (rule.is === "names") collectAttributes(rule.values, `${below}*`, into);
  if (rule.is === "attributes") {
    for (const [name, each] of rule.attributes) {
      into.add(`${below}${name}`);
      collectAttributes(each, `${below}${name}`, into);
    }
  }
}

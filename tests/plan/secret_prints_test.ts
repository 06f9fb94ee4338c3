import assert from "node:assert/strict";
import { LABELS } from "../../lib/plan/plan.ts";
import type { ObservedContainer } from "../../lib/plan/observed.ts";
import type { Scope } from "../../lib/plan/project_scope.ts";
import { findSecretChange, formatSecretPrints } from "../../lib/plan/secret_prints.ts";

const PRINTS = { DB_PASSWORD: "aa", "file ../shared/a,b=c %.env": "bb", ÜMLAUT: "cc" };

function changeOf(label: string, now: Readonly<Record<string, string>>): string | undefined {
  const scope = { desired: { secretPrints: () => ({ web: now }) } } as unknown as Scope;
  return findSecretChange(
    scope,
    "web",
    { labels: { [LABELS.secrets]: label } } as unknown as ObservedContainer,
  );
}

Deno.test("a container's label tells which of its secrets changed, whatever they are called", () => {
  const label = formatSecretPrints(PRINTS);
  assert.equal(changeOf(label, PRINTS), undefined);
  for (const name of Object.keys(PRINTS)) {
    assert.equal(changeOf(label, { ...PRINTS, [name]: "dd" }), `secret ${name} changed`);
  }
  assert.equal(
    changeOf(label, { ...PRINTS, DB_PASSWORD: "dd", "file ../shared/a,b=c %.env": "dd" }),
    "secrets DB_PASSWORD and file ../shared/a,b=c %.env changed",
  );
});

Deno.test("a label that is none of ours tells nothing", () => {
  for (const label of ["", "=", "%zz=aa", "DB_PASSWORD", ",,"]) {
    assert.ok([undefined, "secret DB_PASSWORD changed"].includes(changeOf(label, PRINTS)), label);
  }
  assert.equal(changeOf("%zz=aa", PRINTS), undefined);
});

import assert from "node:assert/strict";
import { HomeportError } from "../../lib/errors.ts";
import type { RollBackOptions } from "../../lib/cli/app.ts";
import type { StackOutcome } from "../../lib/reconcile/report.ts";
import { cli, fakeApp, fakePlan } from "../fakes/fake_app.ts";

const TO = "1a2b3c4d5e6f";
const HELD: StackOutcome = {
  stack: "web",
  result: "held",
  hold: "manual",
  reason: "held by hand at 1a2b3c4, until homeport resume",
  gate: "passed",
  done: 2,
  skipped: 0,
  errors: [],
  milliseconds: 1234,
};

function app(outcome: StackOutcome, { asked = [] as RollBackOptions[], imagesAsNamed = false } = {}) {
  return fakeApp({
    rollBack: (options) => {
      asked.push(options);
      options.onEvent?.({ kind: "gate-waiting", stack: "web", message: "waiting for web to run" });
      return Promise.resolve({
        commit: "c0ffee0123456789",
        plan: fakePlan(),
        outcomes: [outcome],
        returned: { to: TO, imagesAsNamed },
      });
    },
  });
}

Deno.test("rollback says where the stack is held, and how that ends", async () => {
  const asked: RollBackOptions[] = [];
  const { code, stdout, stderr } = await cli(["rollback", "web"], app(HELD, { asked }));
  assert.deepEqual([code, stdout.split("\n")[0]], [0, "web: waiting for web to run"]);
  assert.match(stdout + stderr, /^web: held\n {2}held by hand at 1a2b3c4, until homeport resume$/m);
  const [{ host, stack, to }] = asked as [RollBackOptions];
  assert.deepEqual([host, stack, to], ["helium", "web", undefined]);
});

Deno.test("rollback --to takes a commit, and warns where its images are not known", async () => {
  const asked: RollBackOptions[] = [];
  const { code, stderr } = await cli(
    ["rollback", "web", "--to", "1a2b3c4", "--host", "xenon"],
    app(HELD, { asked, imagesAsNamed: true }),
  );
  assert.equal(code, 0);
  assert.match(
    stderr,
    /warning: web was never seen to run well at 1a2b3c4: its images are those that its files name/,
  );
  const [{ host, to }] = asked as [RollBackOptions];
  assert.deepEqual([host, to], ["xenon", "1a2b3c4"]);
});

Deno.test("rollback --json prints one JSON object a line, and nothing else", async () => {
  const { code, stdout, stderr } = await cli(
    ["rollback", "web", "--json"],
    app(HELD, { imagesAsNamed: true }),
  );
  assert.deepEqual([code, stderr], [0, ""]);
  const lines = stdout.trimEnd().split("\n").map((line) => JSON.parse(line));
  assert.deepEqual(lines.map(({ event }) => event), ["gate-waiting", "report"]);
  assert.deepEqual([lines[1].to, lines[1].imagesAsNamed, lines[1].outcomes[0].hold], [TO, true, "manual"]);
});

Deno.test("a rollback after which the stack does not run well has failed", async () => {
  const errors = [new HomeportError("Service web of stack web did not get ready")];
  const { code, stderr } = await cli(["rollback", "web"], app({ ...HELD, result: "failed", errors }));
  assert.equal(code, 1);
  assert.match(stderr, /did not get ready/);
});

Deno.test("apply fails where a stack was taken back, and as long as it is held there", async () => {
  const hold = "rolled-back";
  for (const result of ["rolled-back", "held"] as const) {
    const outcome: StackOutcome = { ...HELD, result, hold };
    const { code } = await cli(
      ["apply"],
      fakeApp({ apply: () => Promise.resolve({ commit: "c0ffee", plan: fakePlan(), outcomes: [outcome] }) }),
    );
    assert.equal(code, 1, result);
  }
});

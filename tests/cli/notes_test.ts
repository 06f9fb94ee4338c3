/** What `plan` and `status` say of stacks that are left alone. */
import assert from "node:assert/strict";
import type { StackNote } from "../../lib/reconcile/status/status.ts";
import { cli, fakeApp, fakePlan } from "../fakes/fake_app.ts";

const SINCE = "2026-01-02T03:04:05.000Z";
const HELD: StackNote = {
  stack: "web",
  kind: "held",
  hold: "manual",
  since: SINCE,
  text: "held since 2026-01-02 03:04 UTC (manual): rolled back by hand; homeport resume web ends it",
};
const WINDOW = { openedAt: SINCE, closesAt: "2026-01-05T06:00:00.000Z" };
const BELOW = `! a maintenance window is open until 2026-01-05 06:00 UTC: homeport run deploys nothing new
! web: ${HELD.text}
`;

Deno.test("plan and status say which stacks are held, and which window is open", async () => {
  const app = fakeApp({
    plan: () => Promise.resolve({ plan: fakePlan(), commit: "c0ffee", notes: [HELD], window: WINDOW }),
    status: () =>
      Promise.resolve({
        host: "helium",
        instance: "i",
        stacks: [],
        notes: [HELD],
        window: WINDOW,
        fault: "odd state",
      }),
  });
  const plan = await cli(["plan"], app);
  assert.equal(plan.stdout, `Nothing to do on helium: it has no stacks.\n${BELOW}`);
  const status = await cli(["status"], app);
  assert.ok(status.stdout.endsWith(`\n${BELOW}`), status.stdout);
  assert.equal(status.stderr, "warning: odd state\n");
  for (const command of ["plan", "status"]) {
    const { notes, window } = JSON.parse((await cli([command, "--json"], app)).stdout);
    assert.deepEqual([notes, window], [[HELD], WINDOW]);
  }
});

Deno.test("a plan does not call what is held, or does not run well, as Git says", async () => {
  const stackOf = (name: string) =>
    ({ name, project: name, action: "none", stackHash: "h", operations: [], warnings: [] }) as const;
  const plan = fakePlan({ stacks: [stackOf("dns"), stackOf("mail"), stackOf("web")] });
  const notReached: StackNote = { stack: "mail", kind: "not-reached", since: SINCE, text: "is not reached" };
  const app = fakeApp({ plan: () => Promise.resolve({ plan, commit: "c0ffee", notes: [notReached, HELD] }) });
  const { code, stdout } = await cli(["plan", "--exit-code"], app);
  assert.deepEqual([code, stdout.split("\n")[0]], [
    0,
    "Plan for helium: 1 held, 1 not reached, 1 unchanged.",
  ]);
});

Deno.test("a plan shows what is left alone with its reason, and counts it apart", async () => {
  const plan = fakePlan({
    stacks: [{
      name: "web",
      project: "web",
      action: "update",
      stackHash: "h",
      operations: [{
        kind: "start-container",
        id: "start-container web-1",
        cause: "web-1 has exited with code 1",
        after: [],
        service: "web",
        number: 1,
        containerName: "web-1",
      }],
      warnings: [],
      left: { kind: "reported", reason: "drift: homeport apply --stack web puts it back" },
    }],
    suspended: [{ name: "dns", reason: "suspended since then: homeport resume dns ends it" }],
  });
  const app = fakeApp({ plan: () => Promise.resolve({ plan, commit: "c0ffee" }) });
  const { code, stdout } = await cli(["plan", "--exit-code"], app);
  assert.equal(code, 0);
  assert.equal(
    stdout,
    `‖ web: left as it is — drift: homeport apply --stack web puts it back
    start container web-1 — web-1 has exited with code 1

‖ dns: suspended since then: homeport resume dns ends it

Plan for helium: 2 left alone.
`,
  );
  const json = JSON.parse((await cli(["plan", "--json"], app)).stdout);
  assert.deepEqual([json.summary.left, json.stacks[0].left.kind, json.suspended], [
    2,
    "reported",
    plan.suspended,
  ]);
});

import assert from "node:assert/strict";
import { HomeportError } from "../../lib/errors.ts";
import type { ApplyOptions } from "../../lib/cli/app.ts";
import type { ApplyReport, StackOutcome } from "../../lib/reconcile/report.ts";
import { cli, fakeApp, fakePlan, START } from "../fakes/fake_app.ts";

function outcome(stack: string, result: StackOutcome["result"], errors: readonly Error[] = []): StackOutcome {
  return { stack, result, done: 2, skipped: errors.length, errors, milliseconds: 1234 };
}

function reportOf(outcomes: readonly StackOutcome[]): ApplyReport {
  return { commit: "c0ffee0123456789", plan: fakePlan(), outcomes };
}

const FAILURE = new HomeportError("cannot start traefik-web-1: port 80 is taken", { hint: "free it" });

/** Deploys one stack, fails at another, and leaves a third. */
function busyApp(asked: ApplyOptions[] = []) {
  return fakeApp({
    apply: (options) => {
      asked.push(options);
      const { onEvent = () => {} } = options;
      onEvent({ kind: "waiting", holder: "pid 7" });
      onEvent({ kind: "planned", plan: fakePlan() });
      onEvent({ kind: "operation-started", stack: "traefik", operation: START });
      onEvent({ kind: "operation-progress", stack: "traefik", operation: START, message: "50 %" });
      onEvent({ kind: "operation-done", stack: "traefik", operation: START, milliseconds: 412 });
      onEvent({ kind: "stack-done", outcome: outcome("traefik", "deployed") });
      onEvent({ kind: "operation-failed", stack: "web", operation: START, error: FAILURE });
      onEvent({ kind: "stack-done", outcome: outcome("web", "failed", [FAILURE]) });
      return Promise.resolve(reportOf([
        outcome("traefik", "deployed"),
        outcome("web", "failed", [FAILURE]),
        outcome("idle", "unchanged"),
      ]));
    },
  });
}

Deno.test("apply prints a line for each operation, and a report in which every error says what to do", async () => {
  const asked: ApplyOptions[] = [];
  assert.deepEqual(await cli(["apply", "--stack", "web", "--confirm-prune"], busyApp(asked)), {
    code: 1,
    stdout: `traefik: start-container web-1 (web is new) 0.4 s
web: start-container web-1 failed: cannot start traefik-web-1: port 80 is taken
traefik: deployed (2 operations, 1.2 s)
helium at c0ffee0: 1 deployed, 1 failed, 1 unchanged
`,
    stderr: `waiting for pid 7
web: failed (2 operations, 1 skipped, 1.2 s)
  cannot start traefik-web-1: port 80 is taken
    → free it
`,
  });
  const [{ host, stack, offline, confirmPrune }] = asked as [ApplyOptions];
  assert.deepEqual({ host, stack, offline, confirmPrune }, {
    host: "helium",
    stack: "web",
    offline: false,
    confirmPrune: true,
  });
});

Deno.test("apply --json prints one JSON object a line, errors in parts", async () => {
  const { code, stdout } = await cli(["apply", "--json"], busyApp());
  assert.equal(code, 1);
  const lines = stdout.trimEnd().split("\n").map((line) => JSON.parse(line));
  assert.deepEqual(lines.map(({ event }) => event), [
    "waiting",
    "planned",
    "operation-started",
    "operation-progress",
    "operation-done",
    "stack-done",
    "operation-failed",
    "stack-done",
    "report",
  ]);
  assert.deepEqual(lines[4], {
    event: "operation-done",
    stack: "traefik",
    operation: START,
    milliseconds: 412,
  });
  const error = { message: FAILURE.message, hint: "free it", consequence: "stalled" };
  assert.deepEqual(lines[6].error, error);
  assert.deepEqual(lines[8].commit, "c0ffee0123456789");
  assert.deepEqual(lines[8].outcomes[1], {
    stack: "web",
    result: "failed",
    done: 2,
    skipped: 1,
    milliseconds: 1234,
    errors: [error],
  });
});

Deno.test("apply --json ends with the error when there is no report", async () => {
  const app = fakeApp({ apply: () => Promise.reject(FAILURE) });
  const { code, stdout, stderr } = await cli(["apply", "--json"], app);
  assert.equal(code, 1);
  assert.deepEqual(JSON.parse(stdout), {
    event: "error",
    error: { message: FAILURE.message, hint: "free it", consequence: "stalled" },
  });
  assert.match(stderr, /^error: cannot start/);
});

for (const kind of ["journal-warning", "notification-warning"] as const) {
  Deno.test(`what could not be written or told is a warning of apply, and no failure: ${kind}`, async () => {
    const app = fakeApp({
      apply: ({ onEvent }) => {
        onEvent?.({ kind, message: "the disk is full" });
        return Promise.resolve(reportOf([]));
      },
    });
    const { code, stderr } = await cli(["apply"], app);
    assert.deepEqual([code, stderr], [0, "warning: the disk is full\n"]);
    const { stdout } = await cli(["apply", "--json"], app);
    assert.deepEqual(JSON.parse(stdout.split("\n")[0]!), { event: kind, message: "the disk is full" });
  });
}

const CODES: readonly [readonly StackOutcome["result"][], number][] = [
  [[], 0],
  [["deployed", "unchanged", "pruned"], 0],
  [["deployed", "broken"], 2],
  [["broken", "failed"], 1],
  [["interrupted", "broken"], 1],
  [["deployed", "waiting"], 1],
];

for (const [results, code] of CODES) {
  Deno.test(`apply with stacks that are ${results.join(", ") || "not there"} exits with ${code}`, async () => {
    const report = reportOf(results.map((result, index) => outcome(`s${index}`, result)));
    assert.equal((await cli(["apply"], fakeApp({ apply: () => Promise.resolve(report) }))).code, code);
  });
}

Deno.test("what a stack that was taken down leaves is named", async () => {
  const pruned = { name: "old", project: "old", cause: "gone", operations: [], kept: ["volume old_data"] };
  const plan = fakePlan({ prune: { stacks: [pruned], managed: 3, needsConfirmation: false } });
  const app = fakeApp({
    apply: () => Promise.resolve({ commit: "c0ffee0", plan, outcomes: [outcome("old", "pruned")] }),
  });
  assert.equal(
    (await cli(["apply"], app)).stdout,
    "old: pruned (2 operations, 1.2 s)\nkept: volume old_data of old\nhelium at c0ffee0: 1 pruned\n",
  );
});

Deno.test("an interruption aborts the pass, and listening ends with the command", async () => {
  let interrupt = () => {};
  let isListening = false;
  const app = fakeApp({
    apply: ({ signal }) => {
      assert.equal(signal.aborted, false);
      interrupt();
      assert.equal(signal.aborted, true);
      return Promise.resolve(reportOf([outcome("web", "interrupted")]));
    },
  });
  const { code, stderr } = await cli(["apply"], app, {
    onInterrupt: (callback) => {
      interrupt = callback;
      isListening = true;
      return () => void (isListening = false);
    },
  });
  assert.equal(code, 1);
  assert.match(stderr, /Stopping after the operations in hand/);
  assert.equal(isListening, false);
});

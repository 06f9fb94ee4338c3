import assert from "node:assert/strict";
import { noPins } from "../fakes/head_view.ts";
import type { App } from "../../lib/cli/app.ts";
import { HomeportError } from "../../lib/errors.ts";
import type { CleanupReport } from "../../lib/reconcile/cleanup/cleanup_report.ts";
import type { LoopEvent } from "../../lib/reconcile/loop/loop_events.ts";
import type { PassEvent, StackOutcome } from "../../lib/reconcile/report.ts";
import { NO_TRACKED_FILES } from "../../lib/stacks/tracked_files.ts";
import { cli, fakeApp, fakePlan, START } from "../fakes/fake_app.ts";

const FAILURE = new HomeportError("cannot start traefik-web-1: port 80 is taken", { hint: "free it" });
const SNAPSHOT = {
  commit: "c0ffee0123456789",
  branch: "main",
  folder: "/repo",
  discarded: [],
  stale: false,
  tracked: NO_TRACKED_FILES,
  ...noPins("c0ffee0123456789"),
  odd: [],
};

function pass(...events: readonly PassEvent[]): LoopEvent[] {
  return [
    { kind: "pass-started", triggers: ["poll"] },
    { kind: "pass-event", event: { kind: "snapshot", snapshot: SNAPSHOT } },
    { kind: "pass-event", event: { kind: "warning", warning: { stack: "web", message: "odd" } } },
    ...events.map((event): LoopEvent => ({ kind: "pass-event", event })),
  ];
}

function outcome(result: StackOutcome["result"], errors: readonly Error[] = []): StackOutcome {
  return { stack: "web", result, done: 1, skipped: errors.length, errors, milliseconds: 1234 };
}

function done(outcomes: readonly StackOutcome[], hasFailed = false): LoopEvent {
  return {
    kind: "pass-done",
    triggers: ["poll"],
    report: { commit: SNAPSHOT.commit, plan: fakePlan(), outcomes },
    milliseconds: 2345.6,
    retries: hasFailed ? [{ subject: "stack web", failures: 2, wait: 10_400 }] : [],
  };
}

const EVENTS: readonly LoopEvent[] = [
  { kind: "waiting", holder: "pid 7 (apply)" },
  { kind: "started", host: "helium", interval: 60_000 },
  ...pass(
    { kind: "planned", plan: fakePlan() },
    { kind: "operation-started", stack: "web", operation: START },
    { kind: "operation-done", stack: "web", operation: START, milliseconds: 412 },
    { kind: "stack-done", outcome: outcome("deployed") },
  ),
  done([outcome("deployed")]),
  ...pass({ kind: "stack-done", outcome: outcome("unchanged") }),
  done([outcome("unchanged")]),
  { kind: "pass-held", triggers: ["poll"], commit: SNAPSHOT.commit },
  { kind: "engine-lost", error: FAILURE },
  { kind: "engine-back" },
  ...pass(
    { kind: "operation-failed", stack: "web", operation: START, error: FAILURE },
    { kind: "stack-done", outcome: outcome("failed", [FAILURE]) },
  ),
  done([outcome("failed", [FAILURE])], true),
  {
    kind: "pass-failed",
    triggers: ["retry"],
    error: FAILURE,
    milliseconds: 1,
    retries: [{ subject: "repository", failures: 1, wait: 300_000 }],
  },
  { kind: "stopping" },
  { kind: "stopped" },
];

function appThatSays(events: readonly LoopEvent[], parts: Partial<App> = {}) {
  return fakeApp({
    run: ({ onEvent }) => {
      for (const event of events) onEvent(event);
      return Promise.resolve();
    },
    ...parts,
  });
}

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z /gm;

Deno.test("run prints lines with time and level, and none for a pass in which nothing happened", async () => {
  const { code, stdout, stderr } = await cli(["run"], appThatSays(EVENTS));
  assert.deepEqual([code, stderr], [0, ""]);
  assert.equal(stdout.match(TIME)!.length, stdout.trimEnd().split("\n").length);
  assert.equal(
    stdout.replaceAll(TIME, ""),
    `info  waiting for pid 7 (apply)
info  following the repository for helium, every 60 s
info  main is at c0ffee0
warn  web: odd
info  web: start-container web-1 (web is new) 0.4 s
info  web: deployed (1 operation, 1.2 s)
info  helium at c0ffee0: 1 deployed (poll, 2.3 s)
warn  cannot start traefik-web-1: port 80 is taken
warn    → free it
warn  trying until it is back
info  the Docker Engine is back
error web: failed (1 operation, 1 skipped, 1.2 s)
error cannot start traefik-web-1: port 80 is taken
error   → free it
info  helium at c0ffee0: 1 failed (poll, 2.3 s)
info  web: next try in 10 s, after 2 failures
error cannot start traefik-web-1: port 80 is taken
error   → free it
error repository: next try in 5 min
info  stopping after the operations in hand
info  stopped
`,
  );
});

Deno.test("run --verbose also says what is only of interest to somebody who looks for a fault", async () => {
  const { stdout } = await cli(["run", "--verbose"], appThatSays(EVENTS));
  const debug = stdout.replaceAll(TIME, "").split("\n").filter((line) => line.startsWith("debug"));
  assert.deepEqual(debug.slice(0, 7), [
    "debug pass: poll",
    "debug web: start-container web-1 (web is new)",
    "debug pass: poll",
    "debug main is at c0ffee0",
    "debug web: odd",
    "debug web: unchanged",
    "debug helium at c0ffee0: 1 unchanged (poll, 2.3 s)",
  ]);
});

Deno.test("what is said once is said again when it was otherwise in between", async () => {
  const warned = (message: string): LoopEvent => ({
    kind: "pass-event",
    event: { kind: "warning", warning: { stack: "web", message } },
  });
  const events = ["a", "a", "b", "a"].flatMap((message) => [warned(message), done([])]);
  const { stdout } = await cli(["run"], appThatSays(events));
  assert.equal(stdout.replaceAll(TIME, ""), "warn  web: a\nwarn  web: b\nwarn  web: a\n");
});

Deno.test("run --json prints one object a line, each with the same first fields", async () => {
  const { stdout } = await cli(["run", "--json"], appThatSays(EVENTS));
  const lines = stdout.trimEnd().split("\n").map((line) => JSON.parse(line));
  for (const line of lines) {
    assert.deepEqual(Object.keys(line).slice(0, 5), ["time", "level", "event", "host", "message"]);
  }
  assert.deepEqual(lines.map(({ event }) => event), [
    "waiting",
    "started",
    "snapshot",
    "warning",
    "operation-done",
    "stack-done",
    "pass-done",
    "engine-lost",
    "engine-back",
    "stack-done",
    "pass-done",
    "pass-failed",
    "stopping",
    "stopped",
  ]);
  const { time: _, ...operation } = lines[4];
  assert.deepEqual(operation, {
    level: "info",
    event: "operation-done",
    host: "helium",
    message: "web: start-container web-1 (web is new) 0.4 s",
    stack: "web",
    operation: "start-container web-1",
    cause: "web is new",
    milliseconds: 412,
  });
  assert.deepEqual(lines[9].errors, [{ message: FAILURE.message, hint: "free it", consequence: "stalled" }]);
  assert.deepEqual(lines[10].retries, [{ subject: "stack web", failures: 2, wait: 10_400 }]);
});

Deno.test("nothing that run prints holds a secret", async () => {
  const secret = 'p"qx\nwörz';
  const error = new HomeportError(`refused: ${secret}`);
  const events: LoopEvent[] = [{ kind: "engine-lost", error }, done([outcome("failed", [error])])];
  for (const args of [["run"], ["run", "--json", "--verbose"]]) {
    const { Redactor } = await import("../../lib/secret.ts");
    const redactor = new Redactor();
    redactor.add([secret]);
    const app = appThatSays(events, { redact: (text) => redactor.redact(text) });
    const { stdout } = await cli(args, app);
    assert.doesNotMatch(stdout, /qx|rz/, args.join(" "));
    assert.match(stdout, /refused: \*\*\*/);
  }
});

Deno.test("SIGHUP asks the loop for a pass, SIGTERM ends it well", async () => {
  const heard: string[] = [];
  const signals = { interrupt: () => {}, reload: () => {} };
  let listeners = 0;
  const listen = (name: keyof typeof signals) => (callback: () => void) => {
    signals[name] = callback;
    listeners++;
    return () => void listeners--;
  };
  const app = fakeApp({
    run: ({ host, signal, onLoop }) => {
      signals.reload();
      onLoop({ trigger: (trigger) => void heard.push(`${trigger} ${host}`) });
      signals.reload();
      signals.interrupt();
      signals.reload();
      assert.equal(signal.aborted, true);
      return Promise.resolve();
    },
  });
  const { code } = await cli(["run"], app, {
    onInterrupt: listen("interrupt"),
    onReload: listen("reload"),
  });
  assert.deepEqual([code, heard, listeners], [0, ["reload helium", "reload helium"], 0]);
});

Deno.test("an end while run waits for another process is a good end, and other errors are not", async () => {
  let interrupt = () => {};
  const io = {
    onInterrupt: (callback: () => void) => {
      interrupt = callback;
      return () => {};
    },
  };
  const waiting = fakeApp({
    run: ({ signal }) => {
      interrupt();
      return Promise.reject(signal.reason);
    },
  });
  assert.equal((await cli(["run"], waiting, io)).code, 0);
  const broken = fakeApp({
    run: () => {
      interrupt();
      return Promise.reject(FAILURE);
    },
  });
  assert.equal((await cli(["run"], broken, io)).code, 1);
});

Deno.test("a notification that was not taken is a warning, each time", async () => {
  const message = "notification by ntfy at ntfy.sh failed: cannot reach https://ntfy.sh";
  const app = fakeApp({
    run: ({ onEvent }) => {
      for (let time = 0; time < 2; time++) onEvent({ kind: "notification-warning", message });
      return Promise.resolve();
    },
  });
  const { stdout } = await cli(["run"], app);
  assert.equal(stdout.match(/ warn {2}notification by ntfy/g)?.length, 2);
  const lines = (await cli(["run", "--json"], app)).stdout.trim().split("\n").map((line) => JSON.parse(line));
  assert.deepEqual(lines.map(({ time: _, ...line }) => line)[0], {
    level: "warn",
    event: "notification-warning",
    host: "helium",
    message,
  });
});

Deno.test("run says which images were removed, and what that gave back; a night without any, only to --verbose", async () => {
  const image = { id: "sha256:1a", reference: "app:1" };
  const report: CleanupReport = {
    host: "helium",
    dryRun: false,
    images: [{ id: image.id, references: [image.reference], size: 9 }],
    kept: [{ ...image, reason: "in use by web-1" }],
    failed: [],
    bytes: 12_345_678,
  };
  const events: LoopEvent[] = [
    { kind: "cleanup-started" },
    { kind: "image-removed", ...image },
    { kind: "image-kept", ...image, reason: "in use by web-1" },
    { kind: "image-failed", ...image, error: FAILURE },
    { kind: "journal-warning", message: "cannot write the journal" },
    { kind: "cleanup-done", report },
    { kind: "cleanup-started" },
    { kind: "cleanup-done", report: { ...report, images: [], bytes: 0 } },
    { kind: "cleanup-failed", error: FAILURE },
  ];
  const said = async (...args: string[]) =>
    (await cli(["run", ...args], appThatSays(events))).stdout.replaceAll(TIME, "");
  assert.equal(
    await said(),
    `info  cleanup: app:1 removed
warn  cleanup: cannot start traefik-web-1: port 80 is taken
warn    → free it
warn  cannot write the journal
info  cleanup: 1 image removed, 12.3 MB reclaimed
error cleanup: cannot start traefik-web-1: port 80 is taken
error   → free it
`,
  );
  assert.deepEqual((await said("--verbose")).match(/^debug .*/gm), [
    "debug cleanup: looking for images that are of no use any more",
    "debug cleanup: app:1 is in use: in use by web-1",
    "debug cleanup: looking for images that are of no use any more",
    "debug cleanup: 0 images removed, 0 B reclaimed",
  ]);
  const lines = (await said("--json")).trim().split("\n").map((line) => JSON.parse(line));
  const end = lines.find(({ event }) => event === "cleanup-done");
  assert.deepEqual([end.removed, end.kept, end.failed, end.bytes], [1, 1, 0, 12_345_678]);
});

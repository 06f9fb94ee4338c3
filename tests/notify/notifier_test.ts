import assert from "node:assert/strict";
import type { NotificationChannel } from "../../lib/config/notification.ts";
import { HomeportError } from "../../lib/errors.ts";
import { PassingError } from "../../lib/http/retry.ts";
import { fromEnv } from "../../lib/mod.ts";
import { Notifier, type NotifierOptions } from "../../lib/notify/notifier.ts";
import type { StackChange } from "../../lib/reconcile/news/stack_change.ts";

const FAILED: StackChange = { kind: "failed", stack: "immich", message: "why" };
const PACE = { tries: 3, firstWait: 1, within: 2000 };

interface Fixture {
  readonly notifier: Notifier;
  readonly warnings: string[];
}

function notifier(channels: readonly NotificationChannel[], parts: Partial<NotifierOptions> = {}): Fixture {
  const warnings: string[] = [];
  const made = new Notifier({
    host: "helium",
    channels,
    credential: () => Promise.resolve("hunter2"),
    redact: (text) => text.replaceAll("hunter2", "***"),
    now: () => new Date(0),
    onWarning: (message) => void warnings.push(message),
    pace: PACE,
    ...parts,
  });
  return { notifier: made, warnings };
}

/** Does with each message what the next of the steps does; the last one stays. */
function channel(...steps: readonly NotificationChannel["send"][]) {
  const titles: string[] = [];
  const made: NotificationChannel = {
    label: "the test",
    credentials: [],
    send: async (notification, context) => {
      titles.push(notification.title);
      await steps[Math.min(titles.length, steps.length) - 1]?.(notification, context);
    },
  };
  return { titles, channel: made };
}

const passing = () => Promise.reject(new PassingError("it is busy with hunter2", { hint: "wait" }));
const lasting = () => Promise.reject(new HomeportError("wrong token hunter2", { hint: "mend it" }));
const silent = () => new Promise<void>(() => {});

Deno.test("all that a pass changed comes in one message, and nothing where nothing is to be told", async () => {
  const { titles, channel: test } = channel();
  const { notifier: all, warnings } = notifier([test]);
  all.send([{ kind: "deployed", stack: "web", message: "x" }]);
  all.send([FAILED, { kind: "recovered", stack: "a", message: "x" }, {
    kind: "recovered",
    stack: "b",
    message: "x",
  }]);
  await all.close(1000);
  assert.deepEqual(titles, ["helium: immich failed, 2 recovered"]);
  assert.deepEqual(warnings, []);
});

Deno.test("what may pass is tried three times, and told then without secrets", async () => {
  const { titles, channel: test } = channel(passing, passing, () => Promise.resolve());
  const worked = notifier([test]);
  worked.notifier.send([FAILED]);
  await worked.notifier.close(1000);
  assert.deepEqual([titles.length, worked.warnings], [3, []]);

  const away = channel(passing);
  const failed = notifier([away.channel]);
  failed.notifier.send([FAILED]);
  await failed.notifier.close(1000);
  assert.equal(away.titles.length, 3);
  assert.deepEqual(failed.warnings, ["notification by the test failed: it is busy with ***"]);
});

Deno.test("what does not pass is tried once, and told with what to do", async () => {
  const { titles, channel: test } = channel(lasting);
  const { notifier: one, warnings } = notifier([test]);
  one.send([FAILED]);
  await one.close(1000);
  assert.equal(titles.length, 1);
  assert.deepEqual(warnings, ["notification by the test failed: wrong token *** (mend it)"]);
});

Deno.test("a channel that throws anything else, or makes no body, is only a warning", async () => {
  const throws = () => {
    throw new TypeError("x is not a function");
  };
  const { channel: test } = channel(throws);
  const { notifier: one, warnings } = notifier([test]);
  one.send([FAILED]);
  await one.close(1000);
  assert.deepEqual(warnings, ["notification by the test failed: x is not a function"]);
});

Deno.test("one channel waits for no other, and messages of one come in their order", async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const slow = channel(() => promise, () => Promise.resolve());
  const fast = channel();
  const { notifier: both } = notifier([slow.channel, fast.channel]);
  for (const stack of ["a", "b"]) both.send([{ ...FAILED, stack }]);
  await new Promise((done) => setTimeout(done, 5));
  assert.deepEqual([slow.titles.length, fast.titles.length], [1, 2]);
  resolve();
  await both.close(1000);
  assert.deepEqual(slow.titles, ["helium: a failed", "helium: b failed"]);
});

Deno.test("a service that does not answer in time is asked again, and then a warning", async () => {
  const { titles, channel: test } = channel(silent);
  const { notifier: one, warnings } = notifier([{ ...test, timeout: 10 }]);
  one.send([FAILED]);
  await one.close(1000);
  assert.equal(titles.length, 3);
  assert.deepEqual(warnings, ["notification by the test failed: the test did not answer within 1 s"]);
});

Deno.test("the end waits no longer than it may, and says what was not sent", async () => {
  const { channel: test } = channel(silent);
  const { notifier: one, warnings } = notifier([test], { pace: { ...PACE, within: 60_000 } });
  one.send([FAILED]);
  one.send([FAILED]);
  await one.close(20);
  assert.deepEqual(warnings, Array(2).fill("notification by the test failed: there was no time left"));
});

Deno.test("of what waits for a channel that is away, the oldest goes", async () => {
  const { channel: test } = channel(silent);
  const { notifier: one, warnings } = notifier([test]);
  for (let index = 0; index < 23; index++) one.send([{ ...FAILED, stack: `s${index}` }]);
  assert.deepEqual(warnings, [
    "notification by the test failed: too many wait; left out: helium: s1 failed",
    "notification by the test failed: too many wait; left out: helium: s2 failed",
  ]);
  await one.close(0);
});

Deno.test("a credential is looked up once a message, and when it is missing that is the warning", async () => {
  const token = fromEnv("TOKEN");
  let asked = 0;
  const { channel: test } = channel(async (_, { credential }) => {
    await credential(token);
    await passing();
  });
  const { notifier: one, warnings } = notifier([test], {
    credential: (reference) => {
      asked++;
      assert.equal(reference, token);
      if (asked > 1) throw new HomeportError("no credential: variable TOKEN is not set");
      return Promise.resolve("hunter2");
    },
  });
  one.send([FAILED]);
  one.send([FAILED]);
  await one.close(1000);
  assert.equal(asked, 2);
  assert.equal(warnings[1], "notification by the test failed: no credential: variable TOKEN is not set");
});

Deno.test("a test goes to every channel once, whatever it is told of, and says of each what came of it", async () => {
  const good = channel();
  const bad = channel(passing);
  const { notifier: both, warnings } = notifier([{ ...good.channel, on: ["pruned"] }, bad.channel]);
  const results = await both.test(new AbortController().signal);
  assert.deepEqual(results.map(({ channel, error }) => [channel, error?.message]), [
    ["the test", undefined],
    ["the test", "it is busy with ***"],
  ]);
  assert.deepEqual([good.titles.length, bad.titles.length, warnings], [1, 1, []]);
});

import assert from "node:assert/strict";
import type { ChangeKind, ChannelFilter } from "../../lib/config/notification.ts";
import { makeNotification, pick } from "../../lib/notify/make_notification.ts";
import { textOf } from "../../lib/notify/text.ts";
import type { StackChange } from "../../lib/reconcile/news/stack_change.ts";
import { Redactor } from "../../lib/secret.ts";

const NOW = new Date("2026-01-02T03:04:05Z");

function notification(changes: readonly StackChange[], redact = (text: string) => text) {
  return makeNotification(changes, { host: "helium", now: NOW, redact });
}

function of(kind: ChangeKind, stack: string): StackChange {
  return { kind, stack, message: "why" };
}

const TITLES: readonly [readonly StackChange[], string, string][] = [
  [[of("failed", "immich")], "helium: immich failed", "error"],
  [
    [of("recovered", "a"), of("failed", "immich"), of("recovered", "b")],
    "helium: immich failed, 2 recovered",
    "error",
  ],
  [[of("held", "a"), of("rolled-back", "b")], "helium: b rolled back, a held", "warning"],
  [[of("deployed", "a"), of("pruned", "b")], "helium: a deployed, b pruned", "success"],
  [[of("update-available", "a"), of("update-available", "b")], "helium: 2 can be updated", "info"],
  [[{ kind: "failed", about: "repository", message: "x" }], "helium: repository unreachable", "error"],
  [
    [{ kind: "recovered", about: "engine", message: "x" }, of("failed", "a")],
    "helium: Docker Engine back, a failed",
    "error",
  ],
  [[{ kind: "held", about: "host", message: "x" }], "helium: prune waits to be confirmed", "warning"],
];

for (const [changes, title, severity] of TITLES) {
  Deno.test(`a title says the most of it: ${title}`, () => {
    const made = notification(changes);
    assert.deepEqual([made.title, made.severity, made.at], [title, severity, "2026-01-02T03:04:05.000Z"]);
  });
}

const ALL: readonly StackChange[] = [
  of("failed", "a"),
  of("deployed", "a"),
  of("deployed", "b"),
  { kind: "failed", about: "engine", message: "x" },
];

const PICKED: readonly [string, ChannelFilter, readonly number[]][] = [
  ["all but what was deployed", {}, [0, 3]],
  ["the kinds that it names", { on: ["deployed"] }, [1, 2]],
  ["the stacks that it names, and then nothing of the host", { stacks: ["a"] }, [0]],
  ["both", { on: ["deployed", "failed"], stacks: ["b"] }, [2]],
];

for (const [name, filter, expected] of PICKED) {
  Deno.test(`a channel is told of ${name}`, () => {
    assert.deepEqual(pick(ALL, filter), expected.map((index) => ALL[index]));
  });
}

Deno.test("secrets are masked before anything is shortened, also those of several lines", () => {
  const redactor = new Redactor();
  redactor.add(["hunter2-hunter2", "first half\nsecond half"]);
  const change: StackChange = {
    kind: "failed",
    stack: "a",
    message: `${"x".repeat(150)}hunter2-hunter2`,
    details: ["password: hunter2-hunter2", "first half", "second half", "and more"],
    commit: "c1",
    author: "hunter2-hunter2",
    subject: "Set hunter2-hunter2",
  };
  const made = notification([change], (text) => redactor.redact(text));
  assert.doesNotMatch(JSON.stringify(made), /hunter|half/);
  for (const most of [10_000, 300, 200, 170]) assert.doesNotMatch(textOf(made, { most }), /hunter|half/);
});

Deno.test("colours of a terminal, control characters and halves of characters do not get out", () => {
  const made = notification([{
    kind: "failed",
    stack: "a",
    message: "\x1b[31mred\x1b[0m\x07 and\ttab\r\nSubject: injected",
    details: ["\u202eesrever\u2028next", "", "half \ud83d", "\x1b]0;title\x07shown"],
  }]);
  const [{ message, details }] = made.changes as [StackChange];
  assert.deepEqual(
    [message, ...details!],
    ["red and tab", "Subject: injected", "esrever next", "half \ufffd", "shown"],
  );
});

const LONG = notification([
  {
    kind: "failed",
    stack: "a",
    message: "why",
    details: ["→ do this", ...Array.from({ length: 50 }, (_, index) => `log ${index}`)],
    commit: "c0ffee12345",
  },
  of("recovered", "b"),
]);

Deno.test("what does not fit loses details first: of these the first and the last stay longest", () => {
  assert.equal(
    textOf(LONG, { most: 160 }),
    [
      "✗ a failed: why",
      "  → do this",
      "  log 0",
      "  log 1",
      "  …",
      "  log 47",
      "  log 48",
      "  log 49",
      "✓ b recovered: why",
      "c0ffee1",
    ].join("\n"),
  );
  assert.equal(textOf(LONG, { most: 50 }), ["✗ a failed: why", "✓ b recovered: why", "c0ffee1"].join("\n"));
  assert.equal(textOf(LONG, { most: 35 }), ["✗ a failed: why", "… and 1 more"].join("\n"));
});

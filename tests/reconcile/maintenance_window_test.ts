import assert from "node:assert/strict";
import type { ValidWindow } from "../../lib/config/valid_config.ts";
import { openWindow } from "../../lib/reconcile/loop/maintenance_window.ts";

const HOUR = 3_600_000;
const WEEKEND: ValidWindow = { cron: "0 18 * * 5", duration: 60 * HOUR, timeZone: "UTC" };
const NIGHT: ValidWindow = { cron: "0 22 * * *", duration: 2 * HOUR, timeZone: "UTC" };
const LATER: ValidWindow = { cron: "0 23 * * *", duration: 3 * HOUR, timeZone: "UTC" };
const BERLIN: ValidWindow = { cron: "0 2 * * *", duration: HOUR, timeZone: "Europe/Berlin" };

const CASES: readonly [string, readonly ValidWindow[], string, string | undefined][] = [
  ["none", [], "2026-01-02T18:00:00Z", undefined],
  ["one that has not opened", [WEEKEND], "2026-01-02T17:59:59.999Z", undefined],
  ["one that opens now", [WEEKEND], "2026-01-02T18:00:00Z", "2026-01-02T18:00 2026-01-05T06:00"],
  ["one that is open", [WEEKEND], "2026-01-05T05:59:59.999Z", "2026-01-02T18:00 2026-01-05T06:00"],
  ["one that closes now", [WEEKEND], "2026-01-05T06:00:00Z", undefined],
  ["two of which one is open", [NIGHT, WEEKEND], "2026-01-06T22:30:00Z", "2026-01-06T22:00 2026-01-07T00:00"],
  ["two that overlap", [LATER, NIGHT], "2026-01-06T23:30:00Z", "2026-01-06T22:00 2026-01-07T02:00"],
  ["two that will overlap", [LATER, NIGHT], "2026-01-06T22:30:00Z", "2026-01-06T22:00 2026-01-07T02:00"],
  ["one in another time zone", [BERLIN], "2026-01-02T01:30:00Z", "2026-01-02T01:00 2026-01-02T02:00"],
  [
    "one whose hour is left out in spring",
    [BERLIN],
    "2026-03-29T01:30:00Z",
    "2026-03-29T01:00 2026-03-29T02:00",
  ],
];

for (const [name, windows, now, expected] of CASES) {
  Deno.test(`of ${name}, the open window at ${now} is ${expected ?? "none"}`, () => {
    const open = openWindow(windows, new Date(now));
    const text = open &&
      `${open.openedAt.toISOString().slice(0, 16)} ${open.closesAt.toISOString().slice(0, 16)}`;
    assert.equal(text, expected);
  });
}

Deno.test("a window that never closes is open, and looked at no longer than it takes", () => {
  const always: ValidWindow = { cron: "* * * * *", duration: HOUR, timeZone: "UTC" };
  const now = new Date("2026-01-02T03:04:05Z");
  assert.ok(openWindow([always], now)!.closesAt > now);
});

import assert from "node:assert/strict";
import { formatDuration, parseDuration } from "../../lib/compose/duration.ts";

const HOUR = 3_600_000_000_000;

for (
  const [text, nanoseconds, printed] of [
    ["90s", 90_000_000_000, "1m30s"],
    ["1h30m", 1.5 * HOUR, "1h30m0s"],
    ["1.5h", 1.5 * HOUR, "1h30m0s"],
    ["-2ms", -2_000_000, "-2ms"],
    ["0", 0, "0s"],
    ["2d", 48 * HOUR, "48h0m0s"],
    ["87600h", 87_600 * HOUR, "87600h0m0s"],
    ["10000h0.001us", undefined, undefined],
    ["10", undefined, undefined],
    ["10 s", undefined, undefined],
    ["", undefined, undefined],
  ] as const
) {
  Deno.test(`the length of time ${JSON.stringify(text)} is ${printed ?? "refused"}`, () => {
    assert.equal(parseDuration(text), nanoseconds);
    if (nanoseconds !== undefined) assert.equal(formatDuration(nanoseconds), printed);
  });
}

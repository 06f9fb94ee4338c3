import assert from "node:assert/strict";
import { findCronFault, findTimeZoneFault, nextRun } from "../../lib/config/cron.ts";

const TIMES: readonly (readonly [
  what: string,
  expression: string,
  timeZone: string,
  after: string,
  expected: readonly string[],
])[] = [
  ["every day", "30 4 * * *", "UTC", "2026-01-01T04:29Z", ["2026-01-01T04:30Z", "2026-01-02T04:30Z"]],
  ["never the time that it is asked for", "30 4 * * *", "UTC", "2026-01-01T04:30Z", ["2026-01-02T04:30Z"]],
  ["in another zone", "30 4 * * *", "Europe/Berlin", "2026-01-01T00:00Z", ["2026-01-01T03:30Z"]],
  ["on a day of the week", "0 18 * * fri", "UTC", "2026-01-01T00:00Z", [
    "2026-01-02T18:00Z",
    "2026-01-09T18:00Z",
  ]],
  ["7 is a Sunday as well", "0 18 * * 7", "UTC", "2026-01-01T00:00Z", ["2026-01-04T18:00Z"]],
  ["on either day, where both are given", "0 0 3 * 5", "UTC", "2026-01-01T00:00Z", [
    "2026-01-02T00:00Z",
    "2026-01-03T00:00Z",
    "2026-01-09T00:00Z",
  ]],
  ["by a name", "@monthly", "UTC", "2026-01-15T00:00Z", ["2026-02-01T00:00Z"]],
  ["on a day that comes every four years", "0 0 29 2 *", "UTC", "2026-01-01T00:00Z", ["2028-02-29T00:00Z"]],
  [
    "an hour later where spring leaves it out",
    "30 2 * * *",
    "Europe/Berlin",
    "2026-03-28T02:00Z",
    ["2026-03-29T01:00Z", "2026-03-30T00:30Z"],
  ],
  [
    "once where it comes twice in autumn",
    "30 2 * * *",
    "Europe/Berlin",
    "2026-10-24T12:00Z",
    ["2026-10-25T00:30Z", "2026-10-26T01:30Z"],
  ],
  [
    "every hour, also while the clock goes back",
    "30 * * * *",
    "Europe/Berlin",
    "2026-10-25T00:00Z",
    ["2026-10-25T00:30Z", "2026-10-25T01:30Z", "2026-10-25T02:30Z"],
  ],
  [
    "at the same time of the day after the change",
    "30 4 * * *",
    "America/New_York",
    "2026-03-07T00:00Z",
    ["2026-03-07T09:30Z", "2026-03-08T08:30Z", "2026-03-09T08:30Z"],
  ],
  [
    "where the change is half an hour",
    "15 2 * * *",
    "Australia/Lord_Howe",
    "2026-10-03T00:00Z",
    ["2026-10-03T15:30Z", "2026-10-04T15:15Z"],
  ],
];

for (const [what, expression, timeZone, after, expected] of TIMES) {
  Deno.test(`the next time of ${expression}: ${what}`, () => {
    const found: string[] = [];
    let last = new Date(after);
    while (found.length < expected.length) {
      last = nextRun(expression, { timeZone, after: last })!;
      found.push(last.toISOString().replace(":00.000Z", "Z"));
    }
    assert.deepEqual(found, expected);
  });
}

Deno.test("the next time comes to the second, whatever milliseconds it is asked at", () => {
  const after = new Date("2026-01-01T04:29:59.999Z");
  const next = nextRun("30 4 * * *", { timeZone: "UTC", after });
  assert.equal(next?.toISOString(), "2026-01-01T04:30:00.000Z");
});

Deno.test("a day that no month has never comes", () => {
  assert.equal(nextRun("0 0 30 2 *", { timeZone: "UTC", after: new Date("2026-01-01") }), undefined);
});

const FAULTS: readonly (readonly [expression: string, fault: RegExp | undefined])[] = [
  ["30 4 * * *", undefined],
  ["  30   4 * * mon-fri ", undefined],
  ["*/15 0-6,22 * jan-mar *", undefined],
  ["0 4 L * *", undefined],
  ["@weekly", undefined],
  ["", /"" is no time of cron: five fields are wanted, and it has 0$/],
  ["daily", /five fields are wanted, and it has 1$/],
  ["30 4 * *", /five fields are wanted, and it has 4$/],
  ["0 30 4 * * *", /five fields are wanted, and it has 6$/],
  ["2026-11-21T00:00:00", /five fields are wanted, and it has 1$/],
  ["61 4 * * *", /Invalid value for minute: 61$/],
  ["a 4 * * *", /illegal characters/],
  ["*/0 4 * * *", /illegal stepping: 0$/],
  ["? 4 * * *", /"\?" is not for here, "\*" is$/],
  ["0 0 30 2 *", /that never comes$/],
  ["@never", /is no time of cron: /],
];

for (const [expression, fault] of FAULTS) {
  Deno.test(`${JSON.stringify(expression)} as a time of cron is ${fault ? "refused" : "taken"}`, () => {
    const found = findCronFault(expression);
    if (fault === undefined) assert.equal(found, undefined);
    else assert.match(found?.message ?? "taken", fault);
  });
}

for (const zone of ["UTC", "Europe/Berlin", "America/Argentina/Buenos_Aires"]) {
  Deno.test(`${zone} is a time zone`, () => assert.equal(findTimeZoneFault(zone), undefined));
}

for (const zone of ["", "Europe/Nowhere", "+02:00", "Mars"]) {
  Deno.test(`${JSON.stringify(zone)} is not a time zone`, () => {
    assert.equal(findTimeZoneFault(zone)?.message, `${JSON.stringify(zone)} is not a time zone`);
  });
}

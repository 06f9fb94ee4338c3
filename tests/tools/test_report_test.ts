import assert from "node:assert/strict";
import { countResults, formatSummary, sumOf } from "../../tools/test_report.ts";

const report = (...cases: string[]): string =>
  `<testsuites><testsuite>${cases.join("\n")}</testsuite></testsuites>`;
const PASSED = `<testcase name="a &gt; b" classname="./x_test.ts" time="0.1" line="1" col="6">\n</testcase>`;
const STEP = `<testcase name="a &gt; b &gt; step" classname="./x_test.ts" time="0.1">\n</testcase>`;
const FAILED =
  `<testcase name="c" classname="./x_test.ts"><failure message="m">Error: &lt;testcase&gt;</failure></testcase>`;
const SKIPPED =
  `<testcase name="d (skipped: no &quot;x&quot; (or y))" classname="./x_test.ts"><skipped/></testcase>`;
const UNEXPLAINED = `<testcase name="e" classname="./x_test.ts"><skipped/></testcase>`;

Deno.test("passed, failed and skipped tests are counted, and their steps are not", () => {
  const { passed, failed, skipped } = countResults(report(PASSED, FAILED, SKIPPED, STEP), 1);
  assert.deepEqual({ passed, failed, skipped: skipped.length }, {
    passed: 1,
    failed: ["c"],
    skipped: 1,
  });
});

Deno.test("a run that failed without a failed test counts as one failure", () => {
  assert.equal(countResults(report(PASSED), 1).failed.length, 1);
  assert.equal(countResults(undefined, 1).failed.length, 1);
  assert.equal(countResults(report(PASSED), 0).failed.length, 0);
});

Deno.test("the results of several processes are one result", () => {
  const parts = [
    countResults(report(PASSED, SKIPPED), 0),
    countResults(report(FAILED), 1),
    countResults(undefined, 2),
  ];
  const { passed, failed, skipped } = sumOf(parts);
  assert.equal(passed, 1);
  assert.deepEqual(skipped.map(({ name }) => name), ["d"]);
  assert.deepEqual(formatSummary({ passed, failed, skipped: [] }), [
    "",
    "Failed:",
    "  c",
    "  a file that cannot be loaded, or a process that ended with 2: see above",
    "",
  ]);
});

Deno.test("the summary lists skipped tests below their reasons", () => {
  assert.deepEqual(formatSummary(countResults(report(SKIPPED, UNEXPLAINED), 0)), [
    "",
    "Skipped:",
    '  1 × no "x" (or y)',
    "      d",
    "  1 × the test gives no reason",
    "      e",
    "",
  ]);
  assert.deepEqual(formatSummary(countResults(report(PASSED), 0)), []);
});

/** What a run of `deno test` gave, read from its JUnit report. */

export interface TestCounts {
  readonly passed: number;
  /** A name each. */
  readonly failed: readonly string[];
  readonly skipped: readonly SkippedTest[];
}

export interface SkippedTest {
  readonly name: string;
  readonly reason: string;
}

/** Without a report, or with one that shows no failure where the run failed, a file could not be loaded: that counts as a failure. */
export function countResults(report: string | undefined, exitCode: number): TestCounts {
  const tests = withoutSteps(casesOf(report ?? ""));
  const skipped = tests.filter(({ body }) => body.includes("<skipped")).map(({ name }) => skippedTest(name));
  const failures = tests.filter(({ body }) => /<(failure|error)\b/.test(body)).map(({ name }) => name);
  const failed = failures.length === 0 && exitCode !== 0
    ? [`a file that cannot be loaded, or a process that ended with ${exitCode}: see above`]
    : failures;
  return { passed: tests.length - failures.length - skipped.length, failed, skipped };
}

/** Of processes that ran a part of the tests each. */
export function sumOf(counts: readonly TestCounts[]): TestCounts {
  return {
    passed: counts.reduce((sum, { passed }) => sum + passed, 0),
    failed: counts.flatMap(({ failed }) => failed),
    skipped: counts.flatMap(({ skipped }) => skipped),
  };
}

/** The skipped tests by reason, and those that failed; no lines when all passed. */
export function formatSummary({ failed, skipped }: TestCounts): string[] {
  const reasons = Map.groupBy(skipped, ({ reason }) => reason);
  const lines = [...reasons].flatMap(([reason, tests]) => [
    `  ${tests.length} × ${reason}`,
    ...tests.map(({ name }) => `      ${name}`),
  ]);
  return [
    ...section("Skipped:", lines),
    ...section("Failed:", failed.map((name) => `  ${name}`)),
  ];
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ["", title, ...lines, ""];
}

interface TestCase {
  readonly file: string;
  readonly name: string;
  /** What the report says about it: nothing when it passed. */
  readonly body: string;
}

function casesOf(report: string): TestCase[] {
  return [...report.matchAll(/<testcase\b([^>]*?)(?:\/>|>([\s\S]*?)<\/testcase>)/g)].map((
    [, attributes, body],
  ) => ({
    file: attribute(attributes!, "classname"),
    name: attribute(attributes!, "name"),
    body: body ?? "",
  }));
}

/** Deno reports a step as a test of its own, named `test > step`; the test tells what became of it. */
function withoutSteps(cases: readonly TestCase[]): TestCase[] {
  const names = new Set(cases.map(({ file, name }) => `${file}: ${name}`));
  return cases.filter(({ file, name }) => {
    const parts = name.split(" > ");
    return !parts.some((_, index) => index > 0 && names.has(`${file}: ${parts.slice(0, index).join(" > ")}`));
  });
}

function skippedTest(name: string): SkippedTest {
  const match = /^(.*) \(skipped: (.*)\)$/.exec(name);
  return match === null
    ? { name, reason: "the test gives no reason" }
    : { name: match[1]!, reason: match[2]! };
}

function attribute(attributes: string, name: string): string {
  const value = new RegExp(`\\b${name}="([^"]*)"`).exec(attributes)?.[1] ?? "";
  const entities: Readonly<Record<string, string>> = { lt: "<", gt: ">", quot: '"', apos: "'", amp: "&" };
  return value.replace(/&(lt|gt|quot|apos|amp);/g, (_, entity: string) => entities[entity]!);
}

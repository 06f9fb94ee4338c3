/** What a run of `deno test` gave, read from its JUnit report. */

export interface TestCounts {
  readonly passed: number;
  readonly failed: number;
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
  const failures = tests.filter(({ body }) => /<(failure|error)\b/.test(body)).length;
  const failed = failures === 0 && exitCode !== 0 ? 1 : failures;
  return { passed: tests.length - failures - skipped.length, failed, skipped };
}

/** The skipped tests by reason; no lines when none was. */
export function formatSummary({ skipped }: TestCounts): string[] {
  if (skipped.length === 0) return [];
  const reasons = Map.groupBy(skipped, ({ reason }) => reason);
  const lines = [...reasons].flatMap(([reason, tests]) => [
    `  ${tests.length} × ${reason}`,
    ...tests.map(({ name }) => `      ${name}`),
  ]);
  return ["", "Skipped:", ...lines, ""];
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

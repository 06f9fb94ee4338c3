/**
 * `deno task faults [WORD…] [--quick]`
 *
 * Breaks what Homeport depends on, in every way that a real engine, Git server, registry and disk can break, and looks at what is there in
 * the end. Words pick cases; without any, `docs/reliability.md` is written. `--quick`: of the points of a `kill -9`, every fifth.
 */
import { type CleanUp, withCleanUp } from "../../tools/clean_up.ts";
import { say } from "../../tools/terminal.ts";
import { acquireSite } from "./acquire_site.ts";
import type { FaultCase } from "./case.ts";
import { FAULT_CASES } from "./cases/all.ts";
import { type CaseResult, formatResults } from "./report.ts";
import { writeSection } from "./reliability_document.ts";
import type { Site } from "./world.ts";

if (import.meta.main) Deno.exit(await withCleanUp((cleanUp) => main(Deno.args, cleanUp)));

async function main(args: readonly string[], cleanUp: CleanUp): Promise<number> {
  const words = args.filter((arg) => !arg.startsWith("--"));
  const isQuick = args.includes("--quick");
  const picked = FAULT_CASES.filter(({ group, intent }) =>
    words.length === 0 || words.some((word) => `${group}: ${intent}`.includes(word))
  );
  const site = await acquireSite({ program: "bundle", stride: isQuick ? 5 : 1 }, cleanUp);
  if ("missing" in site) {
    say(`Cannot break anything: ${site.missing}`);
    return 1;
  }
  const results: CaseResult[] = [];
  for (const each of picked) {
    if (cleanUp.signal.aborted) return 130;
    const result = await runCase(each, site, cleanUp.signal);
    results.push(result);
    const { group, intent, seconds, detail, failure } = result;
    const suffix = [`${seconds.toFixed(0)} s`, ...(detail === undefined ? [] : [detail])].join(", ");
    say(`${failure === undefined ? "✔" : "✘"} ${group}: ${intent} (${suffix})`);
    if (failure !== undefined) say(failure.replace(/^/gm, "    "));
  }
  const failed = results.filter(({ failure }) => failure !== undefined).length;
  if (words.length === 0) await writeSection("Faults", formatResults(results, site.engine.version));
  say(`${results.length - failed} of ${results.length} cases hold`);
  return failed === 0 ? 0 : 1;
}

async function runCase(fault: FaultCase, site: Site, signal: AbortSignal): Promise<CaseResult> {
  const { group, intent } = fault;
  const begun = performance.now();
  const seconds = () => (performance.now() - begun) / 1000;
  try {
    const detail = await Promise.race([fault.run(site), interrupted(signal)]);
    return { group, intent, seconds: seconds(), ...(detail !== undefined && { detail }) };
  } catch (error) {
    const failure = error instanceof Error ? error.stack ?? error.message : String(error);
    return { group, intent, seconds: seconds(), failure };
  }
}

function interrupted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) =>
    signal.addEventListener("abort", () => reject(signal.reason), { once: true })
  );
}

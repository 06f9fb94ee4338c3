/**
 * `deno task faults [WORD…] [--quick] [--lanes=N]`
 *
 * Breaks what Homeport depends on, in every way that a real engine, Git server, registry and disk can break, and looks at what is there in
 * the end. Words pick cases; without any, `docs/reliability.md` is written. `--quick`: of the points of a `kill -9`, every fifth.
 * `--lanes`: so many cases at once, each lane with an engine of its own.
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
  const lanes = Number(args.find((arg) => arg.startsWith("--lanes="))?.slice("--lanes=".length) ?? 1);
  const sites: Site[] = [];
  for (let lane = 0; lane < lanes; lane++) {
    const site = await acquireSite({ program: "bundle", stride: isQuick ? 5 : 1 }, cleanUp);
    if ("missing" in site) {
      say(`Cannot break anything: ${site.missing}`);
      return 1;
    }
    sites.push(site);
  }
  const waiting = [...picked];
  const done = new Map<FaultCase, CaseResult>();
  await Promise.all(sites.map(async (site) => {
    for (let next = waiting.shift(); next !== undefined && !site.signal.aborted; next = waiting.shift()) {
      const result = await runCase(next, site);
      done.set(next, result);
      show(result);
    }
  }));
  if (cleanUp.signal.aborted) return 130;
  const results = picked.map((each) => done.get(each)!);
  const failed = results.filter(({ failure }) => failure !== undefined).length;
  if (words.length === 0) await writeSection("Faults", formatResults(results, sites[0]!.engine.version));
  say(`${results.length - failed} of ${results.length} cases hold`);
  return failed === 0 ? 0 : 1;
}

function show({ group, intent, seconds, detail, failure }: CaseResult): void {
  const suffix = [`${seconds.toFixed(0)} s`, ...(detail === undefined ? [] : [detail])].join(", ");
  say(`${failure === undefined ? "✔" : "✘"} ${group}: ${intent} (${suffix})`);
  if (failure !== undefined) say(failure.replace(/^/gm, "    "));
}

async function runCase(fault: FaultCase, site: Site): Promise<CaseResult> {
  const { group, intent } = fault;
  const begun = performance.now();
  const seconds = () => (performance.now() - begun) / 1000;
  try {
    const detail = await fault.run(site);
    return { group, intent, seconds: seconds(), ...(detail !== undefined && { detail }) };
  } catch (error) {
    const failure = error instanceof Error ? error.stack ?? error.message : String(error);
    return { group, intent, seconds: seconds(), failure };
  }
}

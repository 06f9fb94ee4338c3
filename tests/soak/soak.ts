/**
 * `deno task soak [day | live] [--minutes N] [--seed N] [--source]`
 *
 * A day of the loop with a simulated clock, and `--minutes` (20) of `homeport run` on a real engine with random faults. Without words both
 * are done, and `docs/reliability.md` is written. The executable is used where one can be compiled (`DENORT_BIN`), else the source.
 */
import { type CleanUp, withCleanUp } from "../../tools/clean_up.ts";
import { say } from "../../tools/terminal.ts";
import { acquireSite } from "../faults/acquire_site.ts";
import { writeSection } from "../faults/reliability_document.ts";
import { liveThrough } from "./live.ts";
import { Random } from "./random.ts";
import { formatParts, type Part } from "./report.ts";
import { simulateDays } from "./simulated_day.ts";

if (import.meta.main) Deno.exit(await withCleanUp((cleanUp) => main(Deno.args, cleanUp)));

async function main(args: readonly string[], cleanUp: CleanUp): Promise<number> {
  const words = args.filter((arg, index) =>
    !arg.startsWith("--") && !/^--(minutes|seed)$/.test(args[index - 1] ?? "")
  );
  const isPicked = (word: string) => words.length === 0 || words.includes(word);
  const minutes = numberOf(args, "--minutes") ?? 20;
  const seed = numberOf(args, "--seed") ?? crypto.getRandomValues(new Uint32Array(1))[0]! % 1_000_000;
  say(`seed ${seed}`);
  const parts: Part[] = [];
  if (isPicked("day")) parts.push(show(await day(seed)));
  if (isPicked("live")) {
    const kind = Deno.env.get("DENORT_BIN") === undefined || args.includes("--source")
      ? "bundle"
      : "executable";
    const site = await acquireSite({ program: kind, stride: 1 }, cleanUp);
    if ("missing" in site) {
      say(`Cannot live through anything: ${site.missing}`);
      return 1;
    }
    parts.push(show(await liveThrough(site, { kind, minutes, seed, signal: cleanUp.signal })));
  }
  const machine =
    `Last run: ${new Date().toISOString().slice(0, 10)}, ${navigator.hardwareConcurrency} cores, Deno ` +
    `${Deno.version.deno}, seed ${seed}.`;
  if (words.length === 0) await writeSection("Soak", formatParts(parts, machine));
  return parts.every(({ findings }) => findings.every(({ holds }) => holds)) ? 0 : 1;
}

async function day(seed: number): Promise<Part> {
  return {
    title: "A simulated day",
    text:
      "24 hours of the loop over 12 stacks, with a clock and an engine in memory: every other minute somebody removes or ends a " +
      "container, every tenth there is a push, 2 % of the operations fail, the remote and the engine go away and come back.",
    findings: await simulateDays(1, new Random(seed)),
  };
}

function show(part: Part): Part {
  for (const { what, measured, bound, holds } of part.findings) {
    say(`${holds ? "✔" : "✘"} ${part.title}: ${what}: ${measured} (${bound})`);
  }
  return part;
}

function numberOf(args: readonly string[], option: string): number | undefined {
  const index = args.indexOf(option);
  if (index < 0) return undefined;
  const value = Number(args[index + 1]);
  if (!(value > 0)) throw new Error(`${option} wants a number`);
  return value;
}

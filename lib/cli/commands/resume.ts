import type { Command } from "@commander-js/extra-typings";
import type { ResumeReport } from "../app.ts";
import type { CommandContext } from "../context.ts";
import { getHost } from "../get_host.ts";
import { interruptible } from "../interruption.ts";
import { stacksOf } from "./suspend.ts";

const EXAMPLES = `
Ends what keeps stacks as they are: a suspension by homeport suspend, and a hold
after a rollback or after drift that came again and again. The next pass makes
them what Git says; homeport run makes it at once. Exit code 1: one is suspended
all the same.

Examples:
  homeport resume immich
  homeport resume --all
`;

export function addResume(program: Command, context: CommandContext): void {
  program.command("resume")
    .description("End suspensions and holds of stacks.")
    .argument("[stacks...]", "names of stacks")
    .option("--all", "every stack of the host")
    .option("--host <name>", "the host (default: the one with this machine's hostname)")
    .option("--json", "print JSON")
    .addHelpText("after", EXAMPLES)
    .action(async (names, { all, host: named, json }) => {
      const { app, io } = context;
      const stacks = stacksOf("resume", names, all);
      const report = await interruptible(io, (signal) =>
        app.resume({
          host: getHost(app, named),
          ...(stacks !== undefined && { stacks }),
          signal,
          onWait: (holder) => io.stderr(`waiting for ${holder}\n`),
        }));
      for (const name of report.unknown) io.stderr(`warning: no stack ${name} is known here\n`);
      if (report.fault !== undefined) {
        io.stderr(`error: It is not known which stacks are held: ${report.fault}\n`);
        context.exitCode = 1;
      }
      io.stdout(json ? `${JSON.stringify(report, null, 2)}\n` : format(report, stacks === undefined));
      if (report.stacks.some(({ still }) => still !== undefined)) context.exitCode = 1;
    });
}

function format({ stacks, all }: ResumeReport, areAll: boolean): string {
  const shown = areAll ? stacks.filter(({ was, still }) => was.length > 0 || still !== undefined) : stacks;
  const lines = shown.map(({ name, was, still }) => {
    const ended = was.length === 0
      ? "was neither suspended nor held"
      : `resumed (it was ${was.join(" and ")})`;
    return `${name}: ${still === undefined ? ended : `still suspended: ${still}`}\n`;
  });
  if (lines.length === 0) return all ? "all stacks: resumed\n" : "No stack was suspended or held.\n";
  return lines.join("");
}

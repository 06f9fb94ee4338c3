import type { Command } from "@commander-js/extra-typings";
import { resolve } from "node:path";
import { formatError, type HomeportError } from "../../errors.ts";
import type { StackWarning } from "../../stacks/desired_stack.ts";
import type { CheckReport } from "../app.ts";
import type { CommandContext } from "../context.ts";
import { getHost } from "../get_host.ts";
import { formatWarning } from "../warning.ts";
import { count } from "../wording.ts";

const EXAMPLES = `
Needs neither Docker nor a network, so it suits a pre-commit hook. Secrets are
not fetched: placeholders stand in for them.

Examples:
  homeport check                       the stacks below the working folder
  homeport check --path ~/homelab
  homeport check --host helium
`;

export function addCheck(program: Command, context: CommandContext): void {
  program.command("check")
    .description("Check the configuration, and every stack of a local checkout.")
    .option("--path <folder>", "a checkout of the repository (default: working folder)")
    .option("--host <name>", "check this host only (default: all hosts)")
    .addHelpText("after", EXAMPLES)
    .action(async ({ path, host }) => {
      const { app, io } = context;
      const report = await app.check({
        folder: resolve(path ?? "."),
        isAssumed: path === undefined,
        ...(host !== undefined && { host: getHost(app, host) }),
      });
      io.stdout(formatReport(report));
      if (report.problems.length > 0) {
        io.stderr(`${formatProblems(report.problems)}\n`);
        context.exitCode = 2;
      }
    });
}

function formatReport({ hosts, warnings, problems }: CheckReport): string {
  const lines = [
    ...hosts.flatMap(({ host, stacks, skipped }) => [
      `${host}: ${count(stacks.length, "stack")}`,
      ...skipped.map((folder) => `  skipped: ${folder} has no Compose file`),
    ]),
    ...warnings.map((warning: StackWarning) => `warning: ${formatWarning(warning)}`),
    `${problems.length === 0 ? "no problems" : count(problems.length, "problem")}, ${
      count(warnings.length, "warning")
    }`,
  ];
  return `${lines.join("\n")}\n`;
}

function formatProblems(problems: readonly HomeportError[]): string {
  return problems.map(formatError).join("\n");
}

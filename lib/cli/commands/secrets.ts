import type { Command } from "@commander-js/extra-typings";
import type { SecretUse } from "../../stacks/secret_usage.ts";
import type { SecretsReport } from "../app.ts";
import type { CommandContext } from "../context.ts";
import { getHost } from "../get_host.ts";
import { interruptible } from "../interruption.ts";
import type { Io } from "../io.ts";
import { paint } from "../paint.ts";
import { notices } from "../progress/notices.ts";
import { formatTable } from "../table.ts";
import { count } from "../wording.ts";

const EXAMPLES = `
Names only, never values. A name is listed when a stack's files use it and a
secrets provider has it, or nothing has it.

Examples:
  homeport secrets
  homeport secrets --host helium
  homeport secrets --json | jq '.stacks[].secrets[] | select(.state != "found")'
`;

export function addSecrets(program: Command, context: CommandContext): void {
  program.command("secrets")
    .description("Show which secrets each stack uses, and which provider has them.")
    .option("--host <name>", "the host (default: the one with this machine's hostname)")
    .option("--offline", "use the last checkout when the repository cannot be reached")
    .option("--json", "print JSON")
    .addHelpText("after", EXAMPLES)
    .action(async ({ host: named, offline = false, json = false }) => {
      const { app, io } = context;
      const host = getHost(app, named);
      const onEvent = notices(io, { json });
      const report = await interruptible(
        io,
        (signal) => app.secrets({ host, offline, signal, onEvent }),
      );
      io.stdout(json ? `${JSON.stringify(report, null, 2)}\n` : formatReport(report, io));
    });
}

const HEADING = ["STACK / SECRET", "STATE", "PROVIDER"];

const COLORS: Readonly<Record<SecretUse["state"], "green" | "yellow" | "red">> = {
  found: "green",
  unavailable: "yellow",
  missing: "red",
};

function formatReport({ host, stacks }: SecretsReport, io: Io): string {
  const colors = paint(io);
  const using = stacks.filter(({ secrets }) => secrets.length > 0);
  const title = `${colors.bold(host)}: ${count(using.length, "stack")} of ${stacks.length} with secrets\n`;
  if (using.length === 0) return title;
  const rows = using.flatMap(({ stack, secrets }) => [[stack, "", ""], ...secrets.map(secretRow)]);
  const uses = using.flatMap(({ secrets }) => [undefined, ...secrets]);
  const table = formatTable([HEADING, ...rows], io.columns, (cell, row, column) => {
    if (row === 0) return colors.dim(cell);
    const use = uses[row - 1];
    if (use === undefined) return column === 0 ? colors.bold(cell) : cell;
    return column === 1 ? colors[COLORS[use.state]](cell) : cell;
  });
  return `${title}\n${table}\n`;
}

function secretRow({ name, state, providers, location, error }: SecretUse): string[] {
  const place = location === undefined ? "" : [location.file, location.line].filter(Boolean).join(":");
  const said = error ?? (state === "missing" && providers.length > 0 ? `not in ${providers.join(", ")}` : "");
  const where = state === "found"
    ? providers.join(", ")
    : [said, place && `(${place})`].filter(Boolean).join(" ");
  return [`  ${name}`, state, where];
}

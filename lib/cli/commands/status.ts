import type { Command } from "@commander-js/extra-typings";
import { shortCommit } from "../../reconcile/short_commit.ts";
import type { HostStatus, ServiceStatus, StackNote, StackStatus } from "../../reconcile/status/status.ts";
import type { CommandContext } from "../context.ts";
import { getHost } from "../get_host.ts";
import { interruptible } from "../interruption.ts";
import { paint } from "../paint.ts";
import type { Io } from "../io.ts";
import { formatRunStatus } from "../run_status.ts";
import { formatTable } from "../table.ts";
import { count, formatTime } from "../wording.ts";

const EXAMPLES = `
Asks the Docker Engine what this repository deployed for the host, from which
commit, and how it is; and looks into the data folder whether homeport run is
alive, when the last pass ended, and what is suspended, held or not reached.
Waits for no other command.

Examples:
  homeport status
  homeport status --host helium
  homeport status --json | jq '.stacks[] | select(.state != "running") | .name'
`;

export function addStatus(program: Command, context: CommandContext): void {
  program.command("status")
    .description("Show what runs, and from which commit.")
    .option("--host <name>", "the host (default: the one with this machine's hostname)")
    .option("--json", "print JSON")
    .addHelpText("after", EXAMPLES)
    .action(async ({ host: named, json }) => {
      const { app, io } = context;
      const host = getHost(app, named);
      const status = await interruptible(io, (signal) => app.status({ host, signal }));
      if (status.fault !== undefined) io.stderr(`warning: ${status.fault}\n`);
      io.stdout(json ? `${JSON.stringify(status, null, 2)}\n` : formatStatus(status, io));
    });
}

function formatStatus({ host, instance, stacks, notes = [], window, ...run }: HostStatus, io: Io): string {
  const colors = paint(io);
  const lines = formatNotes(notes, window);
  const below = lines.length === 0
    ? ""
    : `\n${lines.map((line) => `${colors.yellow("!")} ${line}\n`).join("")}`;
  const title = `${colors.bold(host)} (${instance}): ${count(stacks.length, "stack")}\n${
    formatRunStatus(run)
  }\n`;
  if (stacks.length === 0) return `${title}Nothing was deployed yet; homeport apply does it.\n${below}`;
  const rows = stacks.flatMap((
    stack,
  ) => [stackRow(stack), ...stack.services.map((service) => serviceRow(stack, service))]);
  const table = formatTable([HEADING, ...rows], io.columns, (cell, row, column) => {
    if (row === 0) return colors.dim(cell);
    const stack = stacks.find(({ name }) => rows[row - 1]![0] === name);
    if (stack === undefined) return cell;
    return column === 0 ? colors.bold(cell) : column === 1 ? colors[COLORS[stack.state]](cell) : cell;
  });
  return `${title}\n${table}\n${below}`;
}

export function formatNotes(notes: readonly StackNote[], window: HostStatus["window"]): string[] {
  return [
    ...(window === undefined ? [] : [
      `a maintenance window is open until ${
        formatTime(window.closesAt)
      } UTC: homeport run deploys nothing new`,
    ]),
    ...notes.map(({ stack, text }) => `${stack}: ${text}`),
  ];
}

const HEADING = ["STACK / CONTAINER", "STATE", "COMMIT / IMAGE", "SINCE (UTC) / PORTS"];

const COLORS: Readonly<Record<StackStatus["state"], "green" | "yellow" | "red">> = {
  running: "green",
  completed: "green",
  starting: "yellow",
  stopped: "yellow",
  degraded: "red",
  unhealthy: "red",
};

function stackRow({ name, state, commit, deployedAt }: StackStatus): string[] {
  return [name, state, shortCommit(commit), formatTime(deployedAt)];
}

/** The container's name without that of the project, which stands above it. */
function serviceRow({ project }: StackStatus, service: ServiceStatus): string[] {
  const { containerName, state, image, publishedPorts } = service;
  const name = containerName.startsWith(`${project}-`)
    ? containerName.slice(project.length + 1)
    : containerName;
  return [`  ${name}`, state, image, formatPorts(publishedPorts)];
}

/** On every address is what most ports are, once for IPv4 and once for IPv6. */
function formatPorts(ports: readonly string[]): string {
  return [...new Set(ports.map((port) => port.replace(/^(0\.0\.0\.0|\[::\]):/, "")))].join(" ");
}

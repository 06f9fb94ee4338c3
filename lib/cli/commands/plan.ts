import type { Command } from "@commander-js/extra-typings";
import type { Plan } from "../../plan/plan.ts";
import type { StackNote } from "../../reconcile/status/status.ts";
import type { CommandContext } from "../context.ts";
import { getHost } from "../get_host.ts";
import { formatNotes } from "./status.ts";
import { interruptible } from "../interruption.ts";
import { notices } from "../progress/notices.ts";

/** There is something to do. */
const CHANGES = 3;
const BROKEN = 2;
/** As with `apply`, which deploys less than everything. */
const WAITING = 1;

const EXAMPLES = `
Changes nothing. Fetches the repository, and compares it with what the Docker
Engine runs.

Examples:
  homeport plan
  homeport plan --stack traefik
  homeport plan --exit-code            exit code 0: nothing to do; 3: there is
  homeport plan --json | jq .
`;

export function addPlan(program: Command, context: CommandContext): void {
  program.command("plan")
    .description("Show what apply would do, and why.")
    .option("--host <name>", "the host (default: the one with this machine's hostname)")
    .option("--stack <name>", "this stack only")
    .option("--json", "print JSON")
    .option("--exit-code", "exit with 3 when there is something to do")
    .option("--offline", "use the last checkout when the repository cannot be reached")
    .addHelpText("after", EXAMPLES)
    .action(async ({ host, stack, json, exitCode, offline = false }) => {
      const { app, io } = context;
      const options = {
        host: getHost(app, host),
        ...(stack !== undefined && { stack }),
        offline,
        onEvent: notices(io, { json: json === true }),
      };
      const report = await interruptible(io, (signal) => app.plan({ ...options, signal }));
      const { plan, commit, notes = [], window } = report;
      if (json) {
        const { planToJson } = await import("../../plan/plan_json.ts");
        io.stdout(`${JSON.stringify({ ...planToJson(plan, commit), notes, window }, null, 2)}\n`);
      } else {
        const { formatPlan } = await import("../../plan/format_plan.ts");
        const namesOf = (kind: StackNote["kind"]) =>
          notes.filter((note) => note.kind === kind).map(({ stack }) => stack);
        const kept = { held: namesOf("held"), notReached: namesOf("not-reached") };
        io.stdout(`${formatPlan(plan, kept).trimEnd()}\n`);
        for (const line of formatNotes(notes, window)) io.stdout(`! ${line}\n`);
      }
      context.exitCode = plan.broken.some(({ waitsFor }) => waitsFor !== undefined)
        ? WAITING
        : plan.broken.length > 0
        ? BROKEN
        : exitCode && hasChanges(plan)
        ? CHANGES
        : 0;
    });
}

function hasChanges({ stacks, prune }: Plan): boolean {
  return prune.stacks.length > 0 ||
    stacks.some(({ operations, left }) => left === undefined && operations.length > 0);
}

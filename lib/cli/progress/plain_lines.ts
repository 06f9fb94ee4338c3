import { formatError } from "../../errors.ts";
import type { PassEvent } from "../../reconcile/report.ts";
import type { Io } from "../io.ts";
import { formatDuration, formatReturn } from "../wording.ts";
import { noticesOf } from "./notices.ts";
import type { Progress } from "./progress.ts";
import { printReport } from "./report.ts";

/** One line for each operation that is done: for logs and pipes. */
export function plainLines(io: Io): Progress {
  return {
    onEvent: (event) => {
      for (const line of noticesOf(event)) io.stderr(`${line}\n`);
      const line = formatEvent(event);
      if (line !== undefined) io.stdout(`${line}\n`);
    },
    done: (report) => Promise.resolve(printReport(report, io)),
    failed: () => Promise.resolve(),
  };
}

function formatEvent(event: PassEvent): string | undefined {
  if (event.kind === "operation-done") {
    const { stack, operation: { id, cause }, milliseconds } = event;
    return `${stack}: ${id} (${cause}) ${formatDuration(milliseconds)}`;
  }
  if (event.kind === "gate-waiting") return `${event.stack}: ${event.message}`;
  if (event.kind === "rollback-started") return `${event.stack}: ${formatReturn(event)}`;
  if (event.kind !== "operation-failed") return undefined;
  const [reason] = formatError(event.error).split("\n");
  return `${event.stack}: ${event.operation.id} failed: ${reason}`;
}

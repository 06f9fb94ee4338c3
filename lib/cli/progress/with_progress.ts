import type { ApplyReport, PassEvent } from "../../reconcile/report.ts";
import type { Io } from "../io.ts";
import type { Progress } from "./progress.ts";

/** Draws, prints or lists what happens, and the report in the end. */
export async function withProgress<Report extends ApplyReport>(
  io: Io,
  json: boolean,
  run: (onEvent: (event: PassEvent) => void) => Promise<Report>,
): Promise<Report> {
  const progress = await makeProgress(io, json);
  try {
    const report = await run(progress.onEvent);
    await progress.done(report);
    return report;
  } catch (error) {
    await progress.failed(error);
    throw error;
  }
}

async function makeProgress(io: Io, json: boolean): Promise<Progress> {
  if (json) return (await import("./json_lines.ts")).jsonLines(io);
  if (io.isTerminal) return (await import("./task_list.ts")).taskList(io);
  return (await import("./plain_lines.ts")).plainLines(io);
}

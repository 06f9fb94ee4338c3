import { planToJson } from "../../plan/plan_json.ts";
import type { PassEvent, StackOutcome } from "../../reconcile/report.ts";
import type { Io } from "../io.ts";
import { errorToJson } from "./error_json.ts";
import type { Progress } from "./progress.ts";
import { findingsToJson } from "./updates.ts";

/** One JSON object a line: every event, and in the end `{"event":"report",…}` or `{"event":"error",…}`. */
export function jsonLines(io: Io): Progress {
  const print = (line: Readonly<Record<string, unknown>>) => io.stdout(`${JSON.stringify(line)}\n`);
  let commit = "";
  return {
    onEvent: (event) => {
      if (event.kind === "snapshot") commit = event.snapshot.commit;
      print(toJson(event, commit));
    },
    done: ({ commit, outcomes, returned }) => {
      print({ event: "report", commit, outcomes: outcomes.map(outcomeToJson), ...returned });
      return Promise.resolve();
    },
    failed: (error) => {
      print({ event: "error", error: errorToJson(error) });
      return Promise.resolve();
    },
  };
}

function toJson(event: PassEvent, commit: string): Readonly<Record<string, unknown>> {
  const { kind, ...rest } = event;
  switch (event.kind) {
    case "planned":
      return { event: kind, plan: planToJson(event.plan, commit) };
    case "updates":
      return { event: kind, ...findingsToJson(event.findings) };
    case "operation-failed":
      return { event: kind, ...rest, error: errorToJson(event.error) };
    case "stack-done":
      return { event: kind, outcome: outcomeToJson(event.outcome) };
    default:
      return { event: kind, ...rest };
  }
}

export function outcomeToJson({ errors, ...outcome }: StackOutcome): Readonly<Record<string, unknown>> {
  return { ...outcome, errors: errors.map(errorToJson) };
}

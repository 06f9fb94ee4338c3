/** What is news about a pass, by how it ended and what was told before. */
import { createHash } from "node:crypto";
import { formatError, HomeportError } from "../../errors.ts";
import { describeImageChange } from "../../plan/image_reference.ts";
import type { Operation } from "../../plan/operation.ts";
import type { ApplyReport, StackOutcome } from "../report.ts";
import type { Changes, Told, ToldStatus } from "./stack_change.ts";
import { Teller } from "./teller.ts";
import type { UpdateFindings } from "../updates.ts";

/** How a pass ended. */
export type PassEnd =
  | {
    readonly kind: "done";
    readonly report: ApplyReport;
    /** The pass was over one stack only, and says nothing of others. */
    readonly onlyStack: boolean;
    readonly remote: RemoteState;
  }
  | {
    readonly kind: "failed";
    readonly error: Error;
    /** Absent: the pass never had one. */
    readonly commit?: string;
    readonly remote: RemoteState;
  };

/** `unasked`: the pass took the last checkout. */
export type RemoteState = "reached" | "unasked" | { readonly unreachable: Error };

const ENGINE_BACK = { about: "engine", message: "it answers again" } as const;

/** Whatever is not as it was told is told now; what stays so is not told at every try. */
export function changesOf(end: PassEnd, told: Told): Changes {
  const teller = new Teller(told);
  tellRemote(end, teller);
  if (end.kind === "failed") tellFailure(end, teller);
  else tellReport(end, teller);
  return teller.end();
}

/** The engine went away (`error`), or came back. */
export function engineChanges(error: Error | undefined, told: Told): Changes {
  const teller = new Teller(told);
  if (error === undefined) teller.well(ENGINE_BACK);
  else teller.ill({ about: "engine", ...wordsOf([error]) }, { state: "failed" });
  return teller.end();
}

function tellRemote({ remote }: PassEnd, teller: Teller): void {
  if (remote === "unasked") return;
  if (remote === "reached") {
    teller.well({ about: "repository", message: "it can be reached again" });
  } else {
    teller.ill({ about: "repository", ...wordsOf([remote.unreachable]) }, { state: "failed" });
  }
}

function tellFailure(
  { error, commit, remote }: Extract<PassEnd, { readonly kind: "failed" }>,
  teller: Teller,
): void {
  // That the repository or the engine is away has been said, and explains it.
  if (typeof remote === "object" && commit === undefined) return;
  if (teller.isTold("engine") && error instanceof HomeportError && error.consequence === "retry") return;
  teller.ill({ about: "host", ...wordsOf([error]), ...(commit !== undefined && { commit }) }, {
    state: "failed",
    ...(commit !== undefined && { of: commit }),
  });
}

function tellReport(
  { report, onlyStack }: Extract<PassEnd, { readonly kind: "done" }>,
  teller: Teller,
): void {
  const { plan, outcomes } = report;
  // Nothing comes to its end without it. Another process may have told that it was gone.
  teller.well(ENGINE_BACK);
  if (!onlyStack) {
    tellHost(report, teller);
    const { stacks, broken, prune, suspended = [] } = plan;
    teller.keepStacks(
      new Set([...stacks, ...broken, ...prune.stacks, ...suspended].map(({ name }) => name)),
    );
  }
  for (const outcome of outcomes) tellOutcome(outcome, report, teller);
  if (report.updates !== undefined) tellUpdates(report.updates, onlyStack, teller);
}

/** Those that a pass uses are told as what they did to the stack. */
function tellUpdates({ available, failed }: UpdateFindings, onlyStack: boolean, teller: Teller): void {
  const told = available.filter(({ onlyTold }) => onlyTold !== undefined);
  for (const { stack, reference, from, to, onlyTold } of told) {
    const message = `${reference} has a newer image: ${describeImageChange(from, to)}`;
    teller.update({ stack, message, details: [onlyTold!] }, reference, to);
  }
  // Who did not answer says nothing of what it has.
  if (onlyStack || failed.length > 0) return;
  teller.keepUpdates(new Set(told.map(({ stack, reference }) => `update ${stack} ${reference}`)));
}

function tellHost({ outcomes, commit }: ApplyReport, teller: Teller): void {
  const waiting = outcomes.filter(({ hold }) => hold === "prune").map(({ stack }) => stack);
  if (waiting.length === 0) {
    teller.well({ about: "host", message: "passes come to their end again", commit });
    return;
  }
  const gone = waiting.length === 1
    ? "1 stack is gone from the repository, the only one that runs: it stays"
    : `${waiting.length} stacks are gone from the repository, more than half of those that run: they stay`;
  const message = `${gone} until homeport apply --confirm-prune`;
  teller.ill({ about: "host", commit, message, details: [waiting.join(", ")] }, { state: "held" });
}

function tellOutcome(outcome: StackOutcome, { plan, commit }: ApplyReport, teller: Teller): void {
  const { stack, errors, done, result, reason, hold } = outcome;
  // The one is told for the host as a whole; the other passes by, at a time that is known.
  if (hold === "prune" || hold === "window") return;
  const planned = plan.stacks.find(({ name }) => name === stack);
  const operations = planned?.operations ?? [];
  const count = `${done} ${done === 1 ? "operation" : "operations"}`;
  switch (result) {
    case "deployed": {
      const news = {
        stack,
        commit,
        message: done === 0 ? "its services are up" : count,
        details: causesOf(operations),
      };
      if (!teller.well(news)) teller.say({ kind: "deployed", ...news });
      return;
    }
    case "unchanged":
      return void teller.well({ stack, commit, message: "runs as the repository says" });
    case "pruned": {
      const { cause = "gone from the repository", kept = [] } =
        plan.prune.stacks.find(({ name }) => name === stack) ?? {};
      teller.forget(`stack ${stack}`);
      const details = kept.length === 0 ? [] : [`kept: ${kept.join(", ")}`];
      return teller.say({ kind: "pruned", stack, commit, message: cause, details });
    }
    case "failed":
    case "broken":
    case "waiting":
    case "rolled-back":
    case "held": {
      const words = wordsOf(errors, reason ?? WITHOUT_ERROR[result]);
      const of = attemptOf(result, { commit, stackHash: planned?.stackHash, message: words.message });
      return teller.ill({ stack, commit, ...words }, { state: result, ...(of !== undefined && { of }) });
    }
    default:
      // Interrupted, or suspended by a person: nothing came of it that anybody would not know.
  }
}

/**
 * The same stack that fails again is no news, whatever else a commit changed. One that is rolled back was tried, for nothing is tried while
 * it is held. A hold stands until somebody lifts it. What is written down holds no text of an error.
 */
function attemptOf(
  result: "failed" | "broken" | "waiting" | "rolled-back" | "held",
  { commit, stackHash, message }: {
    readonly commit: string;
    readonly stackHash: string | undefined;
    readonly message: string;
  },
): string | undefined {
  switch (result) {
    case "failed":
      return stackHash;
    case "broken":
      return createHash("sha256").update(message).digest("hex");
    case "rolled-back":
      return commit;
    case "waiting":
    case "held":
      return undefined;
  }
}

const WITHOUT_ERROR: Readonly<Record<Exclude<ToldStatus["state"], "update-available">, string>> = {
  failed: "could not be deployed",
  broken: "its files could not be loaded",
  waiting: "waits for secrets, and is left as it runs",
  "rolled-back": "the last good state runs again",
  held: "is left as it runs until a person goes on",
};

const MOST_CAUSES = 10;

function causesOf(operations: readonly Operation[]): readonly string[] {
  const causes = [...new Set(operations.map(({ cause }) => cause))];
  if (causes.length <= MOST_CAUSES) return causes;
  return [...causes.slice(0, MOST_CAUSES), `and ${causes.length - MOST_CAUSES} more`];
}

/** The first line of the first error, and all other lines. */
function wordsOf(
  errors: readonly Error[],
  otherwise = "failed",
): { readonly message: string; readonly details: readonly string[] } {
  const [message = otherwise, ...details] = errors.flatMap((error) => formatError(error).split("\n"))
    .map((line) => line.trim()).filter((line) => line !== "");
  return { message, details };
}

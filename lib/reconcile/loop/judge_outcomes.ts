/** What the end of a pass says of what fails: which stacks are tried again, and which are well. */
import type { Failures, Subject } from "./failures.ts";
import type { Pass } from "./pass_in_hand.ts";
import type { ApplyReport } from "../report.ts";

export function judgeOutcomes(
  failures: Failures,
  { plan, outcomes }: ApplyReport,
  { commit, held }: Pick<Pass, "commit" | "held">,
  now: number,
): void {
  failures.mend("host");
  failures.keepStacks(new Set([...held, ...outcomes.map(({ stack }) => stack)]));
  for (const { stack, result, errors } of outcomes) {
    const subject: Subject = `stack ${stack}`;
    const stackHash = plan.stacks.find(({ name }) => name === stack)?.stackHash;
    if (result === "failed" || result === "waiting" || (result === "broken" && errors.some(mayPass))) {
      failures.record(subject, { commit, stackHash }, now);
    } else if (result === "interrupted") failures.leaveOpen(subject);
    else failures.mend(subject);
  }
}

/** A wrong file stays wrong until a commit mends it; a secret that could not be had may come. */
function mayPass(error: Error): boolean {
  return "consequence" in error && error.consequence !== "stalled";
}

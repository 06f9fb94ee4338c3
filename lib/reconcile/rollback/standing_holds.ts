/** Whether a stack that went back is to stay there, by what the branch has of it now. */
import { HomeportError } from "../../errors.ts";
import { canonicalJson } from "../../stacks/canonical_json.ts";
import type { DesiredStack } from "../../stacks/desired_stack.ts";
import { settingsOf } from "../../stacks/stack_settings.ts";
import type { ReturnHold } from "./held_stacks.ts";
import type { StacksOfCommits } from "../pass.ts";
import type { HeadView } from "../ports.ts";

/** `gone`: the branch has no such stack. `unclear`: what it has cannot be loaded. */
export type StackOfHead = DesiredStack | "gone" | "unclear";

export async function loadHead(
  commits: StacksOfCommits,
  stack: string,
  head: HeadView,
  signal: AbortSignal,
): Promise<StackOfHead> {
  try {
    const { stacks: [desired], broken } = await commits.load(stack, await head.filesAt(), signal);
    return desired ?? (broken.length > 0 ? "unclear" : "gone");
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof HomeportError)) throw error;
    return "unclear";
  }
}

/** The branch may have moved on to something else than what failed, or have dropped the stack. What is unclear ends nothing. */
export function stands(hold: ReturnHold, head: StackOfHead): boolean {
  if (head === "gone") return false;
  if (head === "unclear" || hold.kind === "manual") return true;
  const { stackHash, judgedBy } = hold.bad;
  return head.stackHash === stackHash && (judgedBy === undefined || judgedBy === judgementOf(head));
}

/** The settings by which it failed, and went back: with others it may not. */
export function judgementOf(stack: DesiredStack): string {
  const { healthGate, rollback } = settingsOf(stack);
  return canonicalJson({ healthGate, rollback });
}

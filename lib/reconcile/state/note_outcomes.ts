/** What a pass learned about the stacks: what was reached, what was left alone, and what is gone. */
import type { Plan } from "../../plan/plan.ts";
import { changeStack, changeState, withoutDriftHold } from "./keep_state.ts";
import { isHeldForDrift } from "../leave_alone.ts";
import type { PassDependencies } from "../pass.ts";
import type { PassRecord, ServiceImage, StackRecord } from "../history/pass_record.ts";
import type { StackOutcome } from "../report.ts";
import type { GoodState, HostState, StackState } from "./stack_state.ts";

const MOST_GOOD = 5;

export interface EndedPass {
  readonly record: PassRecord;
  readonly outcomes: readonly StackOutcome[];
  readonly plan: Plan;
  /** What runs now could be looked up. */
  readonly isSure: boolean;
  /** The pass was for all stacks: what it does not name is gone. */
  readonly isWhole: boolean;
}

export function noteOutcomes(
  { state: store, settings, now }: PassDependencies,
  pass: EndedPass,
): readonly string[] {
  const at = now().toISOString();
  return changeState(store, (state) => {
    const known = pass.isWhole ? withoutGone(state, pass) : state;
    return pass.outcomes.filter(({ result }) => result !== "pruned").reduce(
      (changed, outcome) =>
        changeStack(changed, outcome.stack, (stack) => {
          const stackHash = pass.plan.stacks.find(({ name }) => name === outcome.stack)?.stackHash;
          const current = withoutOldHold(stack, outcome, stackHash, { drift: settings.drift, now: now() });
          const ended = withoutUnbegun(atItsEnd(current, outcome), outcome, pass.record);
          const left = withLeft(ended, outcome, stackHash, at);
          const good = findGood(stack, outcome, pass, at);
          return good === undefined ? left : withGood(left, good);
        }),
      known,
    );
  });
}

function withoutGone(state: HostState, { outcomes, plan }: EndedPass): HostState {
  const there = new Set([
    ...outcomes.filter(({ result }) => result !== "pruned").map(({ stack }) => stack),
    ...plan.stacks.map(({ name }) => name),
    ...plan.broken.map(({ name }) => name),
    ...(plan.suspended ?? []).map(({ name }) => name),
  ]);
  const stacks = Object.entries(state.stacks).filter(([name]) => there.has(name));
  return { ...state, stacks: Object.fromEntries(stacks) };
}

function withoutOldHold(
  stack: StackState,
  { hold }: StackOutcome,
  stackHash: string | undefined,
  limits: Parameters<typeof isHeldForDrift>[2],
): StackState {
  if (stack.hold?.kind !== "drift" || hold === "drift" || stackHash === undefined) return stack;
  return isHeldForDrift(stack, stackHash, limits) ? stack : withoutDriftHold(stack);
}

/** What was left alone for another reason has not come to its end. */
function atItsEnd(stack: StackState, { result, hold }: StackOutcome): StackState {
  const isHeldBack = result === "held" && (hold === "rolled-back" || hold === "manual");
  if (!isHeldBack && result !== "deployed" && result !== "unchanged" && result !== "rolled-back") {
    return stack;
  }
  const { isUnderWay: _, ...others } = stack;
  return others;
}

/** It was to be put back, and had not had its turn. */
function withoutUnbegun(
  stack: StackState,
  { result, done, skipped }: StackOutcome,
  { startedAt }: PassRecord,
): StackState {
  if (result !== "interrupted" || done > 0 || skipped === 0) return stack;
  return { ...stack, heals: stack.heals.filter((time) => Date.parse(time) < startedAt.getTime()) };
}

function withLeft(
  stack: StackState,
  outcome: StackOutcome,
  stackHash: string | undefined,
  since: string,
): StackState {
  const { left: before, ...others } = stack;
  const { result, reason, hold } = outcome;
  if (reason === undefined || (result !== "held" && result !== "suspended")) return others;
  // A rollback is its own hold, and says since when.
  if (hold === "rolled-back" || hold === "manual") return others;
  const kind = result === "suspended" ? "suspended" : hold ?? "reported";
  if (before?.kind === kind && before.reason === reason) return stack;
  const left: StackState["left"] = { kind, since, reason };
  if (kind !== "drift" || others.hold !== undefined || stackHash === undefined) return { ...others, left };
  return { ...others, left, heals: [], hold: { kind, since, reason, stackHash } };
}

function findGood(
  { intended, good: [newest] }: StackState,
  { stack: name, result, gate }: StackOutcome,
  { record, isSure }: EndedPass,
  at: string,
): GoodState | undefined {
  const stack = record.stacks.find((each) => each.stack === name);
  const { commit } = record;
  if (stack?.stackHash === undefined || commit === undefined || gate === "failed") return undefined;
  const { stackHash } = stack;
  // Nothing to do says little about a stack that failed before: its gate does.
  const isReached = intended === undefined || intended.stackHash === newest?.stackHash || gate !== undefined;
  if (result !== "deployed" && !(result === "unchanged" && isReached)) return undefined;
  const images = isSure ? imagesOf(stack) : undefined;
  return images && { commit: commit.id, stackHash, at, images };
}

function imagesOf({ images }: StackRecord): Readonly<Record<string, ServiceImage>> {
  return Object.fromEntries(
    images.flatMap(({ service, after }) => after === undefined ? [] : [[service, after]]),
  );
}

function withGood(stack: StackState, good: GoodState): StackState {
  const { commit, stackHash, at } = good;
  const [newest, ...older] = stack.good;
  const intended = stack.intended?.stackHash === stackHash
    ? stack.intended
    : { commit, stackHash, since: at };
  if (newest !== undefined && isSame(newest, good)) {
    return { ...stack, intended, good: [{ ...newest, commit }, ...older] };
  }
  const others = stack.good.filter((each) => !isSame(each, good));
  return { ...stack, intended, good: [good, ...others].slice(0, MOST_GOOD) };
}

function isSame(one: GoodState, other: GoodState): boolean {
  return one.stackHash === other.stackHash && imageIds(one) === imageIds(other);
}

function imageIds({ images }: GoodState): string {
  return JSON.stringify(Object.entries(images).map(([service, { id }]) => [service, id]).sort());
}

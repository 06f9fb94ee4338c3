/** Brings a stack back to what ran well: to its commit, which it is then held at, or to its images where its files are the same. */
import { asError, formatError, HomeportError } from "../../errors.ts";
import type { StackPlan } from "../../plan/plan.ts";
import { settingsOf } from "../../stacks/stack_settings.ts";
import { shortCommit } from "../short_commit.ts";
import { checkImages, checkReturn } from "./check_return.ts";
import { deployStack, type PassRun, type Target } from "../deploy_stack.ts";
import { imagePinsOf, loadHeld, type ReturnHold } from "./held_stacks.ts";
import { changeStack, changeState } from "../state/keep_state.ts";
import { planStackAgain } from "../plan_pass.ts";
import type { StackOutcome } from "../report.ts";
import { returnImages } from "./return_images.ts";
import type { Aside } from "../run_side_by_side.ts";
import { afterEachOther, type Attempt, NOTHING_DONE } from "../settle.ts";
import { type GoodState, stateOf } from "../state/stack_state.ts";
import { judgementOf } from "./standing_holds.ts";
import { syncWithHolds } from "./sync_with_holds.ts";

/** A way back, once whatever is to stay so is written down: whatever happens from there on, the next pass goes the same way. */
export interface WayBack {
  readonly target: Target;
  /** Why the stack is not as the branch says. */
  readonly told: Pick<StackOutcome, "hold" | "reason">;
}

/** Of a stack that was tried. Where there is no way back it stays as it is. */
export async function rollBack(
  run: PassRun,
  plan: StackPlan,
  failed: Attempt,
  aside: Aside,
): Promise<StackOutcome> {
  const good = findGood(run, plan, failed);
  if (good === undefined) return failed.outcome;
  const { deps, options } = run;
  const { name, stackHash } = plan;
  const isOfImages = good.stackHash === stackHash;
  const rollback = { to: good.commit, reason: formatError(failed.outcome.errors[0]).split("\n")[0]! };
  try {
    const way = isOfImages
      ? await returnImages(run, name, good)
      : await run.oneAtATime(() => returnTo(run, plan, good, rollback.reason));
    if (way === undefined) return failed.outcome;
    const { target, told } = way;
    options.onEvent?.({ kind: "rollback-started", stack: name, ...rollback });
    const back = await planStackAgain(deps, target.desired, {
      imagePins: { [name]: target.imagePins },
      signal: options.signal,
    });
    const { outcome } = afterEachOther(failed, await deployStack(run, target, back, aside));
    const errors = [...failed.outcome.errors, ...outcome.errors];
    const ended = { ...outcome, ...told, rollback, errors };
    return outcome.result === "deployed" || outcome.result === "unchanged"
      ? { ...ended, result: "rolled-back", gate: failed.outcome.gate ?? "failed" }
      : ended;
  } catch (thrown) {
    if (options.signal.aborted) return { ...failed.outcome, result: "interrupted", rollback };
    const goal = isOfImages ? "its images from before" : `commit ${shortCommit(good.commit)}`;
    return {
      ...failed.outcome,
      errors: [...failed.outcome.errors, impossible(`${name} back to ${goal}`, thrown)],
    };
  }
}

/** What ran well, where it is the stack's own fault that it does not now. */
function findGood(
  { deps: { state, commits }, options: { signal }, planned }: PassRun,
  { name, stackHash }: StackPlan,
  { outcome, isOwnFault }: Attempt,
): GoodState | undefined {
  if (outcome.result !== "failed" || !isOwnFault || signal.aborted) return undefined;
  if (state === undefined || planned.held.has(name)) return undefined;
  if (settingsOf(planned.desired.get(name)!).rollback === "off") return undefined;
  const [good] = stateOf(state.read(), name).good;
  return commits === undefined && good?.stackHash !== stackHash ? undefined : good;
}

async function returnTo(
  run: PassRun,
  { name: stack, stackHash }: StackPlan,
  good: GoodState,
  reason: string,
): Promise<WayBack> {
  const { deps, options: { signal }, planned } = run;
  const { commits, state } = deps;
  const hold: ReturnHold = {
    kind: "rolled-back",
    since: deps.now().toISOString(),
    reason,
    bad: { commit: planned.commit, stackHash, judgedBy: judgementOf(planned.desired.get(stack)!) },
    to: good,
  };
  const { desired: before } = await checkReturn(commits!, run.snapshot, stack, good.commit, signal);
  await checkImages(deps, before, imagePinsOf(hold, before), signal);
  const warnings = changeState(
    state,
    (known) => changeStack(known, stack, (each) => ({ ...each, hold, isUnderWay: true })),
  );
  if (stateOf(state!.read(), stack).hold?.kind !== hold.kind) {
    throw new HomeportError(`it cannot be kept that ${stack} is held: ${warnings.join("; ")}`, {
      consequence: "retry",
    });
  }
  run.snapshot = await syncWithHolds(deps, { offline: "preferred", signal });
  const loaded = await loadHeld(commits!, run.snapshot, stack, hold, signal);
  if ("broken" in loaded) throw loaded.broken.error;
  const { desired } = loaded;
  return {
    target: { desired, commit: good.commit, imagePins: imagePinsOf(hold, desired) },
    told: { hold: hold.kind, reason: reasonOf(hold) },
  };
}

function impossible(what: string, thrown: unknown): HomeportError {
  const cause = asError(thrown);
  const { hint, location, path, consequence } = cause instanceof HomeportError ? cause : {} as HomeportError;
  return new HomeportError(`Cannot bring ${what}: ${cause.message}`, {
    hint,
    location,
    path,
    consequence,
    cause,
  });
}

/** Of a stack that is held at another commit, after what there was to do for it. */
export function heldOutcome({ outcome }: Attempt, hold: ReturnHold): StackOutcome {
  const told = { ...outcome, hold: hold.kind, reason: reasonOf(hold) };
  if (outcome.result === "unchanged") return { ...NOTHING_DONE, ...told, result: "held", known: true };
  return outcome.result === "deployed" ? { ...told, result: "held" } : told;
}

function reasonOf(hold: ReturnHold): string {
  const commit = shortCommit(hold.to.commit);
  return hold.kind === "manual"
    ? `held by hand at ${commit}, until homeport resume`
    : `held at ${commit}, until a commit changes it or homeport resume, because ${
      shortCommit(hold.bad.commit)
    } failed: ${hold.reason}`;
}

/** Brings a stack back to what ran well, and holds it there. */
import { formatError, HomeportError } from "../errors.ts";
import type { StackPlan } from "../plan/plan.ts";
import { settingsOf } from "../stacks/stack_settings.ts";
import { changeStack, changeState } from "./keep_state.ts";
import { checkImages, checkReturn } from "./check_return.ts";
import { deployStack, type PassRun, type Target } from "./deploy_stack.ts";
import { imagePinsOf, loadHeld, type ReturnHold } from "./held_stacks.ts";
import { syncWithHolds } from "./sync_with_holds.ts";
import { planStackAgain } from "./plan_pass.ts";
import type { StackOutcome } from "./report.ts";
import type { Aside } from "./run_side_by_side.ts";
import { afterEachOther, type Attempt, NOTHING_DONE } from "./settle.ts";
import { type GoodState, stateOf } from "./stack_state.ts";
import { judgementOf } from "./standing_holds.ts";

/** Where a stack that failed goes back to; `undefined`: it stays as it is. */
export function findReturn(run: PassRun, plan: StackPlan, attempt: Attempt): GoodState | undefined {
  const { deps: { state, commits }, options: { signal }, planned } = run;
  const { outcome, isOwnFault } = attempt;
  if (outcome.result !== "failed" || !isOwnFault || signal.aborted) return undefined;
  if (state === undefined || commits === undefined || planned.held.has(plan.name)) return undefined;
  if (settingsOf(planned.desired.get(plan.name)!).rollback === "off") return undefined;
  const [good] = stateOf(state.read(), plan.name).good;
  return good === undefined || good.stackHash === plan.stackHash ? undefined : good;
}

export async function rollBack(
  run: PassRun,
  plan: StackPlan,
  failed: Attempt,
  good: GoodState,
  aside: Aside,
): Promise<StackOutcome> {
  const { deps, options, planned } = run;
  const { name, stackHash } = plan;
  const reason = formatError(failed.outcome.errors[0]).split("\n")[0]!;
  const rollback = { to: good.commit, reason };
  const hold: ReturnHold = {
    kind: "rolled-back",
    since: deps.now().toISOString(),
    reason,
    bad: { commit: planned.commit, stackHash, judgedBy: judgementOf(planned.desired.get(name)!) },
    to: good,
  };
  try {
    const target = await run.oneAtATime(() => returnTo(run, name, hold));
    options.onEvent?.({ kind: "rollback-started", stack: name, ...rollback });
    const back = await planStackAgain(deps, target.desired, {
      imagePins: { [name]: target.imagePins },
      signal: options.signal,
    });
    const { outcome } = afterEachOther(failed, await deployStack(run, target, back, aside));
    const ended = { ...outcome, rollback, hold: hold.kind, reason: reasonOf(hold) };
    const errors = [...failed.outcome.errors, ...outcome.errors];
    switch (outcome.result) {
      case "deployed":
      case "unchanged":
        return { ...ended, result: "rolled-back", errors, gate: failed.outcome.gate ?? "failed" };
      default:
        return { ...ended, errors };
    }
  } catch (thrown) {
    if (options.signal.aborted) return { ...failed.outcome, result: "interrupted", rollback };
    const why = thrown instanceof Error ? thrown : new Error(String(thrown));
    return { ...failed.outcome, errors: [...failed.outcome.errors, impossible(name, good.commit, why)] };
  }
}

/** The hold comes before everything else: whatever happens from there on, the next pass goes the same way. */
async function returnTo(run: PassRun, stack: string, hold: ReturnHold): Promise<Target> {
  const { deps, options: { signal } } = run;
  const { commits, state } = deps;
  const { desired: before } = await checkReturn(commits!, run.snapshot, stack, hold.to.commit, signal);
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
  return { desired, commit: hold.to.commit, imagePins: imagePinsOf(hold, desired) };
}

function impossible(stack: string, commit: string, cause: Error): HomeportError {
  const { hint, location, path, consequence } = cause instanceof HomeportError ? cause : {} as HomeportError;
  return new HomeportError(`Cannot bring ${stack} back to commit ${commit.slice(0, 7)}: ${cause.message}`, {
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

export function reasonOf(hold: ReturnHold): string {
  const commit = hold.to.commit.slice(0, 7);
  return hold.kind === "manual"
    ? `held by hand at ${commit}, until homeport resume`
    : `held at ${commit}, until a commit changes it or homeport resume, because ${
      hold.bad.commit.slice(0, 7)
    } failed: ${hold.reason}`;
}

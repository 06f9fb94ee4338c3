/** One pass over a host: plan, then carry the plan out. */
import type { PrunedStack, StackPlan } from "../plan/plan.ts";
import { deployOrder } from "./deploy_order.ts";
import { deployStack, type PassRun, signalFor } from "./deploy_stack.ts";
import { isUnproven } from "./health/is_unproven.ts";
import { holdsOf } from "./rollback/held_stacks.ts";
import type { PassDependencies, PlannedPass, RunPassOptions } from "./pass.ts";
import { forgetOutdated } from "./rollback/rejected_images.ts";
import { planPass } from "./plan_pass.ts";
import { changeStack, changeState, noteIntended } from "./state/keep_state.ts";
import { leftAlone, refuseSuspended } from "./left_outcomes.ts";
import type { ApplyReport, StackOutcome } from "./report.ts";
import { finishWayBack } from "./rollback/finish_way_back.ts";
import { heldOutcome, rollBack } from "./rollback/roll_back.ts";
import { type Aside, runSideBySide } from "./run_side_by_side.ts";
import { NOTHING_DONE, settle } from "./settle.ts";
import type { StackState } from "./state/stack_state.ts";

/**
 * Pruned stacks go first, so that their names and ports are free for others; then the stacks of the startup order, one after the other;
 * then all others side by side. A stack that fails fails alone: only errors that concern the whole host reject.
 */
export async function runPass(deps: PassDependencies, options: RunPassOptions): Promise<ApplyReport> {
  const planned = await planPass(deps, options);
  const { plan, observed, desired } = planned;
  const warn = (messages: readonly string[]) => {
    for (const message of messages) options.onEvent?.({ kind: "journal-warning", message });
  };
  warn(forgetEndedHolds(deps, planned));
  warn(forgetOutdated(deps.state, [...desired.values()], observed));
  for (const { name, warnings } of plan.stacks) {
    for (const each of warnings) options.onEvent?.({ kind: "warning", warning: { stack: name, ...each } });
  }
  const tell = (outcome: StackOutcome) => {
    options.onEvent?.({ kind: "stack-done", outcome });
    return outcome;
  };
  refuseSuspended(planned, options);
  const outcomes = plan.broken.map(({ name, error, waitsFor }) => {
    const result = waitsFor === undefined ? "broken" : "waiting";
    return tell({ ...NOTHING_DONE, stack: name, result, errors: [error] });
  });
  outcomes.push(...leftAlone(planned).map(tell));
  const isIdle = (stack: StackPlan | PrunedStack) =>
    stack.operations.length === 0 && !("action" in stack && isUnproven({ deps, options, planned }, stack));
  const isTried = (stack: StackPlan | PrunedStack) => isIdle(stack) || options.isHeld?.(stack) !== true;
  const passRun = newPassRun(deps, options, planned);
  if (plan.prune.left === undefined) {
    for (const stack of plan.prune.stacks.filter(isTried)) {
      outcomes.push(tell(await takeDown(deps, options, stack)));
    }
  }
  const stacks = plan.stacks.filter((stack) => stack.left === undefined && isTried(stack));
  warn(noteIntended(deps, planned, stacks));
  const order = deployOrder({ stacks, startupOrder: plan.startupOrder, state: planned.state, isIdle });
  const ended = new Map<string, StackOutcome>();
  const tasks = stacks.map((stack) => {
    const after = order.get(stack.name)!;
    const run = async (aside: Aside) => {
      // What was not waited for to its end is not known to be well: the next pass goes on from there.
      const isHeldUp = stack.operations.length > 0 &&
        after.some((name) => ended.get(name)?.result === "interrupted");
      if (!isIdle(stack)) options.onEvent?.({ kind: "stack-started", stack: stack.name });
      ended.set(stack.name, tell(isHeldUp ? notBegun(stack) : await deploy(passRun, stack, aside)));
    };
    return { name: stack.name, after, run };
  });
  await runSideBySide(tasks, deps.settings.parallel);
  // In the order of the plan, whichever came to its end first.
  return {
    commit: planned.commit,
    ...(planned.updates !== undefined && { updates: planned.updates }),
    plan,
    outcomes: [...outcomes, ...stacks.map(({ name }) => ended.get(name)!)],
  };
}

function newPassRun(deps: PassDependencies, options: RunPassOptions, planned: PlannedPass): PassRun {
  let last: Promise<unknown> = Promise.resolve();
  return {
    deps,
    options,
    planned,
    snapshot: planned.snapshot,
    oneAtATime: (work) => {
      const next = last.then(work);
      last = next.catch(() => {});
      return next;
    },
  };
}

/** Those that do not count any more: the branch has something else by now, or no such stack. */
function forgetEndedHolds({ state, commits }: PassDependencies, { held }: PlannedPass): readonly string[] {
  if (state === undefined || commits === undefined) return [];
  const ended = [...holdsOf(state.read()).keys()].filter((stack) => !held.has(stack));
  return changeState(
    state,
    (known) => ended.reduce((all, stack) => changeStack(all, stack, withoutHold), known),
  );
}

async function takeDown(
  deps: PassDependencies,
  options: RunPassOptions,
  { name, operations }: PrunedStack,
): Promise<StackOutcome> {
  const { outcome } = await settle(
    options,
    name,
    operations,
    "pruned",
    (operation) => deps.engine.takeDown(operation, signalFor(operation, options)),
  );
  return outcome;
}

function notBegun({ name, operations }: StackPlan): StackOutcome {
  return { ...NOTHING_DONE, stack: name, result: "interrupted", skipped: operations.length };
}

/** Whatever fails, the stack is back where it was well before, or stays as it is. */
async function deploy(run: PassRun, stack: StackPlan, aside: Aside): Promise<StackOutcome> {
  const { planned, options: { gates } } = run;
  const held = planned.held.get(stack.name);
  const target = {
    desired: planned.desired.get(stack.name)!,
    commit: held?.commit ?? planned.commit,
    imagePins: planned.imagePins[stack.name] ?? [],
  };
  const attempt = await deployStack(run, target, stack, aside);
  const outcome = held === undefined
    ? await rollBack(run, stack, attempt, aside)
    : heldOutcome(attempt, held.hold);
  return finishWayBack(gates, stack, outcome);
}

function withoutHold({ hold: _, ...state }: StackState): StackState {
  return state;
}

/** Deploys one stack of a pass: its operations, then the health gate, then the way back where that is needed. */
import { asError } from "../errors.ts";
import type { ImagePin } from "../plan/image_pins.ts";
import type { Operation } from "../plan/operation.ts";
import type { StackPlan } from "../plan/plan.ts";
import type { DesiredStack } from "../stacks/desired_stack.ts";
import { locateError } from "../stacks/locate_error.ts";
import { settingsOf } from "../stacks/stack_settings.ts";
import { isCutShort } from "./carry_out.ts";
import { watchHealth } from "./health/health_gate.ts";
import { isUnproven } from "./health/is_unproven.ts";
import type { PassDependencies, PlannedPass, RunPassOptions } from "./pass.ts";
import { planStackAgain } from "./plan_pass.ts";
import type { Snapshot } from "./ports.ts";
import type { Aside } from "./run_side_by_side.ts";
import { afterEachOther, type Attempt, settle } from "./settle.ts";

/** One pass, as long as it is carried out. */
export interface PassRun {
  readonly deps: PassDependencies;
  readonly options: RunPassOptions;
  readonly planned: PlannedPass;
  /** Does what changes the checkout: one after the other. */
  readonly oneAtATime: <Result>(work: () => Promise<Result>) => Promise<Result>;
  /** What is checked out now. */
  snapshot: Snapshot;
}

/** What a stack is brought to. */
export interface Target {
  readonly desired: DesiredStack;
  readonly commit: string;
  readonly imagePins: readonly ImagePin[];
}

/** Operations, then the gate where there is something to be watched. */
export async function deployStack(
  run: PassRun,
  target: Target,
  plan: StackPlan,
  aside: Aside,
): Promise<Attempt> {
  const carried = await carryOutStack(run, target, plan);
  const { outcome, isTouched } = carried;
  if (outcome.result !== "deployed" && outcome.result !== "unchanged") return carried;
  if (!isTouched && !isUnproven(run, plan)) return carried;
  return await passGate(run, target, carried, aside);
}

/** Where images were refreshed or built, the stack is planned a second time: whatever used another one than came is recreated. */
async function carryOutStack(run: PassRun, target: Target, plan: StackPlan): Promise<Attempt> {
  const { deps, options } = run;
  const first = await carryOutPlan(run, target, plan);
  const isRefreshed = plan.operations.some((each) => "refreshes" in each && each.refreshes);
  if (first.outcome.result !== "deployed" || !isRefreshed) return first;
  try {
    const again = await planStackAgain(deps, target.desired, {
      imagePins: { [plan.name]: target.imagePins },
      signal: options.signal,
    });
    const second = await carryOutPlan(run, target, again);
    return second.outcome.result === "unchanged" ? first : afterEachOther(first, second);
  } catch (thrown) {
    if (options.signal.aborted) return { ...first, outcome: { ...first.outcome, result: "interrupted" } };
    const error = asError(thrown);
    return { ...first, outcome: { ...first.outcome, result: "failed", errors: [error] } };
  }
}

function carryOutPlan(
  { deps, options }: PassRun,
  { desired, commit }: Target,
  { name, operations, stackHash }: StackPlan,
): Promise<Attempt> {
  const { instance, version, settings } = deps;
  const deployedAt = deps.now().toISOString();
  return settle(options, name, operations, "deployed", (operation) =>
    deps.engine.execute(operation, {
      desired,
      ownership: { instance, stack: name, commit, stackHash, version, deployedAt },
      composeHash: settings.composeHash,
      signal: signalFor(operation, options),
      waitTimeout: settings.waitTimeout,
      pullTimeout: settings.pullTimeout,
      onProgress: (message) =>
        options.onEvent?.({ kind: "operation-progress", stack: name, operation, message }),
    }).catch((error) => {
      throw locateError(error, desired);
    }));
}

/** The engine is to finish what it has begun, so most operations never hear of the end of the pass. */
export function signalFor(operation: Operation, { signal }: Pick<RunPassOptions, "signal">): AbortSignal {
  return isCutShort(operation) ? signal : new AbortController().signal;
}

async function passGate(
  { deps, options }: PassRun,
  { desired }: Target,
  carried: Attempt,
  aside: Aside,
): Promise<Attempt> {
  const { healthGate: gate } = settingsOf(desired);
  const { outcome } = carried;
  if (gate === "off") return { ...carried, outcome: { ...outcome, gate: "off" } };
  const { signal, endWaits, gates, onEvent } = options;
  const begun = performance.now();
  const result = await aside(() =>
    watchHealth({
      engine: deps.engine,
      stack: desired,
      gate,
      clock: deps.clock,
      signal: endWaits === undefined ? signal : AbortSignal.any([signal, endWaits]),
      // What was touched is another attempt.
      progress: carried.isTouched ? undefined : gates?.progressOf(desired),
      onWaiting: (message) => onEvent?.({ kind: "gate-waiting", stack: desired.name, message }),
    })
  );
  const milliseconds = outcome.milliseconds + performance.now() - begun;
  switch (result.kind) {
    case "passed":
      return {
        ...carried,
        outcome: {
          ...outcome,
          milliseconds,
          result: "deployed",
          gate: "passed",
          ...(outcome.result === "unchanged" && { reason: "its health was still to be seen" }),
        },
      };
    case "interrupted":
      gates?.note(desired, result.progress);
      return {
        ...carried,
        outcome: {
          ...outcome,
          milliseconds,
          result: "interrupted",
          ...(!signal.aborted && { reason: "the next pass goes on to wait for its health" }),
        },
      };
    case "failed": {
      const { error, isOwnFault } = result;
      return {
        ...carried,
        outcome: { ...outcome, milliseconds, result: "failed", errors: [error], gate: "failed" },
        isOwnFault,
      };
    }
  }
}

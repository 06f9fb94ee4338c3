/** One pass over a host: plan, then carry the plan out. */
import { HomeportError } from "../errors.ts";
import type { Operation } from "../plan/operation.ts";
import type { PrunedStack, StackPlan } from "../plan/plan.ts";
import { locateError } from "../stacks/locate_error.ts";
import { carryOut, isCutShort } from "./carry_out.ts";
import type { PassDependencies, PlannedPass, RunPassOptions } from "./pass.ts";
import { planPass, planStackAgain } from "./plan_pass.ts";
import { forgetOutdated } from "./rejected_images.ts";
import type { ApplyReport, StackOutcome } from "./report.ts";
import { runSideBySide } from "./run_side_by_side.ts";

/**
 * Pruned stacks go first, so that their names and ports are free for others; then the stacks of the startup order, one after the other;
 * then all others side by side. A stack that fails fails alone: only errors that concern the whole host reject.
 */
export async function runPass(deps: PassDependencies, options: RunPassOptions): Promise<ApplyReport> {
  const planned = await planPass(deps, options);
  const { plan, observed, desired } = planned;
  for (
    const message of deps.state === undefined
      ? []
      : forgetOutdated(deps.state, [...desired.values()], observed)
  ) {
    options.onEvent?.({ kind: "journal-warning", message });
  }
  if (!options.confirmPrune) refuseLargePrune(planned);
  const tell = (outcome: StackOutcome) => {
    options.onEvent?.({ kind: "stack-done", outcome });
    return outcome;
  };
  const outcomes = plan.broken.map(({ name, error, waitsFor }) => {
    const result = waitsFor === undefined ? "broken" : "waiting";
    return tell({ ...NOTHING_DONE, stack: name, result, errors: [error] });
  });
  const isTried = (stack: StackPlan | PrunedStack) =>
    stack.operations.length === 0 || options.isHeld?.(stack) !== true;
  for (const stack of plan.prune.stacks.filter(isTried)) {
    outcomes.push(tell(await takeDown(deps, options, stack)));
  }
  const isFirst = ({ name }: StackPlan) => plan.startupOrder.includes(name);
  const stacks = plan.stacks.filter(isTried);
  for (const stack of stacks.filter(isFirst)) {
    outcomes.push(tell(await deploy(deps, options, planned, stack)));
  }
  const others = stacks.filter((stack) => !isFirst(stack));
  const ended = new Map<string, StackOutcome>();
  const tasks = others.map((stack) => ({
    name: stack.name,
    after: stack.after ?? [],
    run: async () => void ended.set(stack.name, tell(await deploy(deps, options, planned, stack))),
  }));
  await runSideBySide(tasks, deps.settings.parallel);
  // In the order of the plan, whichever came to its end first.
  return {
    commit: planned.commit,
    ...(planned.updates !== undefined && { updates: planned.updates }),
    plan,
    outcomes: [...outcomes, ...others.map(({ name }) => ended.get(name)!)],
  };
}

const NOTHING_DONE = { done: 0, skipped: 0, errors: [], milliseconds: 0 } as const;

function refuseLargePrune({ plan: { prune, host } }: PlannedPass): void {
  if (!prune.needsConfirmation) return;
  const names = prune.stacks.map(({ name }) => name).join(", ");
  throw new HomeportError(
    `Refusing to remove ${prune.stacks.length} of the ${prune.managed} stacks that run on ${host}: ${names}`,
    {
      hint:
        "if they are meant to be gone, stop homeport run and use apply --confirm-prune; nothing was changed",
    },
  );
}

function takeDown(
  deps: PassDependencies,
  options: RunPassOptions,
  { name, operations }: PrunedStack,
): Promise<StackOutcome> {
  return settle(
    options,
    name,
    operations,
    "pruned",
    (operation) => deps.engine.takeDown(operation, signalFor(operation, options)),
  );
}

/** Where images were refreshed or built, the stack is planned a second time: whatever used another one than came is recreated. */
async function deploy(
  deps: PassDependencies,
  options: RunPassOptions,
  planned: PlannedPass,
  stack: StackPlan,
): Promise<StackOutcome> {
  const first = await carryOutStack(deps, options, planned, stack);
  const isRefreshed = stack.operations.some((each) => "refreshes" in each && each.refreshes);
  if (first.result !== "deployed" || !isRefreshed) return first;
  try {
    const again = await planStackAgain(deps, planned.desired.get(stack.name)!, options);
    const second = await carryOutStack(deps, options, planned, again);
    return second.result === "unchanged" ? first : {
      ...second,
      done: first.done + second.done,
      milliseconds: first.milliseconds + second.milliseconds,
    };
  } catch (error) {
    if (options.signal.aborted) return { ...first, result: "interrupted" };
    return {
      ...first,
      result: "failed",
      errors: [error instanceof Error ? error : new Error(String(error))],
    };
  }
}

function carryOutStack(
  deps: PassDependencies,
  options: RunPassOptions,
  { commit, desired }: PlannedPass,
  { name, operations, stackHash }: StackPlan,
): Promise<StackOutcome> {
  const { instance, version, settings } = deps;
  const deployedAt = deps.now().toISOString();
  const stack = desired.get(name)!;
  return settle(options, name, operations, "deployed", (operation) =>
    deps.engine.execute(operation, {
      desired: stack,
      ownership: { instance, stack: name, commit, stackHash, version, deployedAt },
      composeHash: settings.composeHash,
      signal: signalFor(operation, options),
      waitTimeout: settings.waitTimeout,
      pullTimeout: settings.pullTimeout,
      onProgress: (message) =>
        options.onEvent?.({ kind: "operation-progress", stack: name, operation, message }),
    }).catch((error) => {
      throw locateError(error, stack);
    }));
}

/** The engine is to finish what it has begun, so most operations never hear of the end of the pass. */
function signalFor(operation: Operation, { signal }: RunPassOptions): AbortSignal {
  return isCutShort(operation) ? signal : new AbortController().signal;
}

async function settle(
  { signal, onEvent }: RunPassOptions,
  stack: string,
  operations: readonly Operation[],
  success: "deployed" | "pruned",
  execute: (operation: Operation) => Promise<void>,
): Promise<StackOutcome> {
  if (operations.length === 0) return { ...NOTHING_DONE, stack, result: "unchanged" };
  const started = performance.now();
  const { done, skipped, errors, interrupted } = await carryOut(operations, {
    execute,
    signal,
    onStarted: (operation) => onEvent?.({ kind: "operation-started", stack, operation }),
    onDone: (operation, milliseconds) =>
      onEvent?.({ kind: "operation-done", stack, operation, milliseconds }),
    onFailed: (operation, error) => onEvent?.({ kind: "operation-failed", stack, operation, error }),
  });
  const result = errors.length > 0 ? "failed" : interrupted ? "interrupted" : success;
  return { stack, result, done, skipped, errors, milliseconds: performance.now() - started };
}

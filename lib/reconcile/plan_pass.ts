/** The first half of a pass: from Git and the engine to a plan. Changes nothing but the checkout. */
import { ConfigurationError } from "../errors.ts";
import { makePlan } from "../plan/make_plan.ts";
import type { Observed } from "../plan/observed.ts";
import type { ImagePins, Plan, PlanInput, StackPlan } from "../plan/plan.ts";
import type { DesiredStack } from "../stacks/desired_stack.ts";
import type { LoadedHost } from "../stacks/load_host.ts";
import { withHeldStacks } from "./rollback/held_stacks.ts";
import { syncWithHolds } from "./rollback/sync_with_holds.ts";
import { findPruneHold, leaveAlone } from "./leave_alone.ts";
import { observeStacks } from "./observe_stacks.ts";
import type { PassDependencies, PlannedPass, PlanPassOptions } from "./pass.ts";
import { pinsOf } from "./rollback/rejected_images.ts";
import { type HostState, NO_STATE, stateOf } from "./state/stack_state.ts";
import { refreshOf, type UpdateFindings } from "./updates.ts";
import { findSuspended } from "./suspended.ts";

export async function planPass(deps: PassDependencies, options: PlanPassOptions): Promise<PlannedPass> {
  const { signal, onEvent } = options;
  const offline = options.offline ? "allowed" : "refused";
  const snapshot = await syncWithHolds(deps, { offline, signal });
  onEvent?.({ kind: "snapshot", snapshot });
  const checkedOut = await deps.loadHost(snapshot, signal);
  const { loaded: all, held } = await withHeldStacks(deps, snapshot, checkedOut, signal);
  const loaded = only(options.stack, deps.host, all);
  for (const warning of loaded.warnings) onEvent?.({ kind: "warning", warning });
  for (const folder of loaded.skipped) onEvent?.({ kind: "skipped-folder", folder });
  const ofHolds = [...held].map(([stack, { imagePins }]) => [stack, imagePins] as const);
  const imagePins = { ...options.imagePins, ...Object.fromEntries(ofHolds) };
  const fault = deps.state?.fault();
  if (fault !== undefined) onEvent?.({ kind: "journal-warning", message: fault });
  const state = stateFor(deps);
  const suspended = findSuspended(loaded, deps.state?.suspensions() ?? {});
  const isSuspended = ({ name }: { readonly name: string }) =>
    suspended.stacks.some((each) => each.name === name);
  const stacks = loaded.stacks.filter((stack) => !isSuspended(stack));
  const broken = loaded.broken.filter((stack) => !isSuspended(stack));
  const desired = new Map(stacks.map((stack) => [stack.name, stack]));
  const observed = await observeStacks(deps, state, stacks, imagePins, signal);
  const updates = await findUpdates(deps, options, state, loaded.stacks, observed);
  const input: PlanInput = {
    host: deps.host,
    instance: deps.instance,
    stacks,
    // As one that is broken, it is left as it runs.
    broken: [...broken, ...suspended.stacks.map(({ name, reason }) => ({ name, error: new Error(reason) }))],
    startupOrder: loaded.startupOrder,
    prune: deps.settings.prune && options.stack === undefined && !suspended.all,
    observed,
    imagePins: withRejected(state, stacks, imagePins, observed),
    ...(updates !== undefined && { refresh: refreshOf(updates) }),
    now: secondsOf(deps.now()),
  };
  const planned = planOf(input, options);
  const named = suspended.stacks.filter(({ name }) => options.stack === undefined || options.stack === name);
  const plan = leaveAlone({
    ...planned,
    broken: planned.broken.filter((stack) => !isSuspended(stack)),
    ...(named.length > 0 && { suspended: named }),
  }, {
    state,
    desired,
    drift: deps.settings.drift,
    now: deps.now(),
    byPerson: options.byPerson ?? false,
    stack: options.stack,
    window: options.window,
  });
  onEvent?.({ kind: "planned", plan });
  return {
    plan,
    commit: snapshot.commit,
    snapshot,
    observed,
    ...(updates !== undefined && { updates }),
    imagePins,
    held,
    desired,
    state,
  };
}

/** Where nothing is taken down for now, all else is planned for what runs. */
function planOf(input: PlanInput, { window, confirmPrune = false }: PlanPassOptions): Plan {
  const plan = makePlan(input);
  const left = findPruneHold(plan.prune, { window, confirmPrune });
  return left === undefined
    ? plan
    : { ...makePlan({ ...input, prune: false }), prune: { ...plan.prune, left } };
}

/** As things are after images came: only this stack, from the same commit. */
export async function planStackAgain(
  deps: PassDependencies,
  desired: DesiredStack,
  { imagePins = {}, signal }: Pick<PlanPassOptions, "imagePins" | "signal">,
): Promise<StackPlan> {
  const state = stateFor(deps);
  const observed = await observeStacks(deps, state, [desired], imagePins, signal);
  const { stacks: [stack], broken } = makePlan({
    host: deps.host,
    instance: deps.instance,
    stacks: [desired],
    broken: [],
    startupOrder: [],
    prune: false,
    observed,
    imagePins: withRejected(state, [desired], imagePins, observed),
    now: secondsOf(deps.now()),
  });
  if (stack === undefined) throw broken[0]!.error;
  return stack;
}

async function findUpdates(
  { state: store }: PassDependencies,
  { updates, window, signal, onEvent }: PlanPassOptions,
  state: HostState,
  stacks: readonly DesiredStack[],
  observed: Observed,
): Promise<UpdateFindings | undefined> {
  if (updates === undefined || window !== undefined) return undefined;
  const seen = { stacks, observed, state, suspensions: store?.suspensions() ?? {} };
  const findings = await updates.find(seen, signal);
  onEvent?.({ kind: "updates", findings });
  return findings;
}

/** Where a stack is held for another reason, that one decides. */
function withRejected(
  state: HostState,
  stacks: readonly DesiredStack[],
  imagePins: ImagePins,
  observed: Observed,
): ImagePins {
  return Object.fromEntries(stacks.map((stack) => {
    const given = imagePins[stack.name] ?? [];
    const rejected = pinsOf(stack, stateOf(state, stack.name), observed);
    const others = rejected.filter(({ reference }) => given.every((each) => each.reference !== reference));
    return [stack.name, [...given, ...others]];
  }));
}

function stateFor({ state }: PassDependencies): HostState {
  return state?.read() ?? NO_STATE;
}

function secondsOf(date: Date): number {
  return date.getTime() / 1000;
}

function only(stack: string | undefined, host: string, loaded: LoadedHost): LoadedHost {
  if (stack === undefined) return loaded;
  const isIt = ({ name }: { readonly name: string }) => name === stack;
  const stacks = loaded.stacks.filter(isIt);
  const broken = loaded.broken.filter(isIt);
  if (stacks.length + broken.length === 0) {
    const names = [...loaded.stacks, ...loaded.broken].map(({ name }) => name).sort();
    throw new ConfigurationError(`Host ${host} has no stack ${stack}`, {
      hint: names.length === 0 ? "add its folder to the repository" : `pick one of: ${names.join(", ")}`,
    });
  }
  const warnings = loaded.warnings.filter((warning) => warning.stack === stack);
  return { ...loaded, stacks, broken, warnings, skipped: [] };
}

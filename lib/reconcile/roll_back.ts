/** Brings a stack back to what ran well, and holds it there. */
import { formatError, HomeportError } from "../errors.ts";
import type { StackPlan } from "../plan/plan.ts";
import { settingsOf } from "../stacks/stack_settings.ts";
import { changeStack, changeState } from "./keep_state.ts";
import { checkImages, checkReturn } from "./check_return.ts";
import { deployStack, type PassRun, pinsFor, type Target } from "./deploy_stack.ts";
import { imagePinsOf, loadHeld, type ReturnHold, syncWithHolds } from "./held_stacks.ts";
import { imagesByService } from "./image_changes.ts";
import type { ImageChange } from "./pass_record.ts";
import { imagesOf, planStackAgain } from "./plan_pass.ts";
import { rejectImages } from "./rejected_images.ts";
import type { StackOutcome } from "./report.ts";
import type { Aside } from "./run_side_by_side.ts";
import { afterEachOther, type Attempt, NOTHING_DONE } from "./settle.ts";
import { type GoodState, stateOf } from "./stack_state.ts";

/** Brings a stack that failed for a reason of its own back to what ran well, where something else ran well. */
export async function returnIfFailed(
  run: PassRun,
  plan: StackPlan,
  failed: Attempt,
  aside: Aside,
): Promise<StackOutcome> {
  const { deps, options, planned } = run;
  const good = findGood(run, plan, failed);
  if (good === undefined) return failed.outcome;
  const reason = formatError(failed.outcome.errors[0]).split("\n")[0]!;
  const rollback = { to: good.commit, reason };
  try {
    const way = good.stackHash === plan.stackHash
      ? await returnToImages(run, plan, good)
      : await returnToCommit(run, plan.name, {
        kind: "rolled-back",
        since: deps.now().toISOString(),
        reason,
        bad: { commit: planned.commit, stackHash: plan.stackHash },
        to: good,
      });
    if (way === undefined) return failed.outcome;
    options.onEvent?.({ kind: "rollback-started", stack: plan.name, ...rollback });
    const { target } = way;
    const back = await planStackAgain(deps, target.desired, {
      imagePins: pinsFor(target),
      signal: options.signal,
    });
    const { outcome } = afterEachOther(failed, await deployStack(run, target, back, aside));
    return {
      ...outcome,
      ...(outcome.result === "deployed" || outcome.result === "unchanged" ? { result: "rolled-back" } : {}),
      errors: [...failed.outcome.errors, ...outcome.errors],
      gate: failed.outcome.gate ?? "failed",
      rollback,
      ...(way.hold !== undefined && { hold: way.hold.kind, reason: reasonOf(way.hold) }),
    };
  } catch (thrown) {
    if (options.signal.aborted) return { ...failed.outcome, result: "interrupted", rollback };
    const why = thrown instanceof Error ? thrown : new Error(String(thrown));
    const errors = [...failed.outcome.errors, impossible(plan.name, good.commit, why)];
    return { ...failed.outcome, errors };
  }
}

/** `undefined`: it stays as it is. */
function findGood(run: PassRun, plan: StackPlan, { outcome, isOwnFault }: Attempt): GoodState | undefined {
  const { deps: { state, commits }, options: { signal }, planned } = run;
  if (outcome.result !== "failed" || !isOwnFault || signal.aborted) return undefined;
  if (state === undefined || commits === undefined || planned.held.has(plan.name)) return undefined;
  if (settingsOf(planned.desired.get(plan.name)!).rollback === "off") return undefined;
  return stateOf(state.read(), plan.name).good[0];
}

interface Way {
  readonly target: Target;
  readonly hold?: ReturnHold;
}

async function returnToCommit(run: PassRun, stack: string, hold: ReturnHold): Promise<Way> {
  return { target: await run.oneAtATime(() => checkOutGood(run, stack, hold)), hold };
}

/** The files are those that ran well, and other images came: they are not used as long as their tags mean them. */
async function returnToImages(
  { deps, options: { signal }, planned }: PassRun,
  { name, project }: StackPlan,
  good: GoodState,
): Promise<Way | undefined> {
  const desired = planned.desired.get(name)!;
  const runs = imagesByService(project, await deps.engine.observe(imagesOf([desired]), signal));
  const changes = [...runs].map(([service, after]): ImageChange => {
    const before = Object.hasOwn(good.images, service) ? good.images[service] : undefined;
    return { service, ...(before && { before }), after };
  });
  const since = deps.now().toISOString();
  const known = stateOf(deps.state!.read(), name);
  if (rejectImages(known, desired, changes, since) === known) return undefined;
  changeState(
    deps.state,
    (state) => changeStack(state, name, (each) => rejectImages(each, desired, changes, since)),
  );
  return { target: { desired, commit: planned.commit, imagePins: [] } };
}

/** The hold comes before everything else: whatever happens from there on, the next pass goes the same way. */
async function checkOutGood(run: PassRun, stack: string, hold: ReturnHold): Promise<Target> {
  const { deps, options: { signal } } = run;
  const { commits, state } = deps;
  const { desired: before } = await checkReturn(commits!, run.snapshot, stack, hold.to.commit, signal);
  await checkImages(deps, before, imagePinsOf(hold, before), signal);
  const warnings = changeState(state, (known) => changeStack(known, stack, (each) => ({ ...each, hold })));
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

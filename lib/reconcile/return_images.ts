/** Brings a stack whose files did not change back to the images that ran well, where others came under its tags. */
import { imageNameOf } from "../compose/image_name.ts";
import { formatError, HomeportError } from "../errors.ts";
import { imageKey, type Observed } from "../plan/observed.ts";
import type { StackPlan } from "../plan/plan.ts";
import type { DesiredStack } from "../stacks/desired_stack.ts";
import { settingsOf } from "../stacks/stack_settings.ts";
import { deployStack, type PassRun } from "./deploy_stack.ts";
import { changeStack, changeState } from "./keep_state.ts";
import { findDigest } from "./image_changes.ts";
import type { ImageChange } from "./pass_record.ts";
import { imagesOf, planStackAgain } from "./plan_pass.ts";
import { describeRejection, pinsOf, rejectImages } from "./rejected_images.ts";
import type { StackOutcome } from "./report.ts";
import type { Aside } from "./run_side_by_side.ts";
import { afterEachOther, type Attempt } from "./settle.ts";
import { type GoodState, type RejectedImage, type StackState, stateOf } from "./stack_state.ts";

/** What ran well from the same files; `undefined`: there is nothing to go back to. */
export function findGoodImages(run: PassRun, plan: StackPlan, attempt: Attempt): GoodState | undefined {
  const { deps: { state }, options: { signal }, planned } = run;
  const { outcome, isOwnFault } = attempt;
  if (outcome.result !== "failed" || !isOwnFault || signal.aborted) return undefined;
  if (state === undefined || planned.held.has(plan.name)) return undefined;
  if (settingsOf(planned.desired.get(plan.name)!).rollback === "off") return undefined;
  const [good] = stateOf(state.read(), plan.name).good;
  return good?.stackHash === plan.stackHash ? good : undefined;
}

/** That the images are rejected is written first: whatever happens from there on, the next pass goes the same way. */
export async function returnImages(
  run: PassRun,
  plan: StackPlan,
  failed: Attempt,
  good: GoodState,
  aside: Aside,
): Promise<StackOutcome> {
  const { deps, options, planned } = run;
  const { name } = plan;
  const desired = planned.desired.get(name)!;
  try {
    const observed = await observe(run, desired, good);
    const since = deps.now().toISOString();
    const known = stateOf(deps.state!.read(), name);
    const next = rejectImages(known, desired, changesOf(desired, good, observed), since);
    if (next === known) return failed.outcome;
    keep(run, name, next);
    const rollback = { to: good.commit, reason: formatError(failed.outcome.errors[0]).split("\n")[0]! };
    options.onEvent?.({ kind: "rollback-started", stack: name, ...rollback });
    const imagePins = pinsOf(desired, next, observed);
    const back = await planStackAgain(deps, desired, {
      imagePins: { [name]: imagePins },
      signal: options.signal,
    });
    const target = { desired, commit: planned.commit, imagePins };
    const { outcome } = afterEachOther(failed, await deployStack(run, target, back, aside));
    const ended = {
      ...outcome,
      rollback,
      reason: reasonOf(next.rejected),
      errors: [...failed.outcome.errors, ...outcome.errors],
    };
    return outcome.result === "deployed" || outcome.result === "unchanged"
      ? { ...ended, result: "rolled-back", gate: failed.outcome.gate ?? "failed" }
      : ended;
  } catch (thrown) {
    if (options.signal.aborted) return { ...failed.outcome, result: "interrupted" };
    const error = thrown instanceof Error ? thrown : new Error(String(thrown));
    return { ...failed.outcome, errors: [...failed.outcome.errors, impossible(name, error)] };
  }
}

/** What the tags mean now, beside what ran well: also where no container came so far as to be made of it. */
function changesOf(
  { project }: DesiredStack,
  { images }: GoodState,
  observed: Observed,
): readonly ImageChange[] {
  return Object.values(project.services).flatMap((service): ImageChange[] => {
    if (!Object.hasOwn(images, service.name)) return [];
    const { platform } = service;
    const image = imageNameOf(project, service);
    const id = observed.images[imageKey({ image, ...(platform !== undefined && { platform }) })];
    if (id === undefined) return [];
    const digest = findDigest(image, observed.imageDigests?.[id] ?? []);
    const after = { id, ...(digest !== undefined && { digest }) };
    return [{ service: service.name, before: images[service.name]!, after }];
  });
}

function observe(
  { deps, options }: PassRun,
  desired: DesiredStack,
  { images }: GoodState,
): Promise<Observed> {
  const ids = Object.values(images).map(({ id }) => ({ image: id }));
  return deps.engine.observe([...imagesOf([desired]), ...ids], options.signal);
}

function keep({ deps: { state } }: PassRun, stack: string, next: StackState): void {
  const warnings = changeState(
    state,
    (all) => changeStack(all, stack, () => ({ ...next, isUnderWay: true })),
  );
  const kept = stateOf(state!.read(), stack).rejected;
  if (next.rejected.every(({ bad }) => kept.some((each) => each.bad.id === bad.id))) return;
  throw new HomeportError(`it cannot be kept that images of ${stack} are rejected: ${warnings.join("; ")}`, {
    consequence: "retry",
  });
}

function reasonOf(rejected: readonly RejectedImage[]): string {
  return `${
    rejected.map(describeRejection).join("; ")
  }: until the tag means yet another image, or homeport resume`;
}

function impossible(stack: string, cause: Error): HomeportError {
  const { hint, consequence } = cause instanceof HomeportError ? cause : {} as HomeportError;
  return new HomeportError(`Cannot bring ${stack} back to its images from before: ${cause.message}`, {
    hint,
    consequence,
    cause,
  });
}

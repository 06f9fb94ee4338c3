/** Brings a stack whose files did not change back to the images that ran well, where others came under its tags. */
import { imageNameOf } from "../../compose/image_name.ts";
import { HomeportError } from "../../errors.ts";
import { imageKey, type Observed } from "../../plan/observed.ts";
import type { DesiredStack } from "../../stacks/desired_stack.ts";
import type { PassRun } from "../deploy_stack.ts";
import { changeStack, changeState } from "../state/keep_state.ts";
import { findDigest } from "../history/image_changes.ts";
import type { ImageChange } from "../history/pass_record.ts";
import { imagesOf } from "../observe_stacks.ts";
import { describeRejection, pinsOf, rejectImages } from "./rejected_images.ts";
import type { WayBack } from "./roll_back.ts";
import { type GoodState, type RejectedImage, type StackState, stateOf } from "../state/stack_state.ts";

/** `undefined`: the images are those that ran well, so that they are not the reason. */
export async function returnImages(
  run: PassRun,
  stack: string,
  good: GoodState,
): Promise<WayBack | undefined> {
  const { deps, planned } = run;
  const desired = planned.desired.get(stack)!;
  const observed = await observe(run, desired, good);
  const since = deps.now().toISOString();
  const known = stateOf(deps.state!.read(), stack);
  const next = rejectImages(known, desired, changesOf(desired, good, observed), since);
  if (next === known) return undefined;
  keep(run, stack, next);
  return {
    target: { desired, commit: planned.commit, imagePins: pinsOf(desired, next, observed) },
    told: { reason: reasonOf(next.rejected) },
  };
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

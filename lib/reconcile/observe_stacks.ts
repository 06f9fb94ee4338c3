/** What the engine is asked for a plan: the images that stacks ask for, and those that they are held to. */
import { imageNameOf } from "../compose/image_name.ts";
import { followersOf } from "../plan/followers.ts";
import { imageKey, type ImageReference, type Observed } from "../plan/observed.ts";
import type { ImagePins } from "../plan/plan.ts";
import { wantsRefresh } from "../plan/pull_policy.ts";
import { hookImages, mountedImages } from "../plan/references.ts";
import type { DesiredStack } from "../stacks/desired_stack.ts";
import type { PassDependencies } from "./pass.ts";
import { imagesToSee } from "./rollback/rejected_images.ts";
import { type HostState, stateOf } from "./state/stack_state.ts";

export function observeStacks(
  { engine }: PassDependencies,
  state: HostState,
  stacks: readonly DesiredStack[],
  pins: ImagePins,
  signal: AbortSignal,
): Promise<Observed> {
  const followers = followersOf(stacks.map(({ project }) => project));
  const pinned = stacks.flatMap(({ name }) => pins[name] ?? []).map(({ id }) => ({ image: id }));
  const rejected = stacks.flatMap(({ name }) => imagesToSee(stateOf(state, name)));
  return engine.observe([...imagesOf(stacks), ...pinned, ...rejected], signal, followers);
}

/** Every image that a service asks for, once. */
export function imagesOf(stacks: readonly DesiredStack[]): readonly ImageReference[] {
  const references = new Map<string, ImageReference>();
  for (const { project } of stacks) {
    for (const service of Object.values(project.services)) {
      for (const image of [...mountedImages(service), ...hookImages(service)]) {
        if (!references.has(image)) references.set(image, { image });
      }
      const { platform } = service;
      const image = imageNameOf(project, service);
      if (image === "") continue;
      const reference = { image, ...(platform !== undefined && { platform }) };
      const key = imageKey(reference);
      const withTime = wantsRefresh(service) || references.get(key)?.withTime === true;
      references.set(key, { ...reference, ...(withTime && { withTime }) });
    }
  }
  return [...references.values()];
}

/** The first half of a pass: from Git and the engine to a plan. Changes nothing but the checkout. */
import { imageNameOf } from "../compose/image_name.ts";
import { ConfigurationError } from "../errors.ts";
import { followersOf } from "../plan/followers.ts";
import { makePlan } from "../plan/make_plan.ts";
import { imageKey, type ImageReference } from "../plan/observed.ts";
import type { ImagePins, StackPlan } from "../plan/plan.ts";
import { wantsRefresh } from "../plan/pull_policy.ts";
import { hookImages, mountedImages } from "../plan/references.ts";
import type { DesiredStack } from "../stacks/desired_stack.ts";
import type { LoadedHost } from "../stacks/load_host.ts";
import { syncWithHolds, withHeldStacks } from "./held_stacks.ts";
import type { PassDependencies, PlannedPass, PlanPassOptions } from "./pass.ts";

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
  const { refresh = {} } = options;
  const ofHolds = [...held].map(([stack, { imagePins }]) => [stack, imagePins] as const);
  const imagePins = { ...options.imagePins, ...Object.fromEntries(ofHolds) };
  const observed = await observe(deps, loaded.stacks, imagePins, signal);
  const plan = makePlan({
    host: deps.host,
    instance: deps.instance,
    stacks: loaded.stacks,
    broken: loaded.broken,
    startupOrder: loaded.startupOrder,
    prune: deps.settings.prune && options.stack === undefined,
    observed,
    imagePins,
    refresh,
    now: secondsOf(deps.now()),
  });
  onEvent?.({ kind: "planned", plan });
  return {
    plan,
    commit: snapshot.commit,
    snapshot,
    observed,
    imagePins,
    held,
    desired: new Map(loaded.stacks.map((stack) => [stack.name, stack])),
  };
}

/** As things are after images came: only this stack, from the same commit. */
export async function planStackAgain(
  deps: PassDependencies,
  desired: DesiredStack,
  { imagePins = {}, signal }: Pick<PlanPassOptions, "imagePins" | "signal">,
): Promise<StackPlan> {
  const { stacks: [stack], broken } = makePlan({
    host: deps.host,
    instance: deps.instance,
    stacks: [desired],
    broken: [],
    startupOrder: [],
    prune: false,
    observed: await observe(deps, [desired], imagePins, signal),
    imagePins,
    now: secondsOf(deps.now()),
  });
  if (stack === undefined) throw broken[0]!.error;
  return stack;
}

function observe(
  { engine }: PassDependencies,
  stacks: readonly DesiredStack[],
  pins: ImagePins,
  signal: AbortSignal,
) {
  const followers = followersOf(stacks.map(({ project }) => project));
  const pinned = stacks.flatMap(({ name }) => pins[name] ?? []).map(({ id }) => ({ image: id }));
  return engine.observe([...imagesOf(stacks), ...pinned], signal, followers);
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

/** The first half of a pass: from Git and the engine to a plan. Changes nothing but the checkout. */
import { imageNameOf } from "../compose/image_name.ts";
import { ConfigurationError } from "../errors.ts";
import { followersOf } from "../plan/followers.ts";
import { makePlan } from "../plan/make_plan.ts";
import { imageKey, type ImageReference, type Observed } from "../plan/observed.ts";
import type { ImagePins, StackPlan } from "../plan/plan.ts";
import { wantsRefresh } from "../plan/pull_policy.ts";
import { hookImages, mountedImages } from "../plan/references.ts";
import type { DesiredStack } from "../stacks/desired_stack.ts";
import type { LoadedHost } from "../stacks/load_host.ts";
import type { PassDependencies, PlannedPass, PlanPassOptions } from "./pass.ts";
import { imagesToSee, pinsOf } from "./rejected_images.ts";
import { NO_STATE, stateOf } from "./stack_state.ts";
import { refreshOf, type UpdateFindings } from "./updates.ts";

export async function planPass(deps: PassDependencies, options: PlanPassOptions): Promise<PlannedPass> {
  const { signal, onEvent } = options;
  const snapshot = await deps.repository.sync({ offline: options.offline ? "allowed" : "refused", signal });
  onEvent?.({ kind: "snapshot", snapshot });
  const loaded = only(options.stack, deps.host, await deps.loadHost(snapshot, signal));
  for (const warning of loaded.warnings) onEvent?.({ kind: "warning", warning });
  for (const folder of loaded.skipped) onEvent?.({ kind: "skipped-folder", folder });
  const { imagePins = {} } = options;
  const observed = await observe(deps, loaded.stacks, imagePins, signal);
  const updates = await findUpdates(deps, options, loaded.stacks, observed);
  const plan = makePlan({
    host: deps.host,
    instance: deps.instance,
    stacks: loaded.stacks,
    broken: loaded.broken,
    startupOrder: loaded.startupOrder,
    prune: deps.settings.prune && options.stack === undefined,
    observed,
    imagePins: withRejected(deps, loaded.stacks, imagePins, observed),
    ...(updates !== undefined && { refresh: refreshOf(updates) }),
    now: secondsOf(deps.now()),
  });
  onEvent?.({ kind: "planned", plan });
  return {
    plan,
    commit: snapshot.commit,
    observed,
    ...(updates !== undefined && { updates }),
    desired: new Map(loaded.stacks.map((stack) => [stack.name, stack])),
  };
}

/** As things are after images came: only this stack, from the same commit. */
export async function planStackAgain(
  deps: PassDependencies,
  desired: DesiredStack,
  { imagePins = {}, signal }: Pick<PlanPassOptions, "imagePins" | "signal">,
): Promise<StackPlan> {
  const observed = await observe(deps, [desired], imagePins, signal);
  const { stacks: [stack], broken } = makePlan({
    host: deps.host,
    instance: deps.instance,
    stacks: [desired],
    broken: [],
    startupOrder: [],
    prune: false,
    observed,
    imagePins: withRejected(deps, [desired], imagePins, observed),
    now: secondsOf(deps.now()),
  });
  if (stack === undefined) throw broken[0]!.error;
  return stack;
}

async function findUpdates(
  { state }: PassDependencies,
  { updates, signal, onEvent }: PlanPassOptions,
  stacks: readonly DesiredStack[],
  observed: Observed,
): Promise<UpdateFindings | undefined> {
  if (updates === undefined) return undefined;
  const seen = {
    stacks,
    observed,
    state: state?.read() ?? NO_STATE,
    suspensions: state?.suspensions() ?? {},
  };
  const findings = await updates.find(seen, signal);
  onEvent?.({ kind: "updates", findings });
  return findings;
}

/** Where a stack is held for another reason, that one decides. */
function withRejected(
  { state }: PassDependencies,
  stacks: readonly DesiredStack[],
  imagePins: ImagePins,
  observed: Observed,
): ImagePins {
  if (state === undefined) return imagePins;
  const known = state.read();
  const rejected = stacks.map((stack) => [stack.name, pinsOf(stack, stateOf(known, stack.name), observed)]);
  return { ...Object.fromEntries(rejected), ...imagePins };
}

function observe(
  { engine, state }: PassDependencies,
  stacks: readonly DesiredStack[],
  pins: ImagePins,
  signal: AbortSignal,
) {
  const followers = followersOf(stacks.map(({ project }) => project));
  const pinned = stacks.flatMap(({ name }) => pins[name] ?? []).map(({ id }) => ({ image: id }));
  const known = state?.read() ?? NO_STATE;
  const rejected = stacks.flatMap(({ name }) => imagesToSee(stateOf(known, name)));
  return engine.observe([...imagesOf(stacks), ...pinned, ...rejected], signal, followers);
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

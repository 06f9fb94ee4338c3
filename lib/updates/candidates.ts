/** The images that a host's stacks run, each with what is known of it before a registry is asked. */
import { imageNameOf } from "../compose/image_name.ts";
import type { StringMap } from "../compose/project.ts";
import { isDeployed, isPreStartHook, projectOf, serviceOf } from "../plan/compose_labels.ts";
import { normalizeImage } from "../plan/image_reference.ts";
import { imageKey, type ImageReference, type ObservedContainer } from "../plan/observed.ts";
import { pullPolicyOf } from "../plan/pull_policy.ts";
import { stateOf } from "../reconcile/state/stack_state.ts";
import type { SeenHost } from "../reconcile/updates.ts";
import type { DesiredStack } from "../stacks/desired_stack.ts";
import { settingsOf } from "../stacks/stack_settings.ts";
import { type Before, decideBefore, type RunningImage, type Skip } from "./decide_update.ts";
import { findStackExclusion } from "./update_labels.ts";

export interface Candidate {
  readonly stack: string;
  readonly service: string;
  readonly image: RunningImage;
  readonly before: Before;
}

export function findCandidates(seen: SeenHost, exclude: readonly string[]): readonly Candidate[] {
  return withShared(seen.stacks.flatMap((stack) => candidatesOf(stack, seen, exclude)));
}

/** A pull moves the tag for everybody: what must stay would come along with the next change of its stack. */
function withShared(candidates: readonly Candidate[]): readonly Candidate[] {
  const fixed = new Map<string, Candidate>();
  for (const each of candidates) {
    if (each.before.kind === "ask" ? each.before.onlyTold !== undefined : stays(each.before.skip)) {
      fixed.set(normalizeImage(each.image.reference.image), each);
    }
  }
  return candidates.map((each): Candidate => {
    const other = fixed.get(normalizeImage(each.image.reference.image));
    if (other === undefined || each.before.kind === "skip" || each.before.onlyTold !== undefined) return each;
    const onlyTold = `${other.stack}/${other.service} runs the same tag and is to keep its image`;
    return { ...each, before: { kind: "ask", onlyTold } };
  });
}

function stays({ kind }: Skip): boolean {
  return kind === "excluded" || kind === "pull-policy";
}

function candidatesOf(stack: DesiredStack, seen: SeenHost, exclude: readonly string[]): readonly Candidate[] {
  const containers = seen.observed.containers.filter((each) =>
    projectOf(each) === stack.project.name && isDeployed(each) && !isPreStartHook(each)
  );
  const running = Object.keys(stack.project.services).sort().flatMap((name) => {
    const service = stack.project.services[name]!;
    const container = containers.find((each) => serviceOf(each) === service.name);
    return container === undefined ? [] : [{ service, container }];
  });
  const labelsOf = ({ service, container }: typeof running[number]): StringMap => ({
    ...container.labels,
    ...service.labels,
  });
  const labels = Object.fromEntries(running.map((each) => [each.service.name, labelsOf(each)]));
  const skip = findStackSkip(stack, seen, exclude, labels);
  return running.filter(({ service }) => imageNameOf(stack.project, service) !== "").map((each) => {
    const { service, container } = each;
    const image = runningImage(stack, service.name, container, labels[service.name]!, seen);
    const before: Before = skip === undefined ? decideBefore(image) : { kind: "skip", skip };
    return { stack: stack.name, service: service.name, image, before };
  });
}

function runningImage(
  { name: stack, project, builds }: DesiredStack,
  name: string,
  container: ObservedContainer,
  labels: StringMap,
  { observed, state }: SeenHost,
): RunningImage {
  const service = project.services[name]!;
  const { platform } = service;
  const reference: ImageReference = {
    image: imageNameOf(project, service),
    ...(platform !== undefined && { platform }),
  };
  const id = observed.images[imageKey(reference)] ?? container.image;
  const rejected = stateOf(state, stack).rejected.find((each) => each.reference === reference.image);
  return {
    reference,
    pullPolicy: pullPolicyOf(service).kind,
    isBuilt: service.build !== undefined || builds?.[name] !== undefined ||
      observed.imageBuilds?.[imageKey(reference)] !== undefined,
    labels,
    id,
    digests: observed.imageDigests?.[id] ?? [],
    ...(rejected !== undefined && {
      rejected,
      rejectedDigests: observed.imageDigests?.[rejected.bad.id] ?? [],
    }),
  };
}

function findStackSkip(
  stack: DesiredStack,
  { state, suspensions }: SeenHost,
  exclude: readonly string[],
  labels: Readonly<Record<string, StringMap>>,
): Skip | undefined {
  const { name } = stack;
  if (Object.hasOwn(suspensions, name) || settingsOf(stack).suspend) {
    return { kind: "suspended", reason: "its stack is suspended" };
  }
  const { hold } = stateOf(state, name);
  if (hold !== undefined) return { kind: "held", reason: `its stack is held (${hold.kind})` };
  const pattern = exclude.find((each) => matches(each, name));
  if (pattern !== undefined) {
    return { kind: "excluded", reason: `updates.exclude names its stack: ${JSON.stringify(pattern)}` };
  }
  const label = findStackExclusion(labels);
  return label === undefined ? undefined : { kind: "excluded", reason: label };
}

function matches(pattern: string, name: string): boolean {
  const parts = pattern.split("*").map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`).test(name);
}

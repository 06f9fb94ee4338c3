/** Looks for newer images of the tags that a host's stacks run: one question for each reference, few at a time. */
import type { StringMap } from "../compose/project.ts";
import { isDeployed, isPreStartHook, projectOf, serviceOf } from "../plan/compose_labels.ts";
import { imageKey, type ImageReference, type ObservedContainer } from "../plan/observed.ts";
import { pullPolicyOf } from "../plan/pull_policy.ts";
import type { RegistryImage } from "../plan/registry_image.ts";
import type { RegistryQuestions } from "../reconcile/ports.ts";
import { stateOf } from "../reconcile/stack_state.ts";
import type {
  AvailableUpdate,
  SeenHost,
  SkippedImage,
  UnansweredImage,
  UpdateFinder,
  UpdateFindings,
} from "../reconcile/updates.ts";
import { imageNameOf } from "../compose/image_name.ts";
import type { DesiredStack } from "../stacks/desired_stack.ts";
import { settingsOf } from "../stacks/stack_settings.ts";
import { type Before, decideAfter, decideBefore, type RunningImage, type Skip } from "./decide_update.ts";
import { findStackExclusion } from "./update_labels.ts";

export interface UpdateFinderOptions {
  readonly registries: RegistryQuestions;
  /** Stacks that are left out: names, in which `*` stands for anything. */
  readonly exclude: readonly string[];
  /** Absent: all. */
  readonly only?: readonly string[];
}

const AT_A_TIME = 4;

export function makeUpdateFinder(options: UpdateFinderOptions): UpdateFinder {
  return { find: (seen, signal) => findUpdates(options, seen, signal) };
}

interface Candidate {
  readonly stack: string;
  readonly service: string;
  readonly image: RunningImage;
  readonly before: Before;
}

async function findUpdates(
  { registries, exclude, only }: UpdateFinderOptions,
  seen: SeenHost,
  signal: AbortSignal,
): Promise<UpdateFindings> {
  const candidates = withShared(seen.stacks.flatMap((stack) => candidatesOf(stack, seen, exclude)));
  const isWanted = ({ stack }: Candidate) => only === undefined || only.includes(stack);
  const asked = candidates.filter((each) => each.before.kind === "ask" && isWanted(each));
  const answers = await ask(registries, asked.map(({ image }) => image.reference), signal);
  const available: AvailableUpdate[] = [];
  const skipped: SkippedImage[] = [];
  const failed = new Map<string, UnansweredImage>();
  for (const { stack, service, image, before } of candidates.filter(isWanted)) {
    const reference = image.reference.image;
    const skip = ({ kind, reason }: Skip) => void skipped.push({ stack, service, reference, kind, reason });
    if (before.kind === "skip") {
      skip(before.skip);
      continue;
    }
    const key = imageKey(image.reference);
    const answer = answers.get(key)!;
    if ("error" in answer) {
      const stacks = [...new Set([...failed.get(key)?.stacks ?? [], stack])];
      failed.set(key, { reference, stacks, error: answer.error });
      continue;
    }
    const after = decideAfter(image, answer);
    if (after.kind === "skip") {
      skip(after.skip);
      continue;
    }
    const { onlyTold } = before;
    const { from, to } = after;
    add(available, {
      stack,
      services: [service],
      reference,
      to,
      ...(from !== undefined && { from }),
      ...(onlyTold !== undefined && { onlyTold }),
    });
  }
  return { available, skipped, failed: [...failed.values()] };
}

/** Services of a stack that run one image get it together: where one of them is only told, all are. */
function add(available: AvailableUpdate[], update: AvailableUpdate): void {
  const index = available.findIndex(({ stack, reference }) =>
    stack === update.stack && reference === update.reference
  );
  if (index < 0) return void available.push(update);
  const known = available[index]!;
  available[index] = { ...update, ...known, services: [...known.services, ...update.services] };
}

function candidatesOf(stack: DesiredStack, seen: SeenHost, exclude: readonly string[]): readonly Candidate[] {
  const containers = seen.observed.containers.filter((each) =>
    projectOf(each) === stack.project.name && isDeployed(each) && !isPreStartHook(each)
  );
  const running = Object.values(stack.project.services).flatMap((service) => {
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
    policy: { kind: "digest" },
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

/** A pull moves the tag for everybody: what must stay would come along with the next change of its stack. */
function withShared(candidates: readonly Candidate[]): readonly Candidate[] {
  const fixed = new Map<string, Candidate>();
  for (const each of candidates) {
    if (each.before.kind === "ask" ? each.before.onlyTold !== undefined : stays(each.before.skip)) {
      fixed.set(each.image.reference.image, each);
    }
  }
  return candidates.map((each): Candidate => {
    const other = fixed.get(each.image.reference.image);
    if (other === undefined || each.before.kind === "skip" || each.before.onlyTold !== undefined) return each;
    const onlyTold = `${other.stack}/${other.service} runs the same tag and is to keep its image`;
    return { ...each, before: { kind: "ask", onlyTold } };
  });
}

function stays({ kind }: Skip): boolean {
  return kind === "excluded" || kind === "pull-policy";
}

type Answer = RegistryImage | { readonly error: Error };

/** What one registry does not answer says nothing about the next. */
async function ask(
  registries: RegistryQuestions,
  references: readonly ImageReference[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Answer>> {
  const questions = new Map(references.map((each) => [imageKey(each), each]));
  const left = [...questions];
  const answers = new Map<string, Answer>();
  const work = async (): Promise<void> => {
    for (let next = left.shift(); next !== undefined; next = left.shift()) {
      const [key, reference] = next;
      try {
        answers.set(key, await registries.askRegistry(reference, signal));
      } catch (error) {
        if (signal.aborted) throw signal.reason;
        answers.set(key, { error: error instanceof Error ? error : new Error(String(error)) });
      }
    }
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, work));
  return answers;
}

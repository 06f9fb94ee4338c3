/** Looks for newer images of the tags that a host's stacks run: one question for each reference, few at a time. */
import { asError } from "../errors.ts";
import { imageKey, type ImageReference } from "../plan/observed.ts";
import type { RegistryImage } from "../plan/registry_image.ts";
import type { RegistryQuestions } from "../reconcile/ports.ts";
import type {
  AvailableUpdate,
  SeenHost,
  SkippedImage,
  UnansweredImage,
  UpdateFinder,
  UpdateFindings,
} from "../reconcile/updates.ts";
import { findCandidates } from "./candidates.ts";
import { decideAfter, type Skip } from "./decide_update.ts";

export interface UpdateFinderOptions {
  readonly registries: RegistryQuestions;
  /** Stacks that are left out: names, in which `*` stands for anything. */
  readonly exclude: readonly string[];
  /** Why nothing that is found is used. Absent: it is. */
  readonly onlyTold?: string;
}

const AT_A_TIME = 4;

export function makeUpdateFinder(options: UpdateFinderOptions): UpdateFinder {
  return { find: (seen, signal) => findUpdates(options, seen, signal) };
}

async function findUpdates(
  { registries, exclude, onlyTold: always }: UpdateFinderOptions,
  seen: SeenHost,
  signal: AbortSignal,
): Promise<UpdateFindings> {
  const candidates = findCandidates(seen, exclude);
  const asked = candidates.filter(({ before }) => before.kind === "ask");
  const answers = await ask(registries, asked.map(({ image }) => image.reference), signal);
  const available: AvailableUpdate[] = [];
  const skipped: SkippedImage[] = [];
  const failed = new Map<string, UnansweredImage>();
  for (const { stack, service, image, before } of candidates) {
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
    const onlyTold = before.onlyTold ?? always;
    const { from, to } = after;
    add(available, {
      kind: "digest",
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
  available[index] = { ...update, ...known, services: [...known.services, ...update.services].sort() };
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
        answers.set(key, { error: asError(error) });
      }
    }
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, work));
  return answers;
}

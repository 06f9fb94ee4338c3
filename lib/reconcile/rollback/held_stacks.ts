/** Stacks that went back: they stay at their commit and with their images until that ends. */
import { posix } from "node:path";
import { imageNameOf } from "../../compose/image_name.ts";
import { asError, HomeportError } from "../../errors.ts";
import type { ImagePin } from "../../plan/image_pins.ts";
import type { BrokenStack, DesiredStack, StackWarning } from "../../stacks/desired_stack.ts";
import type { LoadedHost } from "../../stacks/load_host.ts";
import { settingsOf } from "../../stacks/stack_settings.ts";
import type { PassDependencies, StacksOfCommits } from "../pass.ts";
import type { FilesAt, HeadView, Snapshot } from "../ports.ts";
import { loadHead, type StackOfHead, stands } from "./standing_holds.ts";
import { type Hold, type HostState, NO_STATE } from "../state/stack_state.ts";

/** A hold that means another commit than the branch's. */
export type ReturnHold = Extract<Hold, { readonly kind: "rolled-back" | "manual" }>;

export interface HeldStack {
  readonly hold: ReturnHold;
  /** Full ID of the commit that it is at. */
  readonly commit: string;
  readonly imagePins: readonly ImagePin[];
}

type Dependencies = Pick<PassDependencies, "commits" | "state">;

/** Puts the held stacks, as their commits have them, in the place of what the checkout has. */
export async function withHeldStacks(
  deps: Dependencies,
  snapshot: Snapshot,
  loaded: LoadedHost,
  signal: AbortSignal,
): Promise<{ readonly loaded: LoadedHost; readonly held: ReadonlyMap<string, HeldStack> }> {
  const { commits } = deps;
  const held = new Map<string, HeldStack>();
  if (commits === undefined) return { loaded, held };
  let result = loaded;
  for (const [stack, hold] of holdsOf(deps.state?.read() ?? NO_STATE)) {
    const pin = snapshot.pins.find(({ path }) => path === commits.folderOf(stack));
    const head = await loadHead(commits, stack, snapshot.head, signal);
    if (pin === undefined && !stands(hold, head)) continue;
    const found = suspendedAs(head, await loadHeld(commits, snapshot, stack, hold, signal));
    result = replaced(result, stack, found);
    const imagePins = "desired" in found ? imagePinsOf(hold, found.desired) : [];
    held.set(stack, { hold, commit: pin?.commit ?? hold.to.commit, imagePins });
  }
  return { loaded: result, held };
}

/** From a snapshot that pins it. What it mounts is what the checkout has: that is what its containers see. */
export async function loadHeld(
  commits: StacksOfCommits,
  { head, tracked }: Snapshot,
  stack: string,
  { to }: Pick<ReturnHold, "to">,
  signal: AbortSignal,
): Promise<LoadedStackOfCommit> {
  try {
    const at = await findCommit(commits, stack, to.commit, head);
    return await loadAt(commits, stack, { ...at, tracked }, signal);
  } catch (thrown) {
    signal.throwIfAborted();
    return { warnings: [], broken: { name: stack, error: asError(thrown) } };
  }
}

export type LoadedStackOfCommit =
  & { readonly warnings: readonly StackWarning[] }
  & ({ readonly desired: DesiredStack } | { readonly broken: BrokenStack });

export async function loadAt(
  commits: StacksOfCommits,
  stack: string,
  at: FilesAt,
  signal: AbortSignal,
): Promise<LoadedStackOfCommit> {
  const { stacks: [desired], broken: [broken], warnings } = await commits.load(stack, at, signal);
  if (desired !== undefined) return { warnings, desired };
  return { warnings, broken: broken ?? { name: stack, error: noSuchStack(stack, at.commit) } };
}

export function imagePinsOf(
  { to: { images } }: Pick<ReturnHold, "to">,
  { project }: DesiredStack,
): readonly ImagePin[] {
  return Object.values(project.services).flatMap((service) => {
    const image = Object.hasOwn(images, service.name) ? images[service.name] : undefined;
    if (image === undefined) return [];
    const { id, digest } = image;
    return [{ reference: imageNameOf(project, service), id, ...(digest !== undefined && { digest }) }];
  });
}

export function holdsOf({ stacks }: Pick<HostState, "stacks">): ReadonlyMap<string, ReturnHold> {
  return new Map(
    Object.entries(stacks).flatMap(([stack, { hold }]) =>
      hold === undefined || hold.kind === "drift" ? [] : [[stack, hold] as const]
    ),
  );
}

/** Whoever suspends a stack in the repository does so now, and not in the commit that it went back to. */
function suspendedAs(head: StackOfHead, found: LoadedStackOfCommit): LoadedStackOfCommit {
  if (typeof head === "string" || !("desired" in found)) return found;
  const { suspend } = settingsOf(head);
  const { desired } = found;
  return { ...found, desired: { ...desired, settings: { ...settingsOf(desired), suspend } } };
}

/** The commit's full ID, once it is sure that it is to be had, and has the stack. */
async function findCommit(
  { root, folderOf }: StacksOfCommits,
  stack: string,
  id: string,
  head: HeadView,
): Promise<FilesAt> {
  const at = await head.filesAt(id);
  const isThere = at.tracked.filesBelow(posix.join(root, folderOf(stack))).length > 0;
  if (!isThere) throw noSuchStack(stack, at.commit);
  return at;
}

/** In the place of what the checkout has of it. */
function replaced(loaded: LoadedHost, stack: string, found: LoadedStackOfCommit): LoadedHost {
  const isOther = ({ name }: { readonly name: string }) => name !== stack;
  const byName = (one: { readonly name: string }, other: { readonly name: string }) =>
    one.name < other.name ? -1 : 1;
  const { stacks, broken, warnings } = loaded;
  return {
    ...loaded,
    stacks: [...stacks.filter(isOther), ...("desired" in found ? [found.desired] : [])].sort(byName),
    broken: [...broken.filter(isOther), ...("broken" in found ? [found.broken] : [])].sort(byName),
    warnings: [...warnings.filter((each) => each.stack !== stack), ...found.warnings],
  };
}

function noSuchStack(stack: string, commit: string): HomeportError {
  return new HomeportError(`Commit ${commit} has no stack ${stack}`, {
    hint: "name a commit that has it; homeport history shows which were deployed",
  });
}

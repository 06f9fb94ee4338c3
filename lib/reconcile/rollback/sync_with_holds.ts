/** Syncs the repository so that the folders of held stacks are as their commits have them. */
import { posix } from "node:path";
import { HomeportError } from "../../errors.ts";
import { holdsOf } from "./held_stacks.ts";
import type { PassDependencies } from "../pass.ts";
import type { HeadView, Pin, Snapshot, StateStore, SyncOptions } from "../ports.ts";
import { type HostState, NO_STATE } from "../state/stack_state.ts";
import { loadHead, stands } from "./standing_holds.ts";

interface Dependencies extends Pick<PassDependencies, "repository" | "commits"> {
  readonly state?: Pick<StateStore, "read">;
}

export async function syncWithHolds(
  deps: Dependencies,
  options: Pick<SyncOptions, "offline" | "signal">,
): Promise<Snapshot> {
  const { commits, repository } = deps;
  const state = deps.state?.read() ?? NO_STATE;
  const holds = holdsOf(state);
  const elsewhere = commits?.elsewhere() ?? { pins: [], keep: [] };
  const keep = [...new Set([...commitsToKeep(state), ...elsewhere.keep])].sort();
  const base = { ...options, ...(keep.length > 0 && { keep }) };
  if (commits === undefined || holds.size + elsewhere.pins.length === 0) return await repository.sync(base);
  let isAsked = false;
  const findPins = async (head: HeadView): Promise<readonly Pin[]> => {
    isAsked = true;
    const pins: Pin[] = [];
    for (const [stack, hold] of holds) {
      if (!stands(hold, await loadHead(commits, stack, head, options.signal))) continue;
      pins.push({ path: commits.folderOf(stack), commit: hold.to.commit });
    }
    return [...pins, ...elsewhere.pins];
  };
  try {
    return await repository.sync({ ...base, pins: findPins });
  } catch (error) {
    if (!isAsked || options.signal.aborted || !(error instanceof HomeportError)) throw error;
    // A commit that cannot be had keeps its own stack from the pass, and no other.
    return await repository.sync({
      ...base,
      pins: async (head) => {
        const pins = await findPins(head);
        const areThere = await Promise.all(pins.map((pin) => isThere(pin, commits.root, head)));
        return pins.filter((_, index) => areThere[index]);
      },
    });
  }
}

async function isThere({ path, commit }: Pin, root: string, head: HeadView): Promise<boolean> {
  try {
    const { tracked } = await head.filesAt(commit);
    return tracked.filesBelow(posix.join(root, path)).length > 0;
  } catch (error) {
    if (error instanceof HomeportError) return false;
    throw error;
  }
}

/** Of every stack: what it may go back to, also where it runs the newer one of the two. */
const KEPT = 2;

export function commitsToKeep({ stacks }: HostState): readonly string[] {
  return Object.values(stacks).flatMap(({ good, hold }) => [
    ...good.slice(0, KEPT).map(({ commit }) => commit),
    ...(hold === undefined || hold.kind === "drift" ? [] : [hold.to.commit]),
  ]);
}

import type { Repository, Snapshot } from "../ports.ts";

/** Gives what was synced before; a pass that has to go back syncs once more. */
export function syncedRepository(
  repository: Repository,
  synced: { readonly snapshot: Snapshot } | { readonly error: unknown },
): Repository {
  let isGiven = false;
  return {
    sync: async (options) => {
      if (isGiven) return await repository.sync(options);
      isGiven = true;
      if ("error" in synced) throw synced.error;
      return synced.snapshot;
    },
  };
}

/** Removes the images that are of no use any more: those that nothing runs, asks for, or may go back to. */
import { asError, formatError, HomeportError } from "../../errors.ts";
import { type SelectedImage, selectImages } from "../../plan/select_images.ts";
import type { CleanupEvent, CleanupReport, FailedImage, KeptImage } from "./cleanup_report.ts";
import type { PassDependencies } from "../pass.ts";
import { imagesOf } from "../observe_stacks.ts";
import type { CleanupJournal, ImageStore, StateStore } from "../ports.ts";
import { imagesOfState } from "../state/images_of_state.ts";
import { syncWithHolds } from "../rollback/sync_with_holds.ts";

export interface CleanupDependencies
  extends Pick<PassDependencies, "repository" | "commits" | "loadHost" | "host" | "now"> {
  readonly engine: ImageStore;
  readonly journal: CleanupJournal;
  /** `own`: what this host's deployments ran or built. `all`: whatever nothing uses. */
  readonly images: "own" | "all";
  readonly state: Pick<StateStore, "read" | "fault">;
}

export interface CleanupOptions {
  /** Only say what would go. */
  readonly dryRun: boolean;
  /** What set it off. */
  readonly trigger: "cleanup" | "schedule";
  readonly signal: AbortSignal;
  readonly onEvent: (event: CleanupEvent) => void;
}

/** Never at the same time as a pass: what a pass has just pulled is used by nothing yet. */
export async function cleanUp(deps: CleanupDependencies, options: CleanupOptions): Promise<CleanupReport> {
  const startedAt = deps.now();
  options.onEvent({ kind: "cleanup-started" });
  const selected = await select(deps, options.signal);
  if (options.dryRun || selected.length === 0) {
    const report = { ...NOTHING, host: deps.host, dryRun: options.dryRun, images: selected };
    options.onEvent({ kind: "cleanup-done", report });
    return report;
  }
  const before = await deps.engine.imageBytes(options.signal);
  const done = await remove(deps, options, selected);
  const report: CleanupReport = {
    ...done,
    host: deps.host,
    dryRun: false,
    // Others may pull meanwhile.
    bytes: done.images.length === 0 ? 0 : Math.max(0, before - await bytesAfter(deps, options, before)),
  };
  if (report.images.length > 0 || report.failed.length > 0) {
    const warnings = await deps.journal.recordCleanup({
      host: deps.host,
      trigger: options.trigger,
      startedAt,
      endedAt: deps.now(),
      images: report.images.map(({ id, references }) => ({ id, references })),
      bytes: report.bytes,
      errors: report.failed.map(({ error }) => formatError(error)),
    });
    for (const message of warnings) options.onEvent({ kind: "journal-warning", message });
  }
  options.onEvent({ kind: "cleanup-done", report });
  return report;
}

const NOTHING = { images: [], kept: [], failed: [], bytes: 0 } as const;

/** By what is checked out: the remote is not needed for this. */
async function select(deps: CleanupDependencies, signal: AbortSignal): Promise<readonly SelectedImage[]> {
  const protectedOnes = protectedImages(deps.state);
  const snapshot = await syncWithHolds(deps, { offline: "preferred", signal });
  const { stacks, broken } = await deps.loadHost(snapshot, signal);
  const known = await deps.journal.knownImages(deps.host);
  const { images: local, used } = await deps.engine.localImages(signal);
  return selectImages({
    images: deps.images,
    local,
    used,
    known,
    wanted: imagesOf(stacks).map(({ image }) => image),
    unclear: new Set(broken.map(({ name }) => name)),
    protectedImages: protectedOnes,
  });
}

/** What cannot be read may name any image. */
function protectedImages(state: CleanupDependencies["state"]): ReadonlySet<string> {
  const fault = state.fault();
  if (fault === undefined) return imagesOfState(state.read());
  throw new HomeportError(`Which images are kept to go back to is not known: ${fault}`, {
    hint: "it is set aside by the next pass that has something to write; no image was removed",
    consequence: "retry",
  });
}

async function remove(
  { engine }: CleanupDependencies,
  { signal, onEvent }: CleanupOptions,
  selected: readonly SelectedImage[],
): Promise<Pick<CleanupReport, "images" | "kept" | "failed">> {
  const images: SelectedImage[] = [];
  const kept: KeptImage[] = [];
  const failed: FailedImage[] = [];
  for (const image of selected) {
    const removed: string[] = [];
    for (const reference of image.references) {
      // What was removed so far is told all the same.
      if (signal.aborted) break;
      try {
        const result = await engine.removeImage(reference, new AbortController().signal);
        if (result.kind === "removed") {
          removed.push(reference);
          onEvent({ kind: "image-removed", id: image.id, reference });
        }
        if (result.kind === "in-use") {
          kept.push({ id: image.id, reference, reason: result.reason });
          onEvent({ kind: "image-kept", id: image.id, reference, reason: result.reason });
        }
      } catch (thrown) {
        const error = asError(thrown);
        failed.push({ id: image.id, reference, error });
        onEvent({ kind: "image-failed", id: image.id, reference, error });
      }
    }
    if (removed.length > 0) images.push({ ...image, references: removed });
  }
  return { images, kept, failed };
}

/** That the size is not known is no reason to forget what was removed. */
async function bytesAfter(
  { engine }: CleanupDependencies,
  { signal }: CleanupOptions,
  before: number,
): Promise<number> {
  try {
    return await engine.imageBytes(signal);
  } catch {
    return before;
  }
}

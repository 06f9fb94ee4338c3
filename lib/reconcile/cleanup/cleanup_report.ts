/** What a cleanup says while it runs, in the end, and to the journal. */
import type { SelectedImage } from "../../plan/select_images.ts";

export interface CleanupReport {
  readonly host: string;
  /** Nothing was removed: it is only said what would be. */
  readonly dryRun: boolean;
  /** With the names, or the ID, that were removed; or would be. */
  readonly images: readonly SelectedImage[];
  /** Those that the engine did not let go, because they are used. */
  readonly kept: readonly KeptImage[];
  readonly failed: readonly FailedImage[];
  /** What the images take less of the disk than before. */
  readonly bytes: number;
}

export interface KeptImage {
  readonly id: string;
  readonly reference: string;
  readonly reason: string;
}

export interface FailedImage {
  readonly id: string;
  readonly reference: string;
  readonly error: Error;
}

export type CleanupEvent =
  | { readonly kind: "cleanup-started" }
  | { readonly kind: "image-removed"; readonly id: string; readonly reference: string }
  | { readonly kind: "image-kept" } & KeptImage
  | { readonly kind: "image-failed" } & FailedImage
  | { readonly kind: "journal-warning"; readonly message: string }
  | { readonly kind: "cleanup-done"; readonly report: CleanupReport };

/** What the journal keeps of it. */
export interface CleanupRecord {
  readonly host: string;
  readonly trigger: string;
  readonly startedAt: Date;
  readonly endedAt: Date;
  readonly images: readonly RemovedImage[];
  readonly bytes: number;
  /** As people read them. */
  readonly errors: readonly string[];
}

export interface RemovedImage {
  readonly id: string;
  /** The names, or the ID, that were removed. */
  readonly references: readonly string[];
}

/** Finds what in the working tree differs from a commit. Changes nothing. */
import { join } from "node:path";
import type { CommitFile, FileMode } from "./commit_tree.ts";
import { findOnDisk, modeOnDisk, oidOnDisk, sameStat, statOf } from "./file_on_disk.ts";
import type { FileStat, IndexEntry } from "./git_index.ts";
import { findObstacle } from "./obstacles.ts";
import { RealFolders } from "./real_folders.ts";

/** A file as the last checkout left it. */
export interface KnownFile extends CommitFile {
  readonly stat?: FileStat;
  /** The last checkout is known to have finished with this file; what differs now, somebody changed. */
  readonly settled: boolean;
}

export interface Comparison {
  /** Every file of the commit; with its stat where the disk already holds it. */
  readonly entries: readonly IndexEntry[];
  readonly writes: readonly CommitFile[];
  /** Files with the right content whose executable bit is wrong. */
  readonly modeChanges: readonly CommitFile[];
  readonly deletes: readonly string[];
  /** Symlinks that stand where the commit has a folder. */
  readonly straySymlinks: readonly string[];
  /** Edits of other hands that checking out discards; sorted. */
  readonly discarded: readonly string[];
  /** The disk holds the right files, and only what is known of them was out of date. */
  readonly learned: boolean;
}

export interface CompareInput {
  readonly root: string;
  readonly files: readonly CommitFile[];
  readonly known: ReadonlyMap<string, KnownFile>;
  /** When the known stats were written, in milliseconds: what changed in the same moment cannot be told by its stat. */
  readonly knownSince: number;
}

export function compareCheckout(input: CompareInput): Comparison {
  const { root, files, known } = input;
  const folders = new RealFolders(root);
  const wanted = new Set(files.filter(({ mode }) => mode !== "160000").map(({ path }) => path));
  const gone = [...known.values()].filter(({ path, mode }) => mode !== "160000" && !wanted.has(path));
  const obsolete = new Set(gone.map(({ path }) => path));
  const result = {
    entries: [] as IndexEntry[],
    writes: [] as CommitFile[],
    modeChanges: [] as CommitFile[],
    straySymlinks: new Set<string>(),
    discarded: new Set<string>(),
    learned: false,
  };
  for (const file of files) {
    const finding = file.mode === "160000" ? { kind: "not-ours" as const } : inspect(input, file, folders);
    if (finding.kind === "unchanged") {
      result.entries.push({ ...bare(file), stat: finding.stat });
      if (finding.learned) result.learned = true;
      continue;
    }
    result.entries.push(bare(file));
    if (finding.kind === "not-ours") continue;
    if (finding.kind === "mode") result.modeChanges.push(file);
    else result.writes.push(file);
    if (finding.edited) result.discarded.add(file.path);
    const symlink = finding.kind === "missing"
      ? findObstacle(root, file.path, folders.above(file.path), obsolete)
      : undefined;
    if (symlink !== undefined) result.straySymlinks.add(symlink);
  }
  for (const file of gone) if (isEdited(input, file, folders)) result.discarded.add(file.path);
  return {
    ...result,
    deletes: [...obsolete],
    straySymlinks: [...result.straySymlinks],
    discarded: [...result.discarded].sort(),
  };
}

type Finding =
  | { readonly kind: "unchanged"; readonly stat: FileStat; readonly learned: boolean }
  | { readonly kind: "mode" | "content" | "missing"; readonly edited: boolean };

function inspect(input: CompareInput, file: CommitFile, folders: RealFolders): Finding {
  const known = input.known.get(file.path);
  const info = folders.above(file.path).kind === "folder"
    ? findOnDisk(join(input.root, file.path))
    : undefined;
  const mode = info === undefined ? undefined : modeOnDisk(info);
  if (info === undefined || mode === undefined) return { kind: "missing", edited: known?.settled ?? false };
  const stat = statOf(info, mode);
  const sameAsKnown = known?.oid === file.oid && known.mode === file.mode;
  if (sameAsKnown && isCertain(known.stat, stat, input.knownSince)) {
    return { kind: "unchanged", stat, learned: false };
  }
  const oid = oidOnDisk(join(input.root, file.path), info);
  if (oid === file.oid && mode === file.mode) return { kind: "unchanged", stat, learned: true };
  // What nobody knew of stood in the way; what is known and settled was changed by somebody else.
  const edited = known === undefined || (known.settled && (oid !== known.oid || mode !== known.mode));
  const onlyMode = oid === file.oid && isRegular(mode) && isRegular(file.mode);
  return { kind: onlyMode ? "mode" : "content", edited };
}

/** Whether somebody changed a file that the commit no longer has. */
function isEdited(input: CompareInput, known: KnownFile, folders: RealFolders): boolean {
  if (!known.settled || folders.above(known.path).kind !== "folder") return false;
  const info = findOnDisk(join(input.root, known.path));
  const mode = info === undefined ? undefined : modeOnDisk(info);
  if (info === undefined || mode === undefined) return false;
  if (isCertain(known.stat, statOf(info, mode), input.knownSince)) return false;
  return mode !== known.mode || oidOnDisk(join(input.root, known.path), info) !== known.oid;
}

/**
 * A file that changed in the same moment as the stats were written down may have changed again after that. The time of its last change of
 * any kind, which nobody can set back, comes in whole seconds.
 */
function isCertain(known: FileStat | undefined, now: FileStat, knownSince: number): boolean {
  return known !== undefined && sameStat(known, now) && now.modified < knownSince &&
    now.changed + 1000 <= knownSince;
}

function isRegular(mode: FileMode): boolean {
  return mode === "100644" || mode === "100755";
}

function bare({ path, oid, mode }: CommitFile): IndexEntry {
  return { path, oid, mode };
}

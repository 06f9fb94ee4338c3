/** Moves a file that cannot be used out of the way: perhaps it is only of a newer Homeport. */
import { basename, dirname, join } from "node:path";
import { ignoreMissing, removeIfThere } from "./remove_if_there.ts";

/** Of a disk that spoils every file, not all can be kept. */
const MOST_KEPT = 5;

export interface Companions {
  /** Endings of the files beside it that hold a part of its content. */
  readonly moved: readonly string[];
  /** Endings of those that are made anew. */
  readonly removed: readonly string[];
}

/** Gives the name that the file has now. */
export function setAside(
  path: string,
  now: Date,
  { moved, removed }: Companions = { moved: [], removed: [] },
): string {
  const aside = `${path}.broken-${now.toISOString().replace(/[-:.]/g, "")}`;
  Deno.renameSync(path, aside);
  for (const ending of moved) ignoreMissing(() => Deno.renameSync(`${path}${ending}`, `${aside}${ending}`));
  for (const ending of removed) removeIfThere(`${path}${ending}`);
  forgetOldest(path, moved);
  return basename(aside);
}

function forgetOldest(path: string, moved: readonly string[]): void {
  const prefix = `${basename(path)}.broken-`;
  const names = [...Deno.readDirSync(dirname(path))].map(({ name }) => name)
    .filter((name) => name.startsWith(prefix) && !moved.some((ending) => name.endsWith(ending))).sort();
  for (const name of names.slice(0, -MOST_KEPT)) {
    for (const ending of ["", ...moved]) removeIfThere(join(dirname(path), `${name}${ending}`));
  }
}

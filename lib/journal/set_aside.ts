/** Moves a journal that cannot be used out of the way: it is somebody's history, and perhaps only of a newer Homeport. */
import { basename, dirname, join } from "node:path";

/** Of a disk that spoils every file, not all can be kept. */
const MOST_KEPT = 5;

/** Gives the name that the file has now. */
export function setAside(path: string, now: Date): string {
  const aside = `${path}.broken-${now.toISOString().replace(/[-:.]/g, "")}`;
  Deno.renameSync(path, aside);
  moveIfThere(`${path}-wal`, `${aside}-wal`);
  removeIfThere(`${path}-shm`);
  forgetOldest(path);
  return basename(aside);
}

function forgetOldest(path: string): void {
  const prefix = `${basename(path)}.broken-`;
  const names = [...Deno.readDirSync(dirname(path))].map(({ name }) => name)
    .filter((name) => name.startsWith(prefix) && !name.endsWith("-wal")).sort();
  for (const name of names.slice(0, -MOST_KEPT)) {
    removeIfThere(join(dirname(path), name));
    removeIfThere(join(dirname(path), `${name}-wal`));
  }
}

function moveIfThere(from: string, to: string): void {
  ignoreMissing(() => Deno.renameSync(from, to));
}

function removeIfThere(path: string): void {
  ignoreMissing(() => Deno.removeSync(path, { recursive: true }));
}

function ignoreMissing(task: () => void): void {
  try {
    task();
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

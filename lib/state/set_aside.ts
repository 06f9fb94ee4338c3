import { basename, dirname, join } from "node:path";

/** Of a disk that spoils every file, not all can be kept. */
const MOST_KEPT = 5;

/** Moves a state that cannot be used out of the way: perhaps it is only of a newer Homeport. Gives the name that it has now. */
export function setAside(path: string, now: Date): string {
  const aside = `${path}.broken-${now.toISOString().replace(/[-:.]/g, "")}`;
  Deno.renameSync(path, aside);
  const prefix = `${basename(path)}.broken-`;
  const names = [...Deno.readDirSync(dirname(path))].map(({ name }) => name)
    .filter((name) => name.startsWith(prefix)).sort();
  for (const name of names.slice(0, -MOST_KEPT)) {
    Deno.removeSync(join(dirname(path), name), { recursive: true });
  }
  return basename(aside);
}

import { join } from "node:path";
import { HomeportError } from "../errors.ts";
import { findOnDisk } from "./file_on_disk.ts";
import type { Parent } from "./real_folders.ts";

/**
 * What stands in the way of a file that is to be written. A symlink that leads elsewhere holds no data, and is given back so that it can
 * be removed; a folder with files, or a file where a folder must be, may hold somebody's data, and stops the checkout.
 */
export function findObstacle(
  root: string,
  path: string,
  parent: Parent,
  obsolete: ReadonlySet<string>,
): string | undefined {
  if (parent.kind === "blocked") {
    if (obsolete.has(parent.path)) return undefined;
    if (parent.by === "symlink") return parent.path;
    throw inTheWay(join(root, parent.path), "a file", path);
  }
  const info = parent.kind === "folder" ? findOnDisk(join(root, path)) : undefined;
  if (info?.isDirectory === true) {
    const data = findData(root, path, obsolete);
    if (data !== undefined) throw inTheWay(join(root, path), `a folder that holds ${data}`, path);
  }
  return undefined;
}

/** The first thing in a folder that is neither an empty folder nor a file that is about to be deleted. */
function findData(root: string, folder: string, obsolete: ReadonlySet<string>): string | undefined {
  for (const entry of Deno.readDirSync(join(root, folder))) {
    const path = `${folder}/${entry.name}`;
    const data = entry.isDirectory ? findData(root, path, obsolete) : obsolete.has(path) ? undefined : path;
    if (data !== undefined) return data;
  }
  return undefined;
}

function inTheWay(place: string, what: string, path: string): HomeportError {
  return new HomeportError(`Cannot check ${path} out: ${what} stands at ${place}, and Git does not know it`, {
    hint: `move ${place} away`,
  });
}

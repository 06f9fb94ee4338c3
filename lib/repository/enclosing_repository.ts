import { dirname, join } from "node:path";
import { ConfigurationError } from "../errors.ts";
import { findOnDisk } from "./file_on_disk.ts";

/**
 * The folder of the Git repository around a folder, which files may be taken from; the folder itself where there is none.
 *
 * @throws {ConfigurationError} when it is no folder.
 */
export function enclosingRepository(folder: string): string {
  const real = realFolder(folder);
  for (let each = folder;; each = dirname(each)) {
    // Where a symlink leads elsewhere, what is around the link is not around the folder.
    if (findOnDisk(join(each, ".git")) !== undefined && isInside(Deno.realPathSync(each), real)) return each;
    if (dirname(each) === each) return folder;
  }
}

function realFolder(folder: string): string {
  try {
    if (Deno.statSync(folder).isDirectory) return Deno.realPathSync(folder);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory)) throw error;
  }
  throw new ConfigurationError(`There is no folder ${folder}`, { hint: "name one with Compose files" });
}

function isInside(root: string, path: string): boolean {
  return path === root || path.startsWith(root === "/" ? root : `${root}/`);
}

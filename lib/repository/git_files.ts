/** The few files that make `.git` a repository to the `git` program, so that a person can look around in the checkout. */
import { dirname, join } from "node:path";
import { replaceFile } from "../files/replace_file.ts";
import { findOnDisk } from "./file_on_disk.ts";

/** Names no remote: an address could carry credentials, and nobody should push from here. */
const CONFIG = "[core]\n\trepositoryformatversion = 0\n\tfilemode = true\n\tbare = false\n";

export function writeGitFiles(gitFolder: string, branch: string, commit: string): void {
  const write = (name: string, text: string) => replaceFile(join(gitFolder, name), text);
  if (findOnDisk(join(gitFolder, "config")) === undefined) write("config", CONFIG);
  write("HEAD", `ref: refs/heads/${branch}\n`);
  // The commits before this one are not here.
  write("shallow", `${commit}\n`);
  const ref = join(gitFolder, "refs", "heads", branch);
  clearTheWay(gitFolder, ref);
  Deno.mkdirSync(dirname(ref), { recursive: true });
  write(join("refs", "heads", branch), `${commit}\n`);
}

/** A branch `a` and a branch `a/b` cannot both be files. */
function clearTheWay(gitFolder: string, ref: string): void {
  if (findOnDisk(ref)?.isDirectory === true) Deno.removeSync(ref, { recursive: true });
  for (let folder = dirname(ref); folder.length > gitFolder.length; folder = dirname(folder)) {
    if (findOnDisk(folder)?.isFile === true) Deno.removeSync(folder);
  }
}

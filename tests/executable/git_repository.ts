import { dirname, join } from "node:path";
import * as fs from "node:fs";
import git from "isomorphic-git";

const AUTHOR = { name: "A. Person", email: "person@example.org" };

/** Makes a repository whose branch `main` holds these files, and gives its path. */
export async function makeRepository(dir: string, files: Readonly<Record<string, string>>): Promise<string> {
  await git.init({ fs, dir, defaultBranch: "main" });
  for (const [path, content] of Object.entries(files)) {
    await Deno.mkdir(dirname(join(dir, path)), { recursive: true });
    await Deno.writeTextFile(join(dir, path), content);
    await git.add({ fs, dir, filepath: path });
  }
  await git.commit({ fs, dir, message: "Add stacks", author: AUTHOR });
  return dir;
}

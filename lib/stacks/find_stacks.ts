import { posix } from "node:path";
import { findConfigFiles } from "../compose/config_files.ts";
import { asError, ConfigurationError } from "../errors.ts";
import { readHostFile } from "./host_file.ts";
import type { BrokenStack } from "./desired_stack.ts";
import type { Files, HostStacks, Layout, Stack } from "./stack.ts";

/**
 * Finds the stacks of a host: every direct subfolder of the host's folder that has a Compose file. Folders whose names begin with a
 * dot do not count.
 *
 * @param root Absolute path of the checkout.
 * @throws {ConfigurationError} when there is no such folder, when it leaves the repository, or when its `stack.yml` is wrong.
 */
export function findStacks(layout: Layout, root: string, files: Files): HostStacks {
  const folder = posix.join(root, layout.path);
  requireFolder(folder, layout, files);
  const stacks: Stack[] = [];
  const skipped: string[] = [];
  const broken: BrokenStack[] = [];
  for (const name of files.list(folder)) {
    if (name.startsWith(".")) continue;
    const stack = { name, folder: posix.join(folder, name) };
    try {
      if (files.kind(stack.folder) !== "folder") continue;
      if (findConfigFiles(stack.folder, files).length > 0) stacks.push(stack);
      else skipped.push(name);
    } catch (error) {
      broken.push({ name, error: asError(error) });
    }
  }
  return { stacks, skipped, broken, ...readHostFile(folder, root, files) };
}

function requireFolder(folder: string, layout: Layout, files: Files): void {
  const kind = files.kind(folder);
  if (kind === "folder") return;
  const what = kind === undefined ? "there is no folder" : "this is not a folder:";
  throw new ConfigurationError(`${what} ${layout.path} in the repository`, {
    hint: `create it with a folder for each stack, or correct folder("${layout.path}") in stacks.config.ts`,
  });
}

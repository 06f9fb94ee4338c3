/** Whether a stack can go back to a commit without anything else going back with it. */
import { posix } from "node:path";
import { serviceFilesOf } from "../../compose/service_files.ts";
import { HomeportError } from "../../errors.ts";
import type { ImagePin } from "../../plan/image_pins.ts";
import type { DesiredStack } from "../../stacks/desired_stack.ts";
import type { TrackedFiles } from "../../stacks/tracked_files.ts";
import { loadAt } from "./held_stacks.ts";
import type { PassDependencies, StacksOfCommits } from "../pass.ts";
import { planStackAgain } from "../plan_pass.ts";
import type { Snapshot } from "../ports.ts";

/**
 * Only the stack's own folder goes back. What it mounts from elsewhere in the repository stays as the branch has it, for other stacks may
 * mount that, too: where it has changed since, there is no way back.
 *
 * @returns The stack as the commit has it, and the commit's full ID.
 */
export async function checkReturn(
  commits: StacksOfCommits,
  { head, tracked }: Snapshot,
  stack: string,
  commit: string,
  signal: AbortSignal,
): Promise<{ readonly desired: DesiredStack; readonly commit: string }> {
  const at = await head.filesAt(commit);
  const loaded = await loadAt(commits, stack, at, signal);
  if ("broken" in loaded) throw loaded.broken.error;
  const { desired } = loaded;
  const folder = posix.join(commits.root, commits.folderOf(stack));
  const changed = mountedElsewhere(desired, commits.root, folder).flatMap((path) =>
    differences(path, at.tracked, tracked)
  ).filter((path) => !isBelow(path, folder));
  if (changed.length > 0) {
    const names = [...new Set(changed)].map((path) => posix.relative(commits.root, path)).sort();
    throw new HomeportError(
      `Stack ${stack} mounts files outside of its folder that changed since: ${names.join(", ")}`,
      { hint: "change them back in the repository, or move them into the stack's folder" },
    );
  }
  return { desired, commit: at.commit };
}

/** Throws where one of the images is gone, and no registry is known to have it. */
export async function checkImages(
  deps: PassDependencies,
  desired: DesiredStack,
  imagePins: readonly ImagePin[],
  signal: AbortSignal,
): Promise<void> {
  await planStackAgain(deps, desired, { imagePins: { [desired.name]: imagePins }, signal });
}

function mountedElsewhere({ project }: DesiredStack, root: string, folder: string): readonly string[] {
  const paths = Object.values(project.services).flatMap((service) =>
    serviceFilesOf(project, service, root).paths
  );
  return [...new Set(paths)].filter((path) => !isBelow(path, folder));
}

function isBelow(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`);
}

/** Paths of files that are not the same, or only on one side. */
function differences(path: string, one: TrackedFiles, other: TrackedFiles): readonly string[] {
  const index = (tracked: TrackedFiles) =>
    new Map(tracked.filesBelow(path).map((file) => [file.path, `${file.mode} ${file.oid}`]));
  const [before, now] = [index(one), index(other)];
  return [...new Set([...before.keys(), ...now.keys()])].filter((each) => before.get(each) !== now.get(each));
}

import { createHash } from "node:crypto";
import { posix } from "node:path";
import type { LoadedProject } from "../compose/load.ts";
import { type InjectedFile, serviceFilesOf } from "../compose/service_files.ts";
import { buildsOf } from "./builds.ts";
import type { ConfigurationError } from "../errors.ts";
import { canonicalJson } from "./canonical_json.ts";
import type { DesiredStack, ServiceFiles } from "./desired_stack.ts";
import type { Files } from "./stack.ts";
import type { TrackedFile, TrackedFiles } from "./tracked_files.ts";

interface HashInput {
  readonly name: string;
  /** Absolute path of the checkout. */
  readonly root: string;
  readonly files: Files;
  readonly tracked: TrackedFiles;
  readonly loaded: LoadedProject;
}

export interface HashedStack {
  readonly desired: DesiredStack;
  /** What is wrong with the files that images are built from. */
  readonly problems: readonly ConfigurationError[];
}

/** Hashes the project and every file of the repository that it uses; and, by service, the files that the service mounts. */
export function hashStack({ name, root, files, tracked, loaded }: HashInput): HashedStack {
  const { project, usedFiles } = loaded;
  const mounted = new Map<string, TrackedFile>();
  const serviceFiles: Record<string, ServiceFiles> = Object.create(null);
  for (const service of Object.values(project.services)) {
    const { paths, injected } = serviceFilesOf(project, service, root);
    const found = filesOf(paths, tracked);
    if (found.length > 0 || injected.length > 0) {
      serviceFiles[service.name] = hashFiles(found, injected, root);
    }
    for (const file of found) mounted.set(file.path, file);
  }
  const read = usedFiles.filter((path) => !project.configFiles.includes(path)).sort();
  const hash = createHash("sha256").update(canonicalJson(project));
  for (const path of read) add(hash, [relative(path, root), contentHash(files.read(path))]);
  for (const file of sorted([...mounted.values()])) {
    add(hash, [relative(file.path, root), file.mode, file.oid]);
  }
  const { builds, problems } = buildsOf({ project, root, files, tracked, locate: loaded.locateBuild });
  for (const service of Object.keys(builds).sort()) add(hash, [service, builds[service]!.hash]);
  return { desired: { name, project, stackHash: hash.digest("hex"), serviceFiles, builds }, problems };
}

/** What a container sees of the repository. Of files that Git does not track nothing enters: containers write their data there. */
function filesOf(paths: readonly string[], tracked: TrackedFiles): TrackedFile[] {
  const found = new Map(paths.flatMap((path) => tracked.filesBelow(path)).map((file) => [file.path, file]));
  return sorted([...found.values()]);
}

function hashFiles(
  found: readonly TrackedFile[],
  injected: readonly InjectedFile[],
  root: string,
): ServiceFiles {
  const hash = createHash("sha256");
  for (const file of found) add(hash, [relative(file.path, root), file.mode, file.oid]);
  for (const each of injected) add(hash, [canonicalJson(each)]);
  const modified = found.reduce((newest, file) => Math.max(newest, file.modified), 0);
  return { hash: hash.digest("hex"), modified };
}

/** The length before each part keeps `ab`, `c` and `a`, `bc` apart. */
function add(hash: ReturnType<typeof createHash>, parts: readonly string[]): void {
  for (const part of parts) hash.update(`${part.length}:`).update(part);
  hash.update("\n");
}

function contentHash(content: Uint8Array | undefined): string {
  return content === undefined ? "" : createHash("sha256").update(content).digest("hex");
}

function relative(path: string, root: string): string {
  return posix.relative(root, path);
}

function sorted(files: readonly TrackedFile[]): TrackedFile[] {
  return [...files].sort((one, other) => one.path < other.path ? -1 : one.path > other.path ? 1 : 0);
}

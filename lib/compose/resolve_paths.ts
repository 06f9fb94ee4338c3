/** Makes relative paths absolute, and sees to it that what the repository names stays inside it. */
import { posix } from "node:path";
import { HomeportError } from "../errors.ts";
import { cleanPath } from "./clean_path.ts";
import { eachEntry, eachItem } from "./entries.ts";
import type { Files } from "./files.ts";
import type { Locations } from "./locations.ts";
import { describe, problemAt, rootSpot, type Spot, spotIn } from "./spot.ts";
import { isMapping, type Mapping } from "./value.ts";

export interface PathContext {
  /** Absolute. */
  readonly workingDir: string;
  /** What `~` stands for. */
  readonly homeDir: string | undefined;
  readonly files: Files;
  readonly locations: Locations;
}

/** Changes `dict`. */
export function resolvePaths(dict: Mapping, context: PathContext): void {
  const root = (key: string) => rootSpot(context.locations, dict, key);
  eachEntry(root("services"), (service, spot) => {
    eachItem(service, "env_file", spot, (file, place) => resolveEntry(file, "path", place, context));
    eachItem(service, "volumes", spot, (mount, place) => {
      if (mount["type"] !== "bind") return;
      if (mount["source"] === undefined) {
        throw problemAt(place, "The bind mount has no source", "add `source`: the path on the host");
      }
      resolveEntry(mount, "source", place, context);
    });
  });
  for (const kind of ["configs", "secrets"]) {
    eachEntry(root(kind), (object, spot) => resolveEntry(object, "file", spot, context));
  }
  eachEntry(root("volumes"), (volume, spot) => {
    const options = volume["driver_opts"];
    if (volume["driver"] !== "local" || !isMapping(options) || options["o"] !== "bind") return;
    resolveEntry(options, "device", spotIn(spot, volume, "driver_opts"), context);
  });
}

function resolveEntry(container: Mapping, key: string, parent: Spot, context: PathContext): void {
  const path = container[key];
  if (typeof path !== "string") return;
  container[key] = resolvePath(path, spotIn(parent, container, key), context);
}

function resolvePath(path: string, spot: Spot, context: PathContext): string {
  if (path.startsWith("~")) return cleanPath(posix.join(getHome(spot, context), path.slice(1)));
  if (posix.isAbsolute(path) || isWindowsPath(path)) return path;
  const absolute = cleanPath(posix.join(context.workingDir, path));
  insideRepository(spot, path, () => context.files.kind(absolute));
  return absolute;
}

function getHome(spot: Spot, { homeDir }: PathContext): string {
  if (homeDir !== undefined) return homeDir;
  throw problemAt(spot, "There is no home folder that `~` could stand for", "write the whole path");
}

/** Names what leads out of the repository, where `access` refuses to follow it. */
export function insideRepository<T>(spot: Spot, path: string, access: () => T): T {
  try {
    return access();
  } catch (error) {
    if (!(error instanceof HomeportError)) throw error;
    throw problemAt(
      spot,
      `Path ${describe(spot, path)} leads out of the repository`,
      "move what it names into the repository",
    );
  }
}

/** With a drive or a share: left as it is, for the engine to refuse. */
function isWindowsPath(path: string): boolean {
  return /^[A-Za-z]:[\\/]/.test(path) || /^[\\/]{2}[^\\/]/.test(path);
}

/** Makes relative paths absolute, and sees to it that what the repository names stays inside it. */
import { posix } from "node:path";
import { ConfigurationError, HomeportError } from "../errors.ts";
import { cleanPath } from "./clean_path.ts";
import { eachEntry, eachItem } from "./entries.ts";
import type { Files } from "./files.ts";
import type { Locations } from "./locations.ts";
import { describe, mustBe, problemAt, rootSpot, type Spot, spotIn } from "./spot.ts";
import { isMapping, type Mapping } from "./value.ts";

export interface PathContext {
  /** Absolute. */
  readonly workingDir: string;
  /** What `~` stands for. */
  readonly homeDir: string | undefined;
  readonly files: Files;
  readonly locations: Locations;
  /** Called for a path that the loading can do without, and the deployment cannot. */
  readonly undeployable: (problem: ConfigurationError) => void;
}

/** Changes `dict`. */
export function resolvePaths(dict: Mapping, context: PathContext): void {
  changePaths(dict, context.locations, (path, spot, use) => resolvePath(path, spot, use, context));
}

/** Relative paths begin from `folder` afterwards, which may be relative itself. Changes `dict`. */
export function rebasePaths(dict: Mapping, folder: string, context: HomeContext): void {
  changePaths(dict, context.locations, (path, spot, use) => {
    if (path.startsWith("~")) return inHome(path, spot, context);
    return isWhole(path, use) ? path : cleanPath(posix.join(folder, path));
  });
}

type Change = (path: string, spot: Spot, use: Use) => string;

/** What is read while loading, what is used on this machine later, and what the engine is told: its machine may be another one. */
type Use = "read" | "used" | "told";

type HomeContext = Pick<PathContext, "homeDir" | "locations">;

function changePaths(dict: Mapping, locations: Locations, change: Change): void {
  const root = (key: string) => rootSpot(locations, dict, key);
  eachEntry(root("services"), (service, spot) => {
    changeBuild(service, spot, change);
    eachItem(service, "env_file", spot, (file, place) => changeEntry(file, "path", place, "read", change));
    changeItems(service, "label_file", spot, "read", change);
    if (isMapping(service["extends"])) {
      changeEntry(service["extends"], "file", spotIn(spot, service, "extends"), "used", change);
    }
    if (isMapping(service["develop"])) {
      eachItem(service["develop"], "watch", spotIn(spot, service, "develop"), (trigger, place) => {
        changeEntry(trigger, "path", place, "used", change);
      });
    }
    eachItem(service, "volumes", spot, (mount, place) => {
      if (mount["type"] !== "bind") return;
      if (mount["source"] === undefined) {
        throw problemAt(place, "The bind mount has no source", "add `source`: the path on the host");
      }
      changeEntry(mount, "source", place, "told", change);
    });
  });
  for (const kind of ["configs", "secrets"]) {
    eachEntry(root(kind), (object, spot) => changeEntry(object, "file", spot, "told", change));
  }
  eachEntry(root("volumes"), (volume, spot) => {
    const options = volume["driver_opts"];
    if (volume["driver"] !== "local" || !isMapping(options) || options["o"] !== "bind") return;
    changeEntry(options, "device", spotIn(spot, volume, "driver_opts"), "told", change);
  });
}

function changeBuild(service: Mapping, parent: Spot, change: Change): void {
  const build = service["build"];
  if (!isMapping(build)) return;
  const spot = spotIn(parent, service, "build");
  if ("context" in build) changeContext(build, "context", spot, change);
  const contexts = build["additional_contexts"];
  if (isMapping(contexts)) {
    const place = spotIn(spot, build, "additional_contexts");
    for (const name of Object.keys(contexts)) changeContext(contexts, name, place, change);
  }
  changeValues(build, "ssh", spot, "told", change);
}

/** What is no path stays as it is. */
function changeContext(container: Mapping, key: string, parent: Spot, change: Change): void {
  const context = container[key]!;
  if (typeof context !== "string") throw mustBe(spotIn(parent, container, key), context, "a path or a URL");
  if (isPath(context)) changeEntry(container, key, parent, "used", change);
}

function isPath(context: string): boolean {
  return !context.includes("://") && !/^(?:service:|github\.com\/|git@)/.test(context);
}

function changeValues(container: Mapping, key: string, parent: Spot, use: Use, change: Change): void {
  const held = container[key];
  if (!isMapping(held)) return;
  const spot = spotIn(parent, container, key);
  for (const name of Object.keys(held)) changeEntry(held, name, spot, use, change);
}

function changeEntry(container: Mapping, key: string, parent: Spot, use: Use, change: Change): void {
  const path = container[key];
  if (typeof path !== "string") return;
  container[key] = change(path, spotIn(parent, container, key), use);
}

function changeItems(container: Mapping, key: string, parent: Spot, use: Use, change: Change): void {
  const list = container[key];
  if (!Array.isArray(list)) return;
  const spot = spotIn(parent, container, key);
  list.forEach((path, index) => {
    if (typeof path === "string") list[index] = change(path, spotIn(spot, list, index), use);
  });
}

function resolvePath(path: string, spot: Spot, use: Use, context: PathContext): string {
  if (path.startsWith("~")) return inHome(path, spot, context);
  if (isWhole(path, use)) return path;
  const absolute = cleanPath(posix.join(context.workingDir, path));
  try {
    insideRepository(spot, path, () => context.files.kind(absolute));
  } catch (error) {
    if (use === "read" || !(error instanceof ConfigurationError)) throw error;
    context.undeployable(error);
  }
  return absolute;
}

function inHome(path: string, spot: Spot, { homeDir }: HomeContext): string {
  if (homeDir !== undefined) return cleanPath(posix.join(homeDir, path.slice(1)));
  throw problemAt(spot, "There is no home folder that `~` could stand for", "write the whole path");
}

/** Names what leads out of the repository, where `access` refuses to follow it. */
export function insideRepository<T>(spot: Spot, path: string, access: () => T): T {
  try {
    return access();
  } catch (error) {
    // What may be had later is inside: a file that cannot be decrypted yet.
    if (!(error instanceof HomeportError) || error.consequence !== "stalled") throw error;
    throw problemAt(
      spot,
      `Path ${describe(spot, path)} leads out of the repository`,
      "move what it names into the repository",
    );
  }
}

function isWhole(path: string, use: Use): boolean {
  return posix.isAbsolute(path) || (use === "told" ? isWindowsPath(path) : path === "");
}

/** With a drive or a share: left as it is, for the engine to refuse. */
function isWindowsPath(path: string): boolean {
  return /^[A-Za-z]:[\\/]/.test(path) || /^[\\/]{2}[^\\/]/.test(path);
}

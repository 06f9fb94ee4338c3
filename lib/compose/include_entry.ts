/** One entry of `include`, in its short or its long form. */
import { mustBe, type Spot, spotIn } from "./spot.ts";
import { isMapping, type Mapping } from "./value.ts";
import type { Value } from "./value.ts";

export interface IncludeEntry {
  /** The main file, and those that override it. */
  readonly paths: readonly WrittenPath[];
  readonly projectDirectory: string | undefined;
  readonly envFiles: readonly WrittenPath[];
}

export interface WrittenPath {
  readonly text: string;
  readonly spot: Spot;
}

/** `undefined`: nothing stands there. */
export function readIncludeEntry(value: Value, spot: Spot): IncludeEntry | undefined {
  if (value === null) return undefined;
  if (typeof value === "string") {
    return { paths: [{ text: value, spot }], projectDirectory: undefined, envFiles: [] };
  }
  if (!isMapping(value)) throw mustBe(spot, value, "a path, or a mapping with `path`");
  const folderKey = keyIn(value, "project_directory");
  const folder = value[folderKey] ?? "";
  if (typeof folder !== "string") throw mustBe(spotIn(spot, value, folderKey), folder, "a path");
  return {
    paths: readPaths(value, "path", spot),
    projectDirectory: folder === "" ? undefined : folder,
    envFiles: readPaths(value, "env_file", spot),
  };
}

/** The reference reads these keys in any case. */
function keyIn(entry: Mapping, key: string): string {
  return key in entry ? key : Object.keys(entry).find((each) => each.toLowerCase() === key) ?? key;
}

function readPaths(entry: Mapping, attribute: string, parent: Spot): WrittenPath[] {
  const key = keyIn(entry, attribute);
  const value = entry[key] ?? [];
  const spot = spotIn(parent, entry, key);
  if (typeof value === "string") return [{ text: value, spot }];
  if (!Array.isArray(value)) throw mustBe(spot, value, "a path or a list of paths");
  return value.map((item, index) => {
    const place = spotIn(spot, value, index);
    if (typeof item !== "string") throw mustBe(place, item, "a path");
    return { text: item, spot: place };
  });
}

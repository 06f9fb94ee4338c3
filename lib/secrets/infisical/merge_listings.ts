import type { StringMap } from "../../compose/project.ts";
import { HomeportError } from "../../errors.ts";
import type { Entry, Listing } from "./answers.ts";

/** What was asked for, and what came. */
export interface FolderListing extends Listing {
  readonly path: string;
  readonly recursive: boolean;
}

/** What the folders give together: of each name, the one of the last folder that has it. */
export function mergeListings(
  listings: readonly FolderListing[],
  isNamed: (name: string) => boolean,
): StringMap {
  const variables = new Map<string, string>();
  for (const listing of listings) {
    requireSome(listing);
    for (const [name, found] of byName(listing)) {
      if (!isNamed(name)) continue;
      const { value, folder } = choose(name, found, listing.recursive);
      if (value === undefined) throw hidden(name, folder);
      variables.set(name, value);
    }
  }
  return Object.fromEntries(variables);
}

interface Found {
  readonly own: Entry[];
  /** The last one wins. */
  readonly imported: Entry[];
}

function byName({ own, imports }: Listing): ReadonlyMap<string, Found> {
  const names = new Map<string, Found>();
  const foundOf = (name: string): Found => {
    const found = names.get(name) ?? { own: [], imported: [] };
    names.set(name, found);
    return found;
  };
  for (const entry of own) foundOf(entry.name).own.push(entry);
  for (const group of imports) {
    const seen = new Set<string>();
    for (const entry of group) {
      if (!seen.has(entry.name)) foundOf(entry.name).imported.push(entry);
      seen.add(entry.name);
    }
  }
  return names;
}

/**
 * With the folders below, two may have the name and neither be the closer one; nor is then told which folder an import is made in. One
 * of the two would be the wrong password for somebody.
 */
function choose(name: string, { own, imported }: Found, recursive: boolean): Entry {
  if (own.length === 0) {
    const last = imported.at(-1)!;
    const other = recursive ? imported.find(({ value }) => value !== last.value) : undefined;
    if (other !== undefined) throw ambiguous(name, other, last);
    return last;
  }
  const deepest = own.reduce((a, b) => depthOf(b) > depthOf(a) ? b : a);
  const other = own.find(({ folder, value }) => value !== deepest.value && !isAround(folder, deepest.folder));
  if (other !== undefined) throw ambiguous(name, other, deepest);
  return deepest;
}

function depthOf({ folder }: Entry): number {
  return folder.split("/").filter((part) => part !== "").length;
}

function isAround(outer: string, inner: string): boolean {
  return inner !== outer && inner.startsWith(outer.endsWith("/") ? outer : `${outer}/`);
}

/** To Infisical, a folder or an environment that does not exist is an empty one. */
function requireSome({ path, own, imports }: FolderListing): void {
  if (own.length > 0 || imports.some((group) => group.length > 0)) return;
  throw new HomeportError(`folder ${path} holds no secret, or is not there`, {
    hint: "see that environment and paths are those of Infisical, and leave out folders that are empty",
    consequence: "wait",
  });
}

function ambiguous(name: string, one: Entry, other: Entry): HomeportError {
  return new HomeportError(`secret ${name} has different values in ${one.folder} and ${other.folder}`, {
    hint:
      "list the folders in paths, where the last one wins, in place of recursive; or leave the name out of names",
    consequence: "wait",
  });
}

function hidden(name: string, folder: string): HomeportError {
  return new HomeportError(`the machine identity may not read the value of ${name} in ${folder}`, {
    hint: "let it read the value in Infisical, or leave the name out of names",
    consequence: "wait",
  });
}

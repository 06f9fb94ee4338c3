/** What the last checkout left behind, in Homeport's own words: a file inside `.git`. */
import { join } from "node:path";
import { replaceFile } from "../files/replace_file.ts";
import { type Pin, samePins } from "./pins.ts";

export interface CheckoutState {
  /** The address and the branch that the commit came from, without credentials. */
  readonly repository: string;
  readonly branch: string;
  /** Its objects are all in the store. */
  readonly commit: string;
  /** Folders that are as other commits have them, whose objects are there too; sorted by path. */
  readonly pins: readonly Pin[];
  /** Name of the pack that holds them. */
  readonly pack: string;
  /** Checksum of the index that belongs to this state; another one was written by somebody else. */
  readonly index: string;
  /** The working tree holds the commit. Otherwise the checkout was cut short, and the index lists every file that it may have touched. */
  readonly complete: boolean;
  /** Edits that a checkout has discarded without having lived to say so. Empty when it is complete. */
  readonly discarded: readonly string[];
}

const FILE = "homeport-checkout.json";

/** `undefined` when there is none, or nothing that can be read: then everything is compared anew. */
export function findCheckoutState(gitFolder: string): CheckoutState | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(Deno.readTextFileSync(join(gitFolder, FILE)));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof SyntaxError) return undefined;
    throw error;
  }
  // A release that knew no pins wrote none.
  const state = typeof parsed === "object" ? { pins: [], ...parsed } : undefined;
  return isCheckoutState(state) ? state : undefined;
}

export function writeCheckoutState(gitFolder: string, state: CheckoutState): void {
  replaceFile(join(gitFolder, FILE), `${JSON.stringify(state, undefined, 2)}\n`);
}

function isCheckoutState(value: unknown): value is CheckoutState {
  if (typeof value !== "object" || value === null) return false;
  const { repository, branch, commit, pins, pack, index, complete, discarded } = value as Record<
    string,
    unknown
  >;
  return [repository, branch, commit, pack, index].every((each) => typeof each === "string") &&
    typeof complete === "boolean" && Array.isArray(discarded) &&
    discarded.every((each) => typeof each === "string") && Array.isArray(pins) && pins.every(isPin);
}

function isPin(value: unknown): value is Pin {
  return typeof value === "object" && value !== null && "path" in value && "commit" in value &&
    typeof value.path === "string" && typeof value.commit === "string";
}

/** Whether two checkouts hold the same files. */
export function sameTree(a: TreeOf, b: TreeOf): boolean {
  return a.commit === b.commit && samePins(a.pins, b.pins);
}

type TreeOf = Pick<CheckoutState, "commit" | "pins">;

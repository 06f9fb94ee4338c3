/** What the last checkout left behind, in Homeport's own words: a file inside `.git`. */
import { join } from "node:path";
import { writeAll } from "./write_all.ts";

export interface CheckoutState {
  /** The address and the branch that the commit came from, without credentials. */
  readonly repository: string;
  readonly branch: string;
  /** Its objects are all in the store. */
  readonly commit: string;
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
  return isCheckoutState(parsed) ? parsed : undefined;
}

export function writeCheckoutState(gitFolder: string, state: CheckoutState): void {
  replaceFile(join(gitFolder, FILE), new TextEncoder().encode(`${JSON.stringify(state, undefined, 2)}\n`));
}

/** The new content is on the disk before the old one goes. */
export function replaceFile(path: string, content: Uint8Array): void {
  const temporary = `${path}.new`;
  {
    using file = Deno.openSync(temporary, { write: true, create: true, truncate: true });
    writeAll(file, content);
    file.syncDataSync();
  }
  Deno.renameSync(temporary, path);
}

function isCheckoutState(value: unknown): value is CheckoutState {
  if (typeof value !== "object" || value === null) return false;
  const { repository, branch, commit, pack, index, complete, discarded } = value as Record<string, unknown>;
  return [repository, branch, commit, pack, index].every((each) => typeof each === "string") &&
    typeof complete === "boolean" && Array.isArray(discarded) &&
    discarded.every((each) => typeof each === "string");
}

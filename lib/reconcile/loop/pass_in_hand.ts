/** What is known of a pass of the loop while it runs. */
import type { OpenWindow } from "./maintenance_window.ts";
import type { PassTrigger } from "./schedule.ts";

/** What the loop knows about a pass. */
export interface PassOccasion {
  readonly triggers: readonly PassTrigger[];
  /** What the engine told, in words. */
  readonly told: string;
  readonly window: OpenWindow | undefined;
  /** Ends what only waits. Default: nothing does. */
  readonly endWaits?: AbortSignal;
}

export interface Pass {
  readonly triggers: readonly PassTrigger[];
  readonly told: string;
  readonly window: OpenWindow | undefined;
  readonly signal: AbortSignal;
  readonly begun: number;
  readonly insists: boolean;
  /** Ends what only waits. */
  readonly endWaits: AbortSignal;
  /** The remote repository was asked. */
  asked: boolean;
  /** A newer commit than the pass's own ends what waits in it. */
  follows: boolean;
  /** It had something else by the time that a gate still waited. */
  hasNews: boolean;
  /** `undefined`: the repository was not reached. */
  commit: string | undefined;
  /** Names of the stacks that were left for later. */
  readonly held: Set<string>;
}

/** What failed is tried again at once, whenever that is to be. */
const INSISTENT: readonly PassTrigger[] = ["start", "reload", "request", "engine"];

/** They come often, and find nothing new most of the time: all others look at everything. */
const FRUGAL: readonly PassTrigger[] = ["poll", "drift"];

export function newPass(
  { triggers, told, window, endWaits }: PassOccasion,
  begun: number,
  signal: AbortSignal,
): Pass {
  return {
    triggers,
    told,
    window,
    signal,
    begun,
    insists: triggers.some((each) => INSISTENT.includes(each)),
    endWaits: endWaits ?? new AbortController().signal,
    asked: false,
    follows: false,
    hasNews: false,
    commit: undefined,
    held: new Set(),
  };
}

export function isFrugal({ triggers }: Pass): boolean {
  return triggers.every((each) => FRUGAL.includes(each));
}

/** As the history shows it: `drift (container web-1 died (exit 137))`. */
export function triggerOf({ triggers, told }: Pass): string {
  return triggers.map((each) => each === "drift" && told !== "" ? `drift (${told})` : each).join(", ");
}

import type { Site } from "./world.ts";

/** One thing that can go wrong. */
export interface FaultCase {
  /** What it belongs to, in a word or two. */
  readonly group: string;
  /** What must hold, as a sentence. */
  readonly intent: string;
  /** Throws where it does not hold. Gives what there is to say about it, such as how many points were tried. */
  run(site: Site): Promise<string | void>;
}

import type { Config } from "../../lib/config/config.ts";
import { type Site, World } from "./world.ts";

/** One thing that can go wrong. */
export interface FaultCase {
  /** What it belongs to, in a word or two. */
  readonly group: string;
  /** What must hold, as a sentence. */
  readonly intent: string;
  /** Throws where it does not hold. Gives what there is to say about it, such as how many points were tried. */
  run(site: Site): Promise<string | void>;
}

/** Rejects when somebody has had enough: what the case began is then ended with it. */
function interrupted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) =>
    signal.addEventListener("abort", () => reject(signal.reason), { once: true })
  );
}

/** A case in a world of its own. */
export function faultCase(
  group: string,
  intent: string,
  body: (world: World) => Promise<string | void>,
  config: Partial<Config> = {},
): FaultCase {
  return {
    group,
    intent,
    run: async (site) => {
      const world = await World.create(site, config);
      try {
        return await Promise.race([body(world), interrupted(site.signal)]);
      } finally {
        await world.close();
      }
    },
  };
}

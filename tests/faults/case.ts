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
        return await body(world);
      } finally {
        await world.close();
      }
    },
  };
}

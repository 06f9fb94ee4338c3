import type { Config } from "./config.ts";

/**
 * Gives the configuration back as it is, so that an editor completes and explains every key. What types cannot tell, such as a path
 * that leaves the repository, is reported when a command runs, every problem at once: `homeport check` shows them.
 *
 * @example
 * ```ts
 * import { defineConfig, folder } from "./lib/mod.ts";
 *
 * export default defineConfig({
 *   repository: { url: "file:///srv/git/homelab.git" },
 *   hosts: { helium: { stacks: folder("servers/helium") } },
 * });
 * ```
 */
export function defineConfig(config: Config): Config {
  return config;
}

import { BUILDERS } from "../../tools/entry.ts";

/** The text of a `stacks.config.ts` with the one host `helium`, whose stacks are in `servers/helium`. */
export function hostConfig(repository: string, dataDir: string, instance: string): string {
  return [
    `import { defineConfig, folder } from ${JSON.stringify(BUILDERS)};`,
    `export default defineConfig({`,
    `  repository: { url: ${JSON.stringify(repository)} },`,
    `  hosts: { helium: { stacks: folder("servers/helium"), instance: ${JSON.stringify(instance)} } },`,
    `  dataDir: ${JSON.stringify(dataDir)},`,
    `});`,
  ].join("\n");
}

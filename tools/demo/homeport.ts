/** The real command line, run from source with the demo's configuration. */
import { join } from "node:path";
import { PERMISSIONS } from "../compile.ts";
import { BUILDERS, PROJECT_CONFIG, writeEntry } from "../entry.ts";
import { INSTANCE } from "./engine_view.ts";
import { HOST } from "./repository.ts";

export interface Homeport {
  /** Runs one command, its output going to the terminal. Gives the exit code. */
  run(args: readonly string[]): Promise<number>;
}

export async function makeHomeport(
  folder: string,
  repository: string,
  dockerHost: string,
): Promise<Homeport> {
  await Deno.mkdir(folder);
  const entry = await writeEntry(folder, configuration(repository, join(folder, "data")));
  return {
    run: async (args) => {
      const child = new Deno.Command(Deno.execPath(), {
        args: ["run", "--quiet", `--config=${PROJECT_CONFIG}`, ...PERMISSIONS, entry, ...args],
        env: { DOCKER_HOST: dockerHost },
      }).spawn();
      return (await child.status).code;
    },
  };
}

/** As an owner would write it. */
function configuration(repository: string, dataDir: string): string {
  return `import { defineConfig, folder } from ${JSON.stringify(BUILDERS)};

export default defineConfig({
  repository: { url: ${JSON.stringify(repository)} },
  hosts: {
    ${HOST}: { stacks: folder("servers/${HOST}"), instance: "${INSTANCE}" },
  },
  dataDir: ${JSON.stringify(dataDir)},
});
`;
}

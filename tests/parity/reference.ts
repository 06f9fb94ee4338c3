import { dirname, join } from "node:path";
import { findCompose, skipTest } from "../engine/environment.ts";

/** What `docker compose config` says of a project. */
export type Verdict =
  | { readonly accepted: true; readonly model: ReferenceModel }
  | { readonly accepted: false; readonly message: string };

// deno-lint-ignore no-explicit-any -- the model is JSON of many shapes; the tests read single places of it
export type ReferenceModel = Record<string, any>;

/** Files of a project by their path in its folder. `compose.yml` is the one that is asked about. */
export type ProjectFiles = Readonly<Record<string, string>>;

export interface Reference {
  readonly config: (files: ProjectFiles, variables?: Readonly<Record<string, string>>) => Promise<Verdict>;
}

/** Registers a test that asks the real `docker compose`; skipped where there is none. It may tell how many cases it compared. */
export function referenceTest(name: string, body: (reference: Reference) => Promise<number | void>): void {
  const compose = findCompose();
  if ("missing" in compose) return skipTest(name, compose.missing);
  const reference: Reference = {
    config: async (files, variables = {}) => {
      const folder = await Deno.makeTempDir({ prefix: "reference-" });
      try {
        await writeFiles(folder, files);
        return await runConfig(compose.command, folder, { ...variables, ...compose.env });
      } finally {
        await Deno.remove(folder, { recursive: true });
      }
    },
  };
  Deno.test(name, async (test) => {
    const count = await body(reference);
    if (count !== undefined) await test.step(`${count} cases were compared with docker compose`, () => {});
  });
}

async function writeFiles(folder: string, files: ProjectFiles): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    const file = join(folder, path);
    await Deno.mkdir(dirname(file), { recursive: true });
    await Deno.writeTextFile(file, content);
  }
}

/** Odd input may make the reference hang or take all memory. */
const LIMITS = 'ulimit -v 4000000; exec timeout 20 "$0" compose config --format json';

async function runConfig(
  command: string,
  cwd: string,
  variables: Readonly<Record<string, string>>,
): Promise<Verdict> {
  const env = { HOME: cwd, ...variables, PATH: Deno.env.get("PATH") ?? "" };
  const { success, stdout, stderr } = await new Deno.Command("sh", {
    args: ["-c", LIMITS, command],
    cwd,
    env,
    clearEnv: true,
    stdin: "null",
  }).output();
  const decoder = new TextDecoder();
  if (!success) return { accepted: false, message: decoder.decode(stderr).trim() };
  return { accepted: true, model: JSON.parse(decoder.decode(stdout).replaceAll("$$", "$")) };
}

/** Works through the items two at a time, so that a small machine is not overrun. */
export async function inPairs<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const rest = items.values();
  const worker = async () => {
    for (const item of rest) await work(item);
  };
  await Promise.all([worker(), worker()]);
}

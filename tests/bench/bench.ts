/**
 * `deno task bench [executable | deployment | planning | compose | secrets | daemon]…`
 *
 * Measures Homeport beside `docker compose` on the engine that is here, or on a throwaway one, and writes `docs/benchmarks.md`. Words
 * pick some of the measurements, which are shown and not written.
 */
import { fileURLToPath } from "node:url";
import { type CleanUp, withCleanUp } from "../../tools/clean_up.ts";
import { acquireEngine } from "../../tools/engine/acquire_engine.ts";
import { acquireCompose, acquireGit } from "../../tools/engine/acquire_programs.ts";
import { say } from "../../tools/terminal.ts";
import { benchDaemon } from "./daemon.ts";
import { benchDeployment } from "./deployment.ts";
import { benchExecutable } from "./executable.ts";
import { benchLoading } from "./loading.ts";
import { benchPlanning } from "./planning.ts";
import { benchSecrets } from "./secrets.ts";
import { formatReport, type Section } from "./report.ts";

const DOCUMENT = fileURLToPath(new URL("../../docs/benchmarks.md", import.meta.url));

if (import.meta.main) Deno.exit(await withCleanUp(bench));

async function bench(cleanUp: CleanUp): Promise<number> {
  const engine = await acquireEngine(say);
  if ("missing" in engine) return fail(engine.missing);
  cleanUp.defer(() => engine.stop());
  const compose = await acquireCompose(say);
  if ("missing" in compose) return fail(compose.missing);
  const git = await acquireGit(say);
  if ("missing" in git) return fail(git.missing);
  const folder = await Deno.makeTempDir({ prefix: "homeport-bench-" });
  cleanUp.defer(() => Deno.remove(folder, { recursive: true }));
  const subfolder = async (name: string): Promise<string> => {
    await Deno.mkdir(`${folder}/${name}`);
    return `${folder}/${name}`;
  };

  const { command, version, configFolder } = compose;
  const env: Record<string, string> = configFolder === undefined ? {} : { DOCKER_CONFIG: configFolder };
  const reference = { command, version, env };
  const benches: readonly Bench[] = [
    {
      word: "executable",
      title: "The executable",
      run: async (place) => [await benchExecutable(place)],
    },
    {
      word: "deployment",
      title: "30 stacks beside docker compose",
      run: async (place) => [
        await benchDeployment({
          folder: place,
          dockerHost: engine.dockerHost,
          image: engine.images.one,
          compose: reference,
        }),
      ],
    },
    { word: "planning", title: "Planning and checking", run: benchPlanning },
    { word: "compose", title: "Loading", run: async (place) => [await benchLoading(place, reference)] },
    { word: "secrets", title: "Secrets", run: async (place) => [await benchSecrets(place)] },
    {
      word: "daemon",
      title: "The daemon beside a shell loop",
      run: async (place) => [
        await benchDaemon({
          folder: place,
          dockerHost: engine.dockerHost,
          image: engine.images.one,
          compose: reference,
          git: {
            command: git.command,
            env: git.execPath === undefined ? {} : { GIT_EXEC_PATH: git.execPath },
          },
        }),
      ],
    },
  ];
  const words = Deno.args;
  const sections: Section[] = [];
  for (const { word, title, run } of benches) {
    if (words.length > 0 && !words.includes(word)) continue;
    say(title);
    sections.push(...await run(await subfolder(word)));
  }
  if (words.length === 0) {
    await Deno.writeTextFile(DOCUMENT, formatReport(await describeMachine(engine.version), sections));
  }
  for (const { rows } of sections) {
    for (const { what, measured, target, met } of rows) {
      say(`${met ? "✔" : "✘"} ${what}: ${measured} (${target})`);
    }
  }
  return 0;
}

interface Bench {
  readonly word: string;
  readonly title: string;
  readonly run: (folder: string) => Promise<Section[]>;
}

function fail(missing: string): number {
  say(`Cannot measure: ${missing}`);
  return 1;
}

async function describeMachine(engineVersion: string): Promise<string> {
  const cpu = /model name\s*:\s*(.*)/.exec(await Deno.readTextFile("/proc/cpuinfo"))?.[1] ?? "unknown";
  const memory = Math.round(Deno.systemMemoryInfo().total / 2 ** 30);
  const cores = navigator.hardwareConcurrency;
  return `Last run: ${
    new Date().toISOString().slice(0, 10)
  }, ${cores} cores (${cpu}), ${memory} GiB, Docker Engine ${engineVersion}, ` +
    `Deno ${Deno.version.deno}.`;
}

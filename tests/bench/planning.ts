/** `plan` of many stacks against a recording engine, and `check` of many stacks: how time and memory grow. */
import { join } from "node:path";
import type { Config } from "../../lib/config/config.ts";
import { validateConfig } from "../../lib/config/validate_config.ts";
import { defineConfig, folder as stacksIn } from "../../lib/mod.ts";
import { connectEngine } from "../../lib/engine/client.ts";
import type { DeployContext } from "../../lib/plan/deploy_context.ts";
import { makePlan } from "../../lib/plan/make_plan.ts";
import { carryOut } from "../../lib/reconcile/carry_out.ts";
import type { DesiredStack } from "../../lib/stacks/desired_stack.ts";
import { openRepository } from "../../lib/repository/open_repository.ts";
import { checkoutFiles } from "../../lib/repository/checkout_files.ts";
import { loadHost } from "../../lib/stacks/load_host.ts";
import { compile } from "../../tools/compile.ts";
import { BUILDERS, writeEntry } from "../../tools/entry.ts";
import { measure, type Measured, measureOften } from "./measure.ts";
import { type RecordingEngine, startRecordingEngine } from "../fakes/recording_engine.ts";
import { mebibytes, seconds, type Section } from "./report.ts";
import { makeRepository, SERVICES_PER_STACK } from "./stacks.ts";

const SIZES = [50, 100, 250, 500] as const;
export const IMAGE = "example.org/app:1";
const CHECKED = 100;

export async function benchPlanning(folder: string): Promise<Section[]> {
  const runs = new Map<number, { plan: Measured; check: Measured }>();
  for (const size of SIZES) runs.set(size, await measureSize(join(folder, String(size)), size));
  const largest = runs.get(500)!.plan;
  const perStack = (size: number) => (runs.get(size)!.plan.milliseconds) / size;
  const growth = (runs.get(500)!.plan.milliseconds - runs.get(250)!.plan.milliseconds) / 250 /
    ((runs.get(250)!.plan.milliseconds - runs.get(50)!.plan.milliseconds) / 200);
  const check = runs.get(CHECKED)!.check;
  return [
    {
      title: "Planning",
      text:
        "The compiled executable's `plan --exit-code` (medians of 5) with a repository of so many stacks, two services each, against a recording engine on " +
        "which all of them run: it must find nothing to do. Linear growth: a stack more costs as much between 250 and 500 stacks as between 50 and 250.",
      rows: [
        ...SIZES.map((size) => {
          const { milliseconds, peakMemory } = runs.get(size)!.plan;
          const isLargest = size === 500;
          return {
            what: `\`plan\` of ${size} stacks (${size * SERVICES_PER_STACK} services)`,
            measured: `${seconds(milliseconds)}, ${mebibytes(peakMemory)}, ${
              perStack(size).toFixed(1)
            } ms a stack`,
            target: isLargest ? "< 1.5 s, < 300 MB" : "–",
            met: !isLargest || (largest.milliseconds < 1500 && largest.peakMemory < 300e6),
          };
        }),
        {
          what: "cost of a stack more, 250 → 500 against 50 → 250",
          measured: growth.toFixed(2),
          target: "≈ 1 (linear)",
          met: growth < 1.5,
        },
      ],
    },
    {
      title: "Checking",
      text: "The compiled executable's `check` (median of 5): no Docker, no network.",
      rows: [{
        what: `\`check\` of ${CHECKED} stacks`,
        measured: `${seconds(check.milliseconds)}, ${mebibytes(check.peakMemory)}`,
        target: "< 2 s",
        met: check.milliseconds < 2000,
      }],
    },
  ];
}

async function measureSize(folder: string, size: number): Promise<{ plan: Measured; check: Measured }> {
  const remote = join(folder, "homelab");
  await makeRepository(remote, size, { image: IMAGE, prefix: "hpbench", network: true });
  await using host = await prepareHost(folder, size, { repository: { url: remote } });
  const { executable, engine } = host;
  const env = { DOCKER_HOST: engine.dockerHost };
  const plan = await measureOften(
    5,
    () => measure(executable, ["plan", "--host", "bench", "--exit-code"], { env }),
  );
  const check = await measureOften(5, () => measure(executable, ["check", "--path", remote]));
  return { plan, check };
}

export interface PreparedHost extends AsyncDisposable {
  readonly executable: string;
  /** All stacks run on it. */
  readonly engine: RecordingEngine;
}

/** The executable for the stacks of a repository, and an engine that needs nothing more. */
export async function prepareHost(
  folder: string,
  size: number,
  options: Pick<Config, "repository" | "poll">,
): Promise<PreparedHost> {
  const dataDir = join(folder, "data");
  const config = defineConfig({
    ...options,
    hosts: { bench: { stacks: stacksIn("servers/bench") } },
    dataDir,
  });
  const executable = join(folder, "homeport");
  const text = `import { defineConfig } from ${JSON.stringify(BUILDERS)};
export default defineConfig(${JSON.stringify(config)});
`;
  await compile(await writeEntry(folder, text), executable);
  const valid = validateConfig(config);
  const host = valid.hosts["bench"]!;
  const repository = openRepository({ url: valid.repository.url, branch: valid.repository.branch, dataDir });
  const snapshot = await repository.sync({ offline: "refused", signal: new AbortController().signal });
  const { stacks } = loadHost({
    host: "bench",
    layout: host.stacks,
    root: snapshot.folder,
    files: checkoutFiles(snapshot.folder),
    tracked: snapshot.tracked,
    startupOrder: [],
    envs: { host: {}, shared: {} },
    secrets: { variables: {}, sources: [] },
  });
  if (stacks.length !== size) throw new Error(`${stacks.length} of ${size} stacks could be loaded`);
  const engine = startRecordingEngine({ socket: join(folder, "engine.sock"), images: [IMAGE] });
  await deployAll(stacks, host.instance, engine.dockerHost);
  return { executable, engine, [Symbol.asyncDispose]: () => engine.close() };
}

export async function deployAll(
  stacks: readonly DesiredStack[],
  instance: string,
  dockerHost: string,
): Promise<void> {
  const { signal } = new AbortController();
  const engine = connectEngine({ dockerHost });
  const input = { host: "bench", instance, stacks, broken: [], startupOrder: [], prune: false, now: 0 };
  const plan = makePlan({ ...input, observed: await engine.observe([{ image: IMAGE }], signal) });
  for (const { name, stackHash, operations } of plan.stacks) {
    const desired = stacks.find((each) => each.name === name)!;
    const context: DeployContext = {
      desired,
      ownership: {
        instance,
        stack: name,
        stackHash,
        commit: "0".repeat(40),
        version: "0.1.0",
        deployedAt: "2026-01-01T00:00:00.000Z",
      },
      composeHash: "2.40",
      signal,
      waitTimeout: 0,
      pullTimeout: 0,
    };
    const { errors } = await carryOut(operations, {
      signal,
      execute: (operation) => engine.execute(operation, context),
    });
    if (errors.length > 0) throw errors[0];
  }
  engine.close();
}

/** From Compose files in a folder to what runs, in one process: load, observe, plan, carry out. */
import { loadProject } from "../../lib/compose/load.ts";
import type { DockerEngine } from "../../lib/engine/client.ts";
import type { DeployContext } from "../../lib/plan/deploy_context.ts";
import { followersOf } from "../../lib/plan/followers.ts";
import type { ImagePin } from "../../lib/plan/image_pins.ts";
import { makePlan } from "../../lib/plan/make_plan.ts";
import type { Operation } from "../../lib/plan/operation.ts";
import type { StackPlan } from "../../lib/plan/plan.ts";
import { carryOut } from "../../lib/reconcile/carry_out.ts";
import { imagesOf } from "../../lib/reconcile/observe_stacks.ts";
import type { DesiredStack } from "../../lib/stacks/desired_stack.ts";
import { hashStack } from "../../lib/stacks/hash_stack.ts";
import { NO_TRACKED_FILES } from "../../lib/stacks/tracked_files.ts";
import { deployContext } from "./deploy.ts";
import { diskFiles } from "./disk_files.ts";
import type { EngineTest } from "./harness.ts";

/** What Homeport would do. */
export async function planOf(t: EngineTest, engine: DockerEngine): Promise<StackPlan> {
  return await planStack(load(t), engine, t.signal);
}

/** Deploys, and throws what goes wrong. */
export async function converge(
  t: EngineTest,
  engine: DockerEngine,
  options: ConvergeOptions = {},
): Promise<StackPlan> {
  return await convergeStack(load(t), engine, t.signal, options);
}

export interface ConvergeOptions {
  readonly overrides?: Partial<DeployContext>;
  /** As if the pass had been ended, only these operations are carried out, and none that comes after another one. */
  readonly isDone?: (operation: Operation) => boolean;
  /** Counts as carried out, and is not. */
  readonly isLeftOut?: (operation: Operation) => boolean;
  /** What the stack is held to. */
  readonly pins?: readonly ImagePin[];
}

export async function convergeStack(
  desired: DesiredStack,
  engine: DockerEngine,
  signal: AbortSignal,
  { overrides, isDone = () => true, isLeftOut = () => false, pins = [] }: ConvergeOptions = {},
): Promise<StackPlan> {
  const plan = await planStack(desired, engine, signal, pins);
  const context = deployContext(desired.project, signal, { desired, ...overrides });
  const { errors } = await carryOut(plan.operations.filter(isDone), {
    signal,
    execute: async (operation) => {
      if (!isLeftOut(operation)) await engine.execute(operation, context);
    },
  });
  if (errors.length > 0) throw errors[0];
  return plan;
}

/** Git tracks none of the files. */
function load({ folder, project: projectName }: EngineTest): DesiredStack {
  const loaded = loadProject({ folder, projectName, variables: {}, files: diskFiles, release: "5" });
  return hashStack({ name: projectName, root: folder, files: diskFiles, tracked: NO_TRACKED_FILES, loaded })
    .desired;
}

async function planStack(
  desired: DesiredStack,
  engine: DockerEngine,
  signal: AbortSignal,
  pins: readonly ImagePin[] = [],
): Promise<StackPlan> {
  const images = [...imagesOf([desired]), ...pins.map(({ id }) => ({ image: id }))];
  const { ownership } = deployContext(desired.project, signal);
  const { stacks: [stack], broken } = makePlan({
    host: "helium",
    instance: ownership.instance,
    stacks: [desired],
    broken: [],
    startupOrder: [],
    prune: false,
    observed: await engine.observe(images, signal, followersOf([desired.project])),
    imagePins: { [desired.name]: pins },
    now: Date.now() / 1000,
  });
  if (stack === undefined) throw broken[0]!.error;
  return stack;
}

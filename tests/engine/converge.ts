/** From Compose files in a folder to what runs, in one process: load, observe, plan, carry out. */
import { loadProject } from "../../lib/compose/load.ts";
import type { Project } from "../../lib/compose/project.ts";
import type { DockerEngine } from "../../lib/engine/client.ts";
import { makePlan } from "../../lib/plan/make_plan.ts";
import type { Operation } from "../../lib/plan/operation.ts";
import type { StackPlan } from "../../lib/plan/plan.ts";
import { carryOut } from "../../lib/reconcile/carry_out.ts";
import { imagesOf } from "../../lib/reconcile/plan_pass.ts";
import { deployContext } from "./deploy.ts";
import { diskFiles } from "./disk_files.ts";
import type { EngineTest } from "./harness.ts";

/** What Homeport would do. */
export async function planOf(t: EngineTest, engine: DockerEngine): Promise<StackPlan> {
  return await planProject(load(t), engine, t.signal);
}

/** Deploys, and throws what goes wrong. */
export async function converge(t: EngineTest, engine: DockerEngine): Promise<StackPlan> {
  return await convergeProject(load(t), engine, t.signal);
}

/** `isLeftOut`: counts as carried out, and is not. */
export async function convergeProject(
  project: Project,
  engine: DockerEngine,
  signal: AbortSignal,
  isLeftOut: (operation: Operation) => boolean = () => false,
): Promise<StackPlan> {
  const plan = await planProject(project, engine, signal);
  const context = deployContext(project, signal);
  const { errors } = await carryOut(plan.operations, {
    signal,
    execute: async (operation) => {
      if (!isLeftOut(operation)) await engine.execute(operation, context);
    },
  });
  if (errors.length > 0) throw errors[0];
  return plan;
}

function load(t: EngineTest): Project {
  return loadProject({ folder: t.folder, projectName: t.project, variables: {}, files: diskFiles }).project;
}

async function planProject(project: Project, engine: DockerEngine, signal: AbortSignal): Promise<StackPlan> {
  const { desired, ownership } = deployContext(project, signal);
  const { stacks: [stack], broken } = makePlan({
    host: "helium",
    instance: ownership.instance,
    stacks: [desired],
    broken: [],
    startupOrder: [],
    prune: false,
    observed: await engine.observe(imagesOf([desired]), signal),
    now: Date.now() / 1000,
  });
  if (stack === undefined) throw broken[0]!.error;
  return stack;
}

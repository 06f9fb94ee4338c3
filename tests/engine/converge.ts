/** From Compose files in a folder to what runs, in one process: load, observe, plan, carry out. */
import { loadProject } from "../../lib/compose/load.ts";
import type { Project } from "../../lib/compose/project.ts";
import type { DockerEngine } from "../../lib/engine/client.ts";
import { followersOf } from "../../lib/plan/followers.ts";
import { makePlan } from "../../lib/plan/make_plan.ts";
import type { Operation } from "../../lib/plan/operation.ts";
import type { StackPlan } from "../../lib/plan/plan.ts";
import { hookImages } from "../../lib/plan/references.ts";
import { carryOut } from "../../lib/reconcile/carry_out.ts";
import { deployContext } from "./deploy.ts";
import { diskFiles } from "./disk_files.ts";
import type { EngineTest } from "./harness.ts";

/** What Homeport would do. */
export async function planOf(t: EngineTest, engine: DockerEngine): Promise<StackPlan> {
  return await planProject(t, engine, load(t));
}

/** Deploys, and throws what goes wrong. `isDone`: as if the pass had been ended, only these operations are carried out. */
export async function converge(
  t: EngineTest,
  engine: DockerEngine,
  isDone: (operation: Operation) => boolean = () => true,
): Promise<StackPlan> {
  const project = load(t);
  const plan = await planProject(t, engine, project);
  const context = deployContext(project, t.signal);
  const { errors } = await carryOut(plan.operations.filter(isDone), {
    signal: t.signal,
    execute: (operation) => engine.execute(operation, context),
  });
  if (errors.length > 0) throw errors[0];
  return plan;
}

function load(t: EngineTest): Project {
  return loadProject({
    folder: t.folder,
    projectName: t.project,
    variables: {},
    files: diskFiles,
    release: "5",
  })
    .project;
}

async function planProject(t: EngineTest, engine: DockerEngine, project: Project): Promise<StackPlan> {
  const images = Object.values(project.services).flatMap((service) => {
    const { image, platform } = service;
    const own = image === undefined ? [] : [{ image, ...(platform !== undefined && { platform }) }];
    return [...own, ...hookImages(service).map((image) => ({ image }))];
  });
  const { desired, ownership } = deployContext(project, t.signal);
  const { stacks: [stack], broken } = makePlan({
    host: "helium",
    instance: ownership.instance,
    stacks: [desired],
    broken: [],
    startupOrder: [],
    prune: false,
    observed: await engine.observe(images, t.signal, followersOf([project])),
    now: Date.now() / 1000,
  });
  if (stack === undefined) throw broken[0]!.error;
  return stack;
}

/** A stack whose services build their images: from files in a folder, as if Git tracked all of them, to what runs. */
import { createHash } from "node:crypto";
import { join } from "node:path";
import type { DockerEngine } from "../../lib/engine/client.ts";
import { imageNameOf } from "../../lib/compose/image_name.ts";
import { makePlan } from "../../lib/plan/make_plan.ts";
import type { StackPlan } from "../../lib/plan/plan.ts";
import { carryOut } from "../../lib/reconcile/carry_out.ts";
import type { DesiredStack } from "../../lib/stacks/desired_stack.ts";
import { loadStack } from "../../lib/stacks/load_stack.ts";
import type { TrackedFile, TrackedFiles } from "../../lib/stacks/tracked_files.ts";
import { deployContext } from "./deploy.ts";
import { diskFiles } from "./disk_files.ts";
import type { EngineTest } from "./harness.ts";

export async function writeFiles(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    const full = join(folder, path);
    await Deno.mkdir(join(full, ".."), { recursive: true });
    await Deno.writeTextFile(full, text);
  }
}

/** Deploys as a pass does, and gives the first plan. What fails is thrown. */
export async function deployBuilt(
  t: EngineTest,
  engine: DockerEngine,
  onProgress: (message: string) => void = () => {},
  signal: AbortSignal = t.signal,
): Promise<StackPlan> {
  const first = await planBuilt(t, engine);
  const isBuilt = first.operations.some(({ kind }) => kind === "build-image");
  for (const isFirst of isBuilt ? [true, false] : [true]) {
    const plan = isFirst ? first : await planBuilt(t, engine);
    const desired = load(t);
    const context = deployContext(desired.project, signal, { desired, onProgress });
    const { errors } = await carryOut(plan.operations, {
      signal,
      execute: (operation) => engine.execute(operation, context),
    });
    if (errors.length > 0) throw errors[0];
  }
  return first;
}

export async function planBuilt(t: EngineTest, engine: DockerEngine): Promise<StackPlan> {
  const desired = load(t);
  const services = Object.values(desired.project.services);
  const { stacks: [stack], broken } = makePlan({
    host: "helium",
    instance: "test@example",
    stacks: [desired],
    broken: [],
    startupOrder: [],
    prune: false,
    observed: await engine.observe(
      services.map((service) => ({ image: imageNameOf(desired.project, service) })),
      t.signal,
    ),
    now: Date.now() / 1000,
  });
  if (stack === undefined) throw broken[0]!.error;
  return stack;
}

function load(t: EngineTest): DesiredStack {
  const { desired, undeployable } = loadStack({
    stack: { name: t.project, folder: t.folder },
    root: t.folder,
    files: diskFiles,
    tracked: trackedOnDisk(),
    variables: { COMPOSE_PROJECT_NAME: t.project, IMAGE: t.images.one },
  });
  if (undeployable.length > 0) throw undeployable[0];
  return desired;
}

function trackedOnDisk(): TrackedFiles {
  return { filesBelow: (path) => [...walk(path)].sort((a, b) => a.path < b.path ? -1 : 1) };
}

function* walk(path: string): Generator<TrackedFile> {
  let info: Deno.FileInfo;
  try {
    info = Deno.lstatSync(path);
  } catch {
    return;
  }
  if (info.isDirectory) {
    for (const { name } of Deno.readDirSync(path)) yield* walk(join(path, name));
    return;
  }
  const content = info.isSymlink ? Deno.readLinkSync(path) : Deno.readFileSync(path);
  yield {
    path,
    oid: createHash("sha1").update(content).digest("hex"),
    mode: info.isSymlink ? "120000" : "100644",
    modified: 0,
  };
}

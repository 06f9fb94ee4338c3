/** A host in a few lines: stacks as Compose text, deployed on an engine in memory, disturbed, and planned for again. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { loadProject } from "../../lib/compose/load.ts";
import type { Project } from "../../lib/compose/project.ts";
import { formatPlan } from "../../lib/plan/format_plan.ts";
import { followersOf } from "../../lib/plan/followers.ts";
import { makePlan } from "../../lib/plan/make_plan.ts";
import type { Plan, PlanInput, StackPlan } from "../../lib/plan/plan.ts";
import { carryOut } from "../../lib/reconcile/carry_out.ts";
import type { DesiredStack } from "../../lib/stacks/desired_stack.ts";
import type { FakeContainer } from "../fakes/fake_container.ts";
import { FakeEngine, type FakeEngineOptions } from "../fakes/fake_engine.ts";
import { memoryFiles } from "../fakes/memory_files.ts";

export const INSTANCE = "helium@git.example.org/me/homelab";

/** Compose text by the stack's name; the name is the project's as well, unless the text says otherwise. */
export type Stacks = Readonly<Record<string, string>>;

export interface Host extends Partial<Omit<PlanInput, "stacks" | "observed">> {
  readonly files?: Readonly<Record<string, DesiredStack["serviceFiles"]>>;
  readonly builds?: Readonly<Record<string, NonNullable<DesiredStack["builds"]>>>;
}

const projects = new Map<string, Project>();

export function loadStack(
  name: string,
  text: string,
  serviceFiles: DesiredStack["serviceFiles"] = {},
  builds: NonNullable<DesiredStack["builds"]> = {},
): DesiredStack {
  const key = `${name}\n${text}`;
  const project = projects.get(key) ?? loadText(name, text);
  projects.set(key, project);
  return { name, project, stackHash: createHash("sha256").update(text).digest("hex"), serviceFiles, builds };
}

function loadText(name: string, text: string): Project {
  return loadProject({
    folder: `/repo/${name}`,
    variables: {},
    release: "5",
    files: memoryFiles("/repo", { [`${name}/compose.yml`]: text }),
  }).project;
}

export function planInput(engine: FakeEngine, stacks: Stacks, host: Host = {}): PlanInput {
  const { files = {}, builds = {}, ...rest } = host;
  const desired = Object.entries(stacks).map(([name, text]) =>
    loadStack(name, text, files[name], builds[name])
  );
  return {
    host: "helium",
    instance: INSTANCE,
    broken: [],
    startupOrder: [],
    prune: true,
    now: engine.now,
    ...rest,
    stacks: desired,
    observed: engine.state(followersOf(desired.map(({ project }) => project))),
  };
}

export function planFor(engine: FakeEngine, stacks: Stacks, host: Host = {}): Plan {
  return makePlan(planInput(engine, stacks, host));
}

/** Deploys, and throws what goes wrong. */
export async function deploy(engine: FakeEngine, stacks: Stacks, host: Host = {}): Promise<Plan> {
  const input = planInput(engine, stacks, host);
  const plan = makePlan(input);
  await carryOutPlan(engine, plan, input);
  return plan;
}

export async function carryOutPlan(engine: FakeEngine, plan: Plan, input: PlanInput): Promise<void> {
  const { signal } = new AbortController();
  const throwFirst = ({ errors }: { readonly errors: readonly Error[] }) => {
    if (errors.length > 0) throw errors[0];
  };
  for (const { operations } of plan.prune.stacks) {
    throwFirst(await carryOut(operations, { signal, execute: (each) => engine.takeDown(each, signal) }));
  }
  for (const { name, operations, stackHash } of plan.stacks) {
    const context = {
      desired: input.stacks.find((stack) => stack.name === name)!,
      ownership: {
        instance: input.instance,
        stack: name,
        commit: "c0ffee",
        stackHash,
        version: "1.0.0",
        deployedAt: "2026-01-01T00:00:00Z",
      },
      composeHash: "2.40" as const,
      signal,
      waitTimeout: 1000,
      pullTimeout: 1000,
    };
    throwFirst(await carryOut(operations, { signal, execute: (each) => engine.execute(each, context) }));
  }
}

/** All images are on it, unless the test takes them away. */
export function newEngine(options: FakeEngineOptions = {}): FakeEngine {
  const engine = new FakeEngine({ registry: IMAGES, ...options });
  engine.images = { ...IMAGES };
  return engine;
}

const IMAGES: Readonly<Record<string, string>> = Object.fromEntries(
  ["app:1", "app:2", "db:1", "vpn:1", "job:1"].map((
    name,
  ) => [name, `sha256:${createHash("sha256").update(name).digest("hex")}`]),
);

export interface Scenario {
  /** What was deployed before; nothing when absent. */
  readonly before?: Stacks;
  readonly beforeHost?: Host;
  /** What happened to the engine since. */
  readonly disturb?: (engine: FakeEngine) => void;
  readonly now: Stacks;
  readonly host?: Host;
  readonly engine?: FakeEngineOptions;
  /** The plan's text form. */
  readonly plan: string;
}

/** Plans, compares the text, carries the plan out and sees that nothing is left to do. */
export function scenario(
  name: string,
  { before, beforeHost, disturb, now, host, engine: options, plan }: Scenario,
): void {
  Deno.test(name, async () => {
    const engine = newEngine(options);
    if (before !== undefined) await deploy(engine, before, beforeHost ?? host);
    disturb?.(engine);
    const input = planInput(engine, now, host);
    const made = makePlan(input);
    assertText(formatPlan(made), plan);
    await carryOutPlan(engine, made, input);
    const left = planFor(engine, now, host);
    assert.deepEqual([...left.stacks, ...left.prune.stacks].flatMap(({ operations }) => operations), []);
  });
}

/** Compares the text form, without the blank line that a template literal begins and ends with. */
export function assertText(actual: string, expected: string): void {
  assert.equal(actual.trimEnd(), dedent(expected));
}

function dedent(text: string): string {
  const lines = text.replace(/^\n/, "").trimEnd().split("\n");
  const indents = lines.filter((line) => line.trim() !== "").map((line) => /^ */.exec(line)![0].length);
  const indent = Math.min(...indents);
  return lines.map((line) => line.slice(indent)).join("\n");
}

/** Which operation comes after which, a line each: `start-container web-1 < create-container web-1`. */
export function orderOf({ operations }: Pick<StackPlan, "operations">): string {
  return operations.map(({ id, after }) => after.length === 0 ? id : `${id} < ${after.join(", ")}`).join(
    "\n",
  );
}

export function getContainer(engine: FakeEngine, name: string): FakeContainer {
  const container = engine.containers.find((each) => each.name === name);
  assert.ok(container, `no container ${name} among ${engine.containers.map((each) => each.name)}`);
  return container;
}

/** As if it had ended on its own, or had been killed. */
export function exit(engine: FakeEngine, name: string, exitCode: number): void {
  const container = getContainer(engine, name);
  Object.assign(container, { state: "exited", exitCode, publishedPorts: [] });
  delete container.health;
}

/** As if `docker compose` had deployed it: without Homeport's labels. */
export function forgetOwnership(engine: FakeEngine, project?: string): void {
  const strip = <T extends { readonly labels: Readonly<Record<string, string>> }>(each: T): T =>
    project !== undefined && each.labels["com.docker.compose.project"] !== project ? each : {
      ...each,
      labels: Object.fromEntries(Object.entries(each.labels).filter(([key]) => !key.startsWith("homeport."))),
    };
  engine.containers = engine.containers.map(strip);
  engine.networks = engine.networks.map(strip);
  engine.volumes = engine.volumes.map(strip);
}

export function setLabels(
  engine: FakeEngine,
  name: string,
  labels: Readonly<Record<string, string>>,
): void {
  const container = getContainer(engine, name);
  container.labels = { ...container.labels, ...labels };
}

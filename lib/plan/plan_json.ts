/**
 * The plan as JSON, for programs. What is here stays: fields may be added, `version` changes when one goes or changes its meaning.
 * Never holds a variable's value.
 */
import { HomeportError, type Location } from "../errors.ts";
import type { BrokenStack } from "../stacks/desired_stack.ts";
import type { LeftAlone, SuspendedStack } from "./left_alone.ts";
import type { Operation } from "./operation.ts";
import type { Plan, PlanWarning, StackPlan } from "./plan.ts";
import { type PlanSummary, summarizePlan } from "./summarize_plan.ts";

export interface PlanJson {
  readonly version: 1;
  readonly host: string;
  /** The commit that was planned for. */
  readonly commit: string;
  readonly summary: PlanSummary;
  /** In the order of deployment, unchanged stacks included. */
  readonly stacks: readonly StackJson[];
  /** Names of the stacks that come first, one after the other. */
  readonly startupOrder: readonly string[];
  readonly broken: readonly BrokenJson[];
  /** Stacks that wait for secrets; nothing is wrong with their files. */
  readonly waiting: readonly BrokenJson[];
  /** Stacks that somebody wants to be left alone. */
  readonly suspended: readonly SuspendedStack[];
  readonly prune: {
    readonly managed: number;
    readonly needsConfirmation: boolean;
    /** Nothing is removed now, and why. */
    readonly left?: LeftAlone;
    readonly stacks: readonly PrunedJson[];
  };
}

export interface StackJson {
  readonly name: string;
  readonly project: string;
  readonly action: StackPlan["action"];
  readonly stackHash: string;
  /** Stacks that must be through before; often none. */
  readonly after: readonly string[];
  /** Each with `kind`, `id`, `cause`, `after` (IDs of the same stack) and what its kind needs; see `lib/plan/operation.ts`. */
  readonly operations: readonly Operation[];
  readonly warnings: readonly PlanWarning[];
  /** The operations are not carried out, and why. */
  readonly left?: LeftAlone;
}

export interface BrokenJson {
  readonly name: string;
  readonly error: {
    readonly message: string;
    readonly hint?: string;
    readonly location?: Location;
    readonly path?: string;
    /** What follows: `retry`, `wait` or `stalled`. */
    readonly consequence: string;
  };
}

export interface PrunedJson {
  readonly name: string;
  readonly project: string;
  readonly cause: string;
  readonly operations: readonly Operation[];
  readonly kept: readonly string[];
}

export function planToJson(plan: Plan, commit: string): PlanJson {
  return {
    version: 1,
    host: plan.host,
    commit,
    summary: summarizePlan(plan),
    stacks: plan.stacks.map((
      { name, project, action, stackHash, after = [], operations, warnings, left },
    ) => ({
      name,
      project,
      action,
      stackHash,
      after,
      operations,
      warnings,
      ...(left !== undefined && { left }),
    })),
    startupOrder: plan.startupOrder,
    broken: plan.broken.filter(({ waitsFor }) => waitsFor === undefined).map(brokenToJson),
    waiting: plan.broken.filter(({ waitsFor }) => waitsFor !== undefined).map(brokenToJson),
    suspended: plan.suspended ?? [],
    prune: {
      ...(plan.prune.left !== undefined && { left: plan.prune.left }),
      managed: plan.prune.managed,
      needsConfirmation: plan.prune.needsConfirmation,
      stacks: plan.prune.stacks.map(({ name, project, cause, operations, kept }) => ({
        name,
        project,
        cause,
        operations,
        kept,
      })),
    },
  };
}

function brokenToJson({ name, error }: BrokenStack): BrokenJson {
  return { name, error: errorToJson(error) };
}

function errorToJson(error: Error): BrokenJson["error"] {
  if (!(error instanceof HomeportError)) return { message: error.message, consequence: "stalled" };
  const { message, hint, location, path, consequence } = error;
  return {
    message,
    ...(hint !== undefined && { hint }),
    ...(location !== undefined && { location }),
    ...(path !== undefined && { path }),
    consequence,
  };
}

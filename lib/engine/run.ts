/** What carrying out an operation needs besides the operation. */
import type { ServiceFiles } from "../stacks/desired_stack.ts";
import type { Project, Service } from "../compose/project.ts";
import { HomeportError } from "../errors.ts";
import type { DeployContext } from "../plan/deploy_context.ts";
import type { EngineConnection } from "./connection.ts";
import type { EngineRequest } from "./engine_request.ts";
import type { LoginSources } from "./registry_login.ts";

export interface Run extends LoginSources {
  readonly connection: EngineConnection;
  readonly signal: AbortSignal;
  /** Does such works one after the other, over all stacks. */
  readonly oneAtATime: <T>(work: () => Promise<T>) => Promise<T>;
}

/** A run that belongs to a stack which is being deployed. */
export interface DeployRun extends Run {
  readonly context: DeployContext;
}

export function request<T = unknown>(run: Run, rest: Omit<EngineRequest, "signal">): Promise<T> {
  return run.connection.request<T>({ ...rest, signal: run.signal });
}

export function projectOf(run: DeployRun): Project {
  return run.context.desired.project;
}

export function serviceOf(run: DeployRun, name: string): Service {
  const project = projectOf(run);
  const service = project.services[name];
  if (service === undefined) throw new HomeportError(`Project ${project.name} has no service "${name}"`);
  return service;
}

export function filesOf(run: DeployRun, service: string): ServiceFiles | undefined {
  return run.context.desired.serviceFiles[service];
}

/** Makes a queue: each work begins when the one before it has ended, well or badly. */
export function makeQueue(): Run["oneAtATime"] {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const next = last.then(work, work);
    last = next.catch(() => {});
    return next;
  };
}

/** What a service runs inside its containers right after their start and right before their end. */
import type { Hook, Service } from "../compose/project.ts";
import { HomeportError } from "../errors.ts";
import { findContainer, type NamedContainer, stopContainer } from "./containers.ts";
import { confidentialValues } from "./confidential_values.ts";
import { environmentOf } from "./container_body.ts";
import { exec, type ExecResult } from "./exec.ts";
import { attempt, mask } from "./request_error.ts";
import type { DeployRun } from "./run.ts";

/** Of a container that has just been started. */
export async function runPostStart(
  run: DeployRun,
  service: Service,
  container: NamedContainer,
): Promise<void> {
  for (const hook of service.post_start ?? []) {
    if (await runHook(run, "post_start", service, hook, container) !== "ended") continue;
    throw new HomeportError(
      `The post_start hook of ${container.name} could not run: the container has ended already`,
      { hint: `see what it says: docker logs ${container.name}` },
    );
  }
}

/**
 * Stops a container for good or for a while. Where its service is still in the project, and the container runs, its `pre_stop` hooks come
 * first: also before a recreation, where the reference leaves them out.
 */
export async function stopAfterHooks(
  run: DeployRun,
  serviceName: string,
  container: NamedContainer,
): Promise<void> {
  const { services } = run.context.desired.project;
  const service = Object.hasOwn(services, serviceName) ? services[serviceName] : undefined;
  if (service?.pre_stop !== undefined) await runPreStop(run, service, container);
  await stopContainer(run, container);
}

/** One that ends by itself meanwhile has nothing left to prepare. */
async function runPreStop(run: DeployRun, service: Service, container: NamedContainer): Promise<void> {
  const found = await attempt(
    `Cannot stop container ${container.name}`,
    run.signal,
    () => findContainer(run, container.id),
  );
  // Inside a paused one, or one between two attempts, nothing can run.
  if (found?.State.Status !== "running") return;
  for (const hook of service.pre_stop ?? []) {
    if (await runHook(run, "pre_stop", service, hook, container) === "ended") return;
  }
}

type HookKind = "post_start" | "pre_stop";

async function runHook(
  run: DeployRun,
  kind: HookKind,
  service: Service,
  hook: Hook,
  { id, name }: NamedContainer,
): Promise<"done" | "ended"> {
  const confidential = confidentialValues(service);
  const { waitTimeout } = run.context;
  const timeout = AbortSignal.timeout(waitTimeout);
  const signal = AbortSignal.any([run.signal, timeout]);
  run.context.onProgress?.(kind);
  try {
    const result = await attempt(
      `Cannot run the ${kind} hook of ${name}`,
      signal,
      () => exec({ ...run, signal }, id, execRequest(hook)),
      { confidential },
    );
    if (result === undefined) return "ended";
    if (result.exitCode !== 0) throw failed(kind, name, result, confidential);
    return "done";
  } catch (error) {
    if (run.signal.aborted) throw run.signal.reason;
    throw timeout.aborted ? tooLong(kind, name, waitTimeout) : error;
  }
}

function execRequest({ command, user, privileged, working_dir, environment }: Hook) {
  return {
    Cmd: command ?? [],
    ...(user !== undefined && { User: user }),
    ...(privileged !== undefined && { Privileged: privileged }),
    ...(working_dir !== undefined && { WorkingDir: working_dir }),
    ...(environment !== undefined && { Env: environmentOf({ environment }) }),
  };
}

/** Its output stands in no log: what matters of it must be said here. */
function failed(
  kind: HookKind,
  container: string,
  { exitCode, output }: ExecResult,
  confidential: readonly string[],
): HomeportError {
  const said = mask(output, confidential).trim().split("\n").slice(-5).join("\n").slice(-500);
  return new HomeportError(
    `The ${kind} hook of ${container} ended with exit code ${exitCode}${said === "" ? "" : `: ${said}`}`,
    { hint: `correct ${kind} in the Compose file, or what it needs in the container` },
  );
}

function tooLong(kind: HookKind, container: string, limit: number): HomeportError {
  return new HomeportError(
    `The ${kind} hook of ${container} has not ended after ${Math.round(limit / 1000)} s`,
    { hint: "see what it waits for, or allow more time in deploy.waitTimeout" },
  );
}

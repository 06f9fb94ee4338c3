import { HomeportError } from "../errors.ts";
import type { WaitForService } from "../plan/operation.ts";
import type { ContainerDetails } from "./answers.ts";
import { findContainer } from "./containers.ts";
import { pause } from "./pause.ts";
import { attempt } from "./request_error.ts";
import type { DeployRun } from "./run.ts";

/** Milliseconds between two looks: short at first, since most services are up in no time. */
const FIRST_PAUSE = 100;
const LONGEST_PAUSE = 500;

export async function waitForService(run: DeployRun, operation: WaitForService): Promise<void> {
  try {
    await attempt(
      `Cannot wait for service ${operation.service}`,
      run.signal,
      () => waitForAll(run, operation),
    );
  } catch (error) {
    if (operation.required || !(error instanceof HomeportError) || error.consequence === "retry") throw error;
    run.context.onProgress?.(`going on without it: ${error.message}`);
  }
}

async function waitForAll(run: DeployRun, operation: WaitForService): Promise<void> {
  const { containerNames, service, condition } = operation;
  const { waitTimeout } = run.context;
  const deadline = performance.now() + waitTimeout;
  let waiting = [...containerNames];
  for (let interval = FIRST_PAUSE;; interval = Math.min(interval * 1.5, LONGEST_PAUSE)) {
    const states = await Promise.all(waiting.map((name) => look(run, name, condition, service)));
    waiting = waiting.filter((_, index) => states[index] !== "fulfilled");
    if (waiting.length === 0) return;
    if (performance.now() >= deadline) throw tooLong(service, condition, waiting, waitTimeout);
    await pause(interval, run.signal);
  }
}

type State = "fulfilled" | "waiting";

async function look(
  run: DeployRun,
  name: string,
  condition: WaitForService["condition"],
  service: string,
): Promise<State> {
  const container = await findContainer(run, name);
  if (container === undefined) throw failed(service, name, "is gone", "run apply again");
  return condition === "service_healthy"
    ? healthy(service, name, container)
    : completed(service, name, container);
}

function healthy(service: string, name: string, { State, Config }: ContainerDetails): State {
  if (State.Status === "exited" || State.Status === "dead") {
    throw failed(service, name, `ended with exit code ${State.ExitCode}`, seeLog(name));
  }
  const test = Config.Healthcheck?.Test ?? [];
  if (test.length === 0 || test[0] === "NONE") {
    throw failed(
      service,
      name,
      "has no health check",
      `give service ${service} a healthcheck, or depend on it with condition service_started`,
    );
  }
  if (State.Health?.Status === "unhealthy") throw failed(service, name, "is unhealthy", seeLog(name));
  return State.Health?.Status === "healthy" ? "fulfilled" : "waiting";
}

function completed(service: string, name: string, { State }: ContainerDetails): State {
  if (State.Status !== "exited" && State.Status !== "dead") return "waiting";
  if (State.Status === "exited" && State.ExitCode === 0) return "fulfilled";
  throw failed(service, name, `ended with exit code ${State.ExitCode}`, seeLog(name));
}

function failed(service: string, name: string, reason: string, hint: string): HomeportError {
  return new HomeportError(`Service ${service} did not get ready: container ${name} ${reason}`, { hint });
}

function tooLong(
  service: string,
  condition: WaitForService["condition"],
  names: readonly string[],
  limit: number,
): HomeportError {
  const goal = condition === "service_healthy" ? "healthy" : "done";
  return new HomeportError(
    `Service ${service} is not ${goal} after ${Math.round(limit / 1000)} s: still waiting for ${
      names.join(", ")
    }`,
    { hint: `${seeLog(names[0]!)}, or allow more time in deploy.waitTimeout` },
  );
}

function seeLog(name: string): string {
  return `see what it says: docker logs ${name}`;
}

import { HomeportError } from "../errors.ts";
import type { StartContainer } from "../plan/operation.ts";
import type { ContainerDetails } from "./answers.ts";
import { findContainer } from "./containers.ts";
import { confidentialValues } from "./confidential_values.ts";
import { runPostStart } from "./hooks.ts";
import { injectFiles } from "./inject_files.ts";
import { attachMissingNetworks } from "./attach_networks.ts";
import { explainTakenPort } from "./taken_port.ts";
import { publishesRange } from "./ports.ts";
import { attempt, isStatus } from "./request_error.ts";
import { type DeployRun, request, serviceOf } from "./run.ts";

export async function startContainer(run: DeployRun, operation: StartContainer): Promise<void> {
  const { containerName: name, number } = operation;
  const service = serviceOf(run, operation.service);
  const what = `Cannot start container ${name}`;
  await attempt(what, run.signal, async () => {
    const container = await findContainer(run, name);
    if (container === undefined) throw missing(what);
    if (container.State.Running) return;
    await attachMissingNetworks(run, { container, service, number });
    await injectFiles(run, { containerId: container.Id, containerName: name, service });
    // The engine may give two containers the same port of a range when they start side by side.
    if (publishesRange(service)) await run.oneAtATime(() => start(run, container, service.name));
    else await start(run, container, service.name);
    await runPostStart(run, service, { id: container.Id, name });
  }, { confidential: confidentialValues(service) });
}

async function start(run: DeployRun, { Id, Name }: ContainerDetails, service: string): Promise<void> {
  try {
    await request(run, { method: "POST", path: `/containers/${Id}/start` });
  } catch (error) {
    if (!isStatus(error, 400, 409, 500)) throw error;
    throw await explainTakenPort(run, { message: error.message, containerName: Name.slice(1), service }) ??
      error;
  }
}

function missing(what: string): HomeportError {
  return new HomeportError(`${what}: it is gone`, { hint: "run apply again", consequence: "retry" });
}

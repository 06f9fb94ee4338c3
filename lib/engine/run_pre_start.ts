/** The `pre_start` hooks of a service: each runs to its end in a container of its own, before the service's first container starts. */
import { HomeportError } from "../errors.ts";
import type { RunPreStart } from "../plan/operation.ts";
import type { ContainerDetails } from "./answers.ts";
import { attachMissingNetworks } from "./attach_networks.ts";
import { confidentialValues } from "./confidential_values.ts";
import { findContainer, type NamedContainer, stopContainer } from "./containers.ts";
import {
  createHookContainer,
  type HookWish,
  removeHookContainer,
  removeHookContainers,
} from "./hook_container.ts";
import { readTail } from "./output_tail.ts";
import { pause } from "./pause.ts";
import { attempt, mask } from "./request_error.ts";
import { type DeployRun, request, serviceOf } from "./run.ts";

export async function runPreStart(
  run: DeployRun,
  { service: name, containerName, imageId }: RunPreStart,
): Promise<void> {
  const service = serviceOf(run, name);
  const confidential = confidentialValues(service);
  await attempt(`Cannot run pre_start of service ${name}`, run.signal, async () => {
    await removeHookContainers(run, name);
    const container = await findContainer(run, containerName);
    if (container === undefined) throw missing(containerName);
    for (const [index, hook] of (service.pre_start ?? []).entries()) {
      run.context.onProgress?.(`pre_start ${index + 1} of ${service.pre_start!.length}`);
      await runHook(run, { service, hook, index, container, imageId, confidential });
    }
  }, { confidential });
}

async function runHook(
  run: DeployRun,
  hookRun: HookWish & { readonly confidential: readonly string[] },
): Promise<void> {
  const { service, index, confidential } = hookRun;
  const created = await createHookContainer(run, hookRun);
  try {
    await attachMissingNetworks(run, { container: await getContainer(run, created), service, number: 0 });
    await request(run, { method: "POST", path: `/containers/${created.id}/start` });
  } catch (error) {
    await removeHookContainer(run, created);
    throw error;
  }
  const exitCode = await untilEnded(run, created);
  if (exitCode === 0) return await removeHookContainer(run, created);
  const said = mask(await outputOf(run, created), confidential).trim().split("\n").slice(-5).join("\n").slice(
    -500,
  );
  throw new HomeportError(
    `pre_start ${index + 1} of service ${service.name} ended with exit code ${exitCode}${
      said === "" ? "" : `: ${said}`
    }`,
    {
      path: `services.${service.name}.pre_start[${index}]`,
      hint:
        `correct the hook, or what it needs; its container is kept for a look: docker logs ${created.name}`,
    },
  );
}

async function untilEnded(run: DeployRun, container: NamedContainer): Promise<number> {
  const { waitTimeout } = run.context;
  const deadline = performance.now() + waitTimeout;
  for (let interval = 50;; interval = Math.min(interval * 1.5, 500)) {
    const { State } = await getContainer(run, container);
    if (State.Status === "exited" || State.Status === "dead") return State.ExitCode;
    if (performance.now() >= deadline) {
      await stopContainer(run, container);
      throw new HomeportError(
        `pre_start hook ${container.name} has not ended after ${Math.round(waitTimeout / 1000)} s`,
        {
          hint:
            `see what it waits for (docker logs ${container.name}), or allow more time in deploy.waitTimeout`,
        },
      );
    }
    await pause(interval, run.signal);
  }
}

async function getContainer(run: DeployRun, { id, name }: NamedContainer): Promise<ContainerDetails> {
  const found = await findContainer(run, id);
  if (found === undefined) throw missing(name);
  return found;
}

async function outputOf(run: DeployRun, { id }: NamedContainer): Promise<string> {
  const query = { stdout: true, stderr: true, tail: "20" };
  const path = `/containers/${id}/logs`;
  return await readTail(await run.connection.stream({ method: "GET", path, query, signal: run.signal }));
}

function missing(name: string): HomeportError {
  return new HomeportError(`Container ${name} is gone`, { hint: "run apply again", consequence: "retry" });
}

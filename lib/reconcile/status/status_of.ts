/** Reads a host's status off the engine's labels. */
import { isDeployed, projectOf, serviceOf } from "../../plan/compose_labels.ts";
import { groupBy } from "../../plan/index_observed.ts";
import type { Observed, ObservedContainer } from "../../plan/observed.ts";
import { LABELS } from "../../plan/plan.ts";
import type { HostStatus, ServiceStatus, StackStatus } from "./status.ts";

/** The stacks of this instance. Containers of their projects that `docker compose` started are part of them. */
export function statusOf(
  observed: Observed,
  { host, instance }: { readonly host: string; readonly instance: string },
): HostStatus {
  const isOurs = ({ labels }: Pick<ObservedContainer, "labels">) => labels[LABELS.instance] === instance;
  const owned = groupBy(
    [...observed.containers, ...observed.networks].filter(isOurs),
    (each) => [projectOf(each)],
  );
  const containers = groupBy(observed.containers.filter(isDeployed), (each) => [projectOf(each)]);
  const stacks = [...owned].map(([project, labelled]): StackStatus => {
    const newest = labelled.reduce((a, b) => deployedAt(b) > deployedAt(a) ? b : a);
    const members = [...containers.get(project) ?? []].sort((a, b) => a.name < b.name ? -1 : 1);
    return {
      name: newest.labels[LABELS.stack] ?? project,
      project,
      commit: newest.labels[LABELS.commit] ?? "",
      deployedAt: deployedAt(newest),
      state: stateOf(members),
      services: members.map(serviceStatus),
    };
  });
  return { host, instance, stacks: stacks.sort((a, b) => a.name < b.name ? -1 : 1) };
}

function deployedAt({ labels }: Pick<ObservedContainer, "labels">): string {
  return labels[LABELS.deployedAt] ?? "";
}

function stateOf(containers: readonly ObservedContainer[]): StackStatus["state"] {
  const completed = containers.filter(({ state, exitCode }) => state === "exited" && exitCode === 0);
  const running = containers.filter(({ state }) => state === "running");
  if (containers.length > 0 && completed.length === containers.length) return "completed";
  if (running.length === 0) return "stopped";
  if (running.length + completed.length < containers.length) return "degraded";
  if (running.some(({ health }) => health === "unhealthy")) return "unhealthy";
  if (running.some(({ health }) => health === "starting")) return "starting";
  return "running";
}

function serviceStatus(container: ObservedContainer): ServiceStatus {
  return {
    service: serviceOf(container),
    containerName: container.name,
    image: container.imageReference ?? container.image,
    state: describeState(container),
    publishedPorts: container.publishedPorts,
  };
}

/** `running (healthy)`, `exited (1)`, `paused`. */
function describeState({ state, health, exitCode }: ObservedContainer): string {
  if (state === "running" && health !== undefined) return `running (${health})`;
  if (state === "exited" && exitCode !== undefined) return `exited (${exitCode})`;
  return state;
}

/** The labels by which `docker compose` knows its containers, networks and volumes. */
import type { ObservedContainer } from "./observed.ts";

export const COMPOSE_LABELS = {
  project: "com.docker.compose.project",
  service: "com.docker.compose.service",
  number: "com.docker.compose.container-number",
  oneOff: "com.docker.compose.oneoff",
  configHash: "com.docker.compose.config-hash",
  image: "com.docker.compose.image",
  dependsOn: "com.docker.compose.depends_on",
  network: "com.docker.compose.network",
  volume: "com.docker.compose.volume",
  hook: "com.docker.compose.hook",
} as const;

export function projectOf({ labels }: { readonly labels: ObservedContainer["labels"] }): string | undefined {
  return labels[COMPOSE_LABELS.project];
}

/** Empty where the label is missing, which no service's name is. */
export function serviceOf({ labels }: ObservedContainer): string {
  return labels[COMPOSE_LABELS.service] ?? "";
}

/** Which of a service's containers it is, counted from 1. A container without a readable number stands for the first. */
export function numberOf({ labels }: ObservedContainer): number {
  const number = Number(labels[COMPOSE_LABELS.number]);
  return Number.isInteger(number) && number > 0 ? number : 1;
}

/** A container that runs a hook of a service before that starts. It lasts only where the hook failed, or was interrupted. */
export function isPreStartHook({ labels }: ObservedContainer): boolean {
  return labels[COMPOSE_LABELS.hook] === "pre_start";
}

/** Whether it belongs to a deployment: `docker compose run` starts one-off containers beside it, which are nobody's to converge. */
export function isDeployed({ labels }: ObservedContainer): boolean {
  return labels[COMPOSE_LABELS.configHash] !== undefined && labels[COMPOSE_LABELS.oneOff] !== "True";
}

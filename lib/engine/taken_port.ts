import { HomeportError } from "../errors.ts";
import type { ContainerSummary } from "./answers.ts";
import { COMPOSE } from "./compose_labels.ts";
import { nameOf } from "./observe.ts";
import { request, type Run } from "./run.ts";

export interface FailedStart {
  /** What the engine says. */
  readonly message: string;
  readonly containerName: string;
  readonly service: string;
}

/** If a start failed because a host port is taken: which, by whom, and what to do. */
export async function explainTakenPort(run: Run, failed: FailedStart): Promise<HomeportError | undefined> {
  const port = takenPort(failed.message);
  if (port === undefined) return undefined;
  const running = await request<ContainerSummary[]>(run, { method: "GET", path: "/containers/json" });
  const holder = running.find(({ Ports }) => Ports?.some(({ PublicPort }) => PublicPort === port));
  const by = holder === undefined ? "by another program of this machine" : `by ${describe(holder)}`;
  return new HomeportError(
    `Cannot start container ${failed.containerName}: port ${port} of service ${failed.service} is already taken ${by}`,
    {
      hint: holder === undefined
        ? `find it with "ss -ltnup sport = :${port}" and stop it, or publish another port`
        : "stop that container, or publish another port in one of the two Compose files",
      path: `services.${failed.service}.ports`,
      consequence: "wait",
    },
  );
}

/** The engine words it in several ways, each with the address before the port. */
export function takenPort(message: string): number | undefined {
  const port = /Bind for \S*?:(\d+) failed: port is already allocated/.exec(message)?.[1] ??
    /failed to bind host port (?:for )?(?:\[[^\]]*\]|[\d.]*):(\d+)[:/].*address already in use/.exec(message)
      ?.[1] ??
    /listen (?:tcp|udp)[46]? \S*:(\d+): bind: address already in use/.exec(message)?.[1];
  return port === undefined ? undefined : Number(port);
}

function describe(container: ContainerSummary): string {
  const project = container.Labels?.[COMPOSE.project];
  return `container ${nameOf(container)}${project === undefined ? "" : ` of project ${project}`}`;
}

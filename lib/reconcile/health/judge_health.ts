/** Whether the services of a stack do what they are there for, by what the engine says of their containers at one moment. */
import { dependentsOf } from "../../compose/dependencies.ts";
import type { Project, Service } from "../../compose/project.ts";
import { scaleOf } from "../../plan/decide_slots.ts";
import type { ServiceContainer } from "../../plan/service_container.ts";

export interface Verdict {
  /**
   * `ready`: every service runs, is healthy if it has a health check, or has done its job. `failed`: one of them will not come to that
   * without anybody's doing. `waiting`: neither.
   */
  readonly kind: "ready" | "waiting" | "failed";
  /** Those that are not ready; where it failed, only those that will not be. */
  readonly unready: readonly Unready[];
  /** Another one as soon as any container is another, or was started again. */
  readonly marks: string;
}

export interface Unready {
  readonly service: string;
  /** Absent: it has none. */
  readonly container?: Pick<ServiceContainer, "id" | "name">;
  /** What is the matter, such as `ended with exit code 1`. */
  readonly what: string;
  /** What it is waited for to become, such as `healthy`. */
  readonly goal: "running" | "healthy" | "done";
  readonly isFinal: boolean;
}

export function judgeHealth(containers: readonly ServiceContainer[], project: Project): Verdict {
  const unready = Object.values(project.services).flatMap((service) => {
    const own = containers.filter((each) => each.service === service.name);
    const missing = scaleOf(service) - own.length;
    return [
      ...own.flatMap((each) => judge(each, service, project) ?? []),
      ...(missing > 0 ? [absent(service, own.length)] : []),
    ];
  });
  const final = unready.filter(({ isFinal }) => isFinal);
  const kind = final.length > 0 ? "failed" : unready.length > 0 ? "waiting" : "ready";
  return { kind, unready: kind === "failed" ? final : unready, marks: marksOf(containers) };
}

function judge(container: ServiceContainer, service: Service, project: Project): Unready | undefined {
  const { id, name, state, exitCode, health } = container;
  const goal = goalOf(service, project);
  const say = (what: string, isFinal: boolean): Unready => ({
    service: service.name,
    container: { id, name },
    what,
    goal,
    isFinal,
  });
  switch (state) {
    case "running":
      if (goal === "done") return say("has not done its job yet", false);
      if (health === "unhealthy") return say("is unhealthy", false);
      return health === "starting" ? { ...say("is not healthy yet", false), goal: "healthy" } : undefined;
    case "paused":
      // A person's doing, which no deployment undoes.
      return undefined;
    case "created":
      return say("was never started", false);
    case "restarting":
      return say(`ends over and over: its last exit code is ${exitCode}`, false);
    case "removing":
      return say("is being removed", true);
    case "dead":
      return say("is dead: the engine could not remove it", true);
    case "exited":
      if (exitCode === 0 && !isKeptUp(container)) {
        return goal === "healthy"
          ? say("ended, and another service needs it to be healthy", true)
          : undefined;
      }
      return say(`ended with exit code ${exitCode}`, !isStartedAgain(container));
  }
}

function absent(service: Service, there: number): Unready {
  const what = there === 0 ? "has no container" : `has ${there} of ${scaleOf(service)} containers`;
  return { service: service.name, what, goal: "running", isFinal: true };
}

/** As the services say that depend on it. */
function goalOf(service: Service, { services }: Project): Unready["goal"] {
  const conditions = dependentsOf(services, service.name).map((name) =>
    services[name]!.depends_on![service.name]!.condition
  );
  if (conditions.includes("service_completed_successfully")) return "done";
  return conditions.includes("service_healthy") ? "healthy" : "running";
}

function isKeptUp({ restart }: ServiceContainer): boolean {
  return restart.name === "always" || restart.name === "unless-stopped";
}

/** By the engine. One that should be kept up and has ended was stopped by somebody, who may start it again. */
function isStartedAgain(container: ServiceContainer): boolean {
  const { restart: { name, retries }, restartCount } = container;
  return isKeptUp(container) || (name === "on-failure" && (retries === 0 || restartCount < retries));
}

function marksOf(containers: readonly ServiceContainer[]): string {
  return containers.map(({ id, startedAt, restartCount }) => `${id} ${startedAt} ${restartCount}`).sort()
    .join("\n");
}

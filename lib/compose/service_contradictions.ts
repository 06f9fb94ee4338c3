/** Attributes of one service that exclude each other. */
import type { ConfigurationError } from "../errors.ts";
import type { Service } from "./project.ts";
import { problemAt, type Spot, spotIn } from "./spot.ts";
import type { Mapping } from "./value.ts";

/** `entry`: the service as the model has it, for the lines. */
export function findContradictions(service: Service, entry: Mapping, spot: Spot): ConfigurationError[] {
  const problems: ConfigurationError[] = [];
  const at = (attribute: string) => spotIn(spot, entry, attribute);
  const report = (place: Spot, message: string, hint?: string) =>
    problems.push(problemAt(place, message, hint));
  const { name } = service;

  if (service.image === undefined && service.build === undefined && service.provider === undefined) {
    report(spot, `Service ${name} has no image`, "add `image` or `build`");
  }
  if (service.network_mode !== undefined && service.networks !== undefined) {
    report(at("network_mode"), `Service ${name} has \`network_mode\` and \`networks\``, "keep one of them");
  }
  const command = service.healthcheck?.test?.[0];
  if (command !== undefined && !["CMD", "CMD-SHELL", "NONE"].includes(command)) {
    report(
      at("healthcheck"),
      `The health check's test begins with "${command}"`,
      "begin it with CMD, CMD-SHELL or NONE",
    );
  }
  for (const { action, target } of service.develop?.watch ?? []) {
    if (target !== undefined || action === "rebuild" || action === "restart") continue;
    report(at("develop"), `To ${action} a watched path, it needs a target`, "add `target`");
  }
  reportScale(service, at, report);
  reportLimits(service, at, report);
  reportSharedTargets(service, at, report);
  return problems;
}

type At = (attribute: string) => Spot;
type Report = (place: Spot, message: string, hint?: string) => void;

function reportScale(
  { name, scale, deploy, container_name: containerName }: Service,
  at: At,
  report: Report,
): void {
  const replicas = deploy?.replicas;
  const count = scale ?? replicas ?? 1;
  const attribute = at(scale === undefined ? "deploy" : "scale");
  if (scale !== undefined && replicas !== undefined && scale !== replicas) {
    report(
      attribute,
      `Service ${name} has scale ${scale} and deploy.replicas ${replicas}`,
      "keep one of them",
    );
  }
  if (count < 0) report(attribute, `Service ${name} cannot have ${count} containers`, "write 0 or more");
  if (count > 1 && containerName !== undefined) {
    report(
      at("container_name"),
      `Service ${name} has a container name and ${count} containers`,
      "remove `container_name`: names of containers are unique",
    );
  }
}

/** The old attribute and that of `deploy.resources` must agree, where the latter's group is there at all. */
function reportLimits(service: Service, at: At, report: Report): void {
  const { limits, reservations } = service.deploy?.resources ?? {};
  const pairs = [
    ["cpus", limits, limits?.cpus, "limits.cpus"],
    ["mem_limit", limits, limits?.memory, "limits.memory"],
    ["mem_reservation", reservations, reservations?.memory, "reservations.memory"],
    ["pids_limit", limits, limits?.pids, "limits.pids"],
  ] as const;
  for (const [attribute, group, value, path] of pairs) {
    const old = service[attribute];
    if (old === undefined || group === undefined || old === (value ?? 0)) continue;
    report(
      at(attribute),
      `\`${attribute}\` and \`deploy.resources.${path}\` of service ${service.name} differ`,
      "keep one of them, or write the same value",
    );
  }
}

function reportSharedTargets(service: Service, at: At, report: Report): void {
  const targets = new Set<string>();
  const visit = (target: string, attribute: string) => {
    if (targets.has(target)) {
      report(at(attribute), `Service ${service.name} mounts two things at ${target}`, "keep one of them");
    }
    targets.add(target);
  };
  for (const tmpfs of service.tmpfs ?? []) visit(tmpfs.split(":")[0]!, "tmpfs");
  for (const { target } of service.volumes ?? []) visit(target ?? "", "volumes");
}

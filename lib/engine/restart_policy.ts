import type { Service } from "../compose/project.ts";
import type { RestartPolicyBody } from "./body.ts";

/** `restart`, unless `deploy.restart_policy` is there: that replaces it entirely. */
export function restartPolicy({ restart, deploy }: Service): RestartPolicyBody | undefined {
  const policy = deploy?.restart_policy;
  if (policy !== undefined) {
    return { Name: engineName(policy.condition ?? ""), MaximumRetryCount: policy.max_attempts ?? 0 };
  }
  if (restart === undefined || restart === "") return undefined;
  const [name = "", attempts] = restart.split(":");
  return { Name: engineName(name), MaximumRetryCount: Number.parseInt(attempts ?? "0", 10) || 0 };
}

function engineName(condition: string): string {
  if (condition === "none") return "no";
  return condition === "any" ? "always" : condition;
}

/** When a service wants its image pulled. */
import { parseDuration } from "../compose/duration.ts";
import type { Service } from "../compose/project.ts";
import { HomeportError } from "../errors.ts";

export type PullPolicy =
  | { readonly kind: "missing" }
  | { readonly kind: "always" }
  | { readonly kind: "never" }
  | { readonly kind: "build" }
  /** Again once it was pulled that many seconds ago. */
  | { readonly kind: "refresh"; readonly interval: number };

const DAY = 86_400;

/** A word that means nothing pulls what is missing, as with `docker compose`. So does an image that its digest names: it never changes. */
export function pullPolicyOf({ name, image = "", pull_policy: policy = "" }: Service): PullPolicy {
  if (policy === "always" || policy === "never" || policy === "build") return { kind: policy };
  const interval = findInterval(name, policy);
  return interval === undefined || image.includes("@") ? { kind: "missing" } : { kind: "refresh", interval };
}

function findInterval(service: string, policy: string): number | undefined {
  if (policy === "daily") return DAY;
  if (policy === "weekly") return 7 * DAY;
  if (!policy.startsWith("every_")) return undefined;
  const nanoseconds = parseDuration(policy.slice("every_".length));
  if (nanoseconds !== undefined) return nanoseconds / 1e9;
  throw new HomeportError(`The pull_policy of service ${service} names no length of time: "${policy}"`, {
    path: `services.${service}.pull_policy`,
    hint: "write it as every_12h or every_2d12h",
  });
}

/** Whether the time of the last pull decides. Never throws: what cannot be read is said when the stack is planned. */
export function wantsRefresh({ image = "", pull_policy: policy = "" }: Service): boolean {
  return /^(daily|weekly|every_.*)$/s.test(policy) && !image.includes("@");
}

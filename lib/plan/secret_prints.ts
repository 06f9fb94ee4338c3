/** Fingerprints of secrets on a container, by which a plan tells which one changed. */
import type { StringMap } from "../compose/project.ts";
import type { Scope } from "./project_scope.ts";
import type { ObservedContainer } from "./observed.ts";
import { LABELS } from "./plan.ts";

export function formatSecretPrints(prints: StringMap): string {
  return Object.keys(prints).sort().map((name) => `${encodeURIComponent(name)}=${prints[name]}`).join(",");
}

/** In words, for a container that is not as it should be; `undefined` when no secret is the reason. */
export function findSecretChange(
  { desired }: Scope,
  service: string,
  { labels }: ObservedContainer,
): string | undefined {
  const label = labels[LABELS.secrets];
  if (label === undefined) return undefined;
  const now = desired.secretPrints?.()[service] ?? {};
  const changed = label.split(",").flatMap((each) => {
    const [encoded = "", print] = each.split("=");
    const name = findDecoded(encoded);
    return name !== undefined && now[name] !== undefined && now[name] !== print ? [name] : [];
  });
  if (changed.length === 0) return undefined;
  return `${changed.length === 1 ? "secret" : "secrets"} ${changed.join(" and ")} changed`;
}

/** A label can hold anything. */
function findDecoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

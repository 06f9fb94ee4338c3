/** What registries have, for people and for programs. */
import { describeImageChange } from "../../plan/image_reference.ts";
import type { AvailableUpdate, UpdateFindings } from "../../reconcile/updates.ts";
import { count } from "../wording.ts";
import { errorToJson } from "./error_json.ts";

/** `web of shop: nginx:1.27 sha256:1a… → sha256:9c…` */
export function formatUpdate({ stack, services, reference, from, to, onlyTold }: AvailableUpdate): string {
  const why = onlyTold === undefined ? "" : ` (only told: ${onlyTold})`;
  return `${services.join(", ")} of ${stack}: ${reference} ${describeImageChange(from, to)}${why}`;
}

export function formatSum({ available, failed }: UpdateFindings): string {
  const unanswered = failed.length === 0 ? "" : `, ${count(failed.length, "image")} without an answer`;
  return available.length === 0
    ? `no newer images${unanswered}`
    : `${count(available.length, "newer image")}${unanswered}`;
}

export function findingsToJson(
  { available, skipped, failed }: UpdateFindings,
): Readonly<Record<string, unknown>> {
  return { available, skipped, failed: failed.map((each) => ({ ...each, error: errorToJson(each.error) })) };
}

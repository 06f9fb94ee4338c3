/** Whether the image of a service is updated: what is known before a registry is asked, and what its answer means. */
import type { StringMap } from "../compose/project.ts";
import { parseImage, shortId } from "../plan/image_reference.ts";
import type { ImageReference } from "../plan/observed.ts";
import type { PullPolicy } from "../plan/pull_policy.ts";
import type { RegistryImage } from "../plan/registry_image.ts";
import { digestOf } from "../reconcile/rollback/rejected_images.ts";
import type { SkipKind } from "../reconcile/updates.ts";
import type { RejectedImage } from "../reconcile/state/stack_state.ts";
import { verdictOf } from "./update_labels.ts";

/** A service that runs, and what is known of its image. */
export interface RunningImage {
  readonly reference: ImageReference;
  readonly pullPolicy: PullPolicy["kind"];
  readonly isBuilt: boolean;
  /** Of the Compose file and of the container. */
  readonly labels: StringMap;
  /** What the reference means on the engine, else what the container runs: ID. */
  readonly id: string;
  /** By which registries have that image, `nginx@sha256:…`. */
  readonly digests: readonly string[];
  /** What is known of the image that the reference must not be any more. */
  readonly rejected?: RejectedImage;
  /** By which registries have the rejected image. */
  readonly rejectedDigests?: readonly string[];
}

export interface Skip {
  readonly kind: SkipKind;
  readonly reason: string;
}

export type Before =
  | { readonly kind: "skip"; readonly skip: Skip }
  /** `onlyTold`: why the answer is told and not used. */
  | { readonly kind: "ask"; readonly onlyTold?: string };

export function decideBefore(image: RunningImage): Before {
  const { reference: { image: name }, pullPolicy, isBuilt, labels, digests, id } = image;
  const skip = (kind: SkipKind, reason: string): Before => ({ kind: "skip", skip: { kind, reason } });
  if (isBuilt) return skip("built", "it is built here");
  if (name.includes("@")) return skip("digest", "it is pinned by its digest");
  if (/^sha256:[0-9a-f]{64}$/.test(name)) return skip("image-id", "it is named by an image's ID");
  const verdict = verdictOf(labels);
  if (verdict.kind === "excluded") return skip("excluded", verdict.reason);
  if (pullPolicy === "never") return skip("pull-policy", "its pull_policy is never");
  if (digests.length === 0 && image.rejected === undefined) {
    return skip("local", `image ${shortId(id)} came from no registry`);
  }
  return { kind: "ask", ...(verdict.kind === "told" && { onlyTold: verdict.reason }) };
}

export type After =
  | { readonly kind: "skip"; readonly skip: Skip }
  | { readonly kind: "available"; readonly from: string | undefined; readonly to: string };

/**
 * The list of an image's platforms may change and this host's image stay the same: then a pull brings a new digest for the image that is
 * here, and the next answer is among the digests.
 */
export function decideAfter(image: RunningImage, answer: RegistryImage): After {
  const { reference, digests, id, rejected, rejectedDigests = [] } = image;
  const skip = (kind: SkipKind, reason: string): After => ({ kind: "skip", skip: { kind, reason } });
  const isOneOf = (names: readonly string[]) => names.some((each) => digestOf(each) === answer.digest);
  if (rejected !== undefined) {
    const { bad, since } = rejected;
    if (isOneOf([bad.digest ?? bad.id, bad.id, ...rejectedDigests])) {
      return skip("rejected", `${shortId(answer.digest)} did not run well on ${since.slice(0, 10)}`);
    }
  }
  if (isOneOf(digests) || answer.digest === id) return skip("up-to-date", "it is the newest");
  if (!answer.isOffered) {
    const wanted = reference.platform ?? "this host's platform";
    return skip("platform", `there is a newer one for ${answer.platforms.join(", ")} and not for ${wanted}`);
  }
  return { kind: "available", from: digestFor(reference.image, digests), to: answer.digest };
}

/** An image may have come from several repositories. */
function digestFor(reference: string, digests: readonly string[]): string | undefined {
  const wanted = parseImage(reference);
  const found = digests.map(parseImage).find(({ domain, repository }) =>
    domain === wanted.domain && repository === wanted.repository
  );
  return found?.digest ?? (digests[0] === undefined ? undefined : digestOf(digests[0]));
}

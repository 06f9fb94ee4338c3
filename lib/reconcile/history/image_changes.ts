/** Which images the services of a project ran before a pass, and which after it. */
import { isDeployed, isPreStartHook, numberOf, projectOf, serviceOf } from "../../plan/compose_labels.ts";
import { groupBy } from "../../plan/index_observed.ts";
import type { Observed, ObservedContainer } from "../../plan/observed.ts";
import type { ImageChange, ServiceImage } from "./pass_record.ts";

/** Sorted by service. `after` is absent where nobody knows. */
export function imageChanges(
  project: string,
  before: Observed,
  after: Observed | undefined,
): readonly ImageChange[] {
  const from = imagesByService(project, before);
  const to = after === undefined ? new Map<string, ServiceImage>() : imagesByService(project, after);
  return [...new Set([...from.keys(), ...to.keys()])].sort().map((service) => {
    const [old, now] = [from.get(service), to.get(service)];
    return { service, ...(old && { before: old }), ...(now && { after: now }) };
  });
}

/** Of several containers of a service, the first one speaks for all. */
export function imagesByService(project: string, observed: Observed): Map<string, ServiceImage> {
  const containers = containersOf(project, observed.containers)
    .filter((each) => isDeployed(each) && !isPreStartHook(each))
    .sort((a, b) => numberOf(b) - numberOf(a));
  return new Map(containers.map((each) => [serviceOf(each), imageOf(each, observed)]));
}

/** A pass asks for every stack, and more than once. */
const byProject = new WeakMap<Containers, ReadonlyMap<string, Containers>>();

type Containers = readonly ObservedContainer[];

function containersOf(project: string, all: Containers): Containers {
  const known = byProject.get(all) ?? groupBy(all, (each) => [projectOf(each)]);
  byProject.set(all, known);
  return known.get(project) ?? [];
}

function imageOf({ image: id, imageReference }: ObservedContainer, observed: Observed): ServiceImage {
  const reference = isId(imageReference) ? undefined : imageReference;
  const digest = findDigest(reference, observed.imageDigests?.[id] ?? []);
  return { ...(reference !== undefined && { reference }), id, ...(digest !== undefined && { digest }) };
}

/** The engine shows an ID in place of a name that another image has by now. */
function isId(reference: string | undefined): boolean {
  return reference === undefined || /^(sha256:)?[0-9a-f]{12,64}$/.test(reference);
}

/** That of the repository that the reference names; an image may have come from several. */
export function findDigest(
  reference: string | undefined,
  digests: readonly string[],
): string | undefined {
  const wanted = reference === undefined ? undefined : repositoryOf(reference);
  return digests.find((digest) => repositoryOf(digest) === wanted) ?? digests[0];
}

/** Without tag and digest, and without what stands for Docker Hub. */
function repositoryOf(reference: string): string {
  return reference.replace(/@.*$/, "").replace(/:[^:/]*$/, "").replace(/^(index\.)?docker\.io\//, "")
    .replace(/^library\//, "");
}

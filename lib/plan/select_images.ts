/** Which images of the engine are of no use any more. */
import { isImageId, normalizeImage, parseImage } from "./image_reference.ts";
import type { LocalImage } from "./local_images.ts";

/** An image that a deployment of this host ran. */
export interface KnownImage {
  readonly stack: string;
  readonly project?: string;
  readonly id: string;
  /** As the stack asked for it. */
  readonly reference?: string;
}

export interface ImageSelection {
  /** `own`: what this host's deployments ran or built. `all`: whatever nothing uses. */
  readonly images: "own" | "all";
  readonly local: readonly LocalImage[];
  /** IDs or names of what containers were made from, or mount, whether they run or not. */
  readonly used: ReadonlySet<string>;
  readonly known: readonly KnownImage[];
  /** What the stacks' files ask for now: names as they write them. */
  readonly wanted: readonly string[];
  /** Stacks of which nobody knows what they ask for now. */
  readonly unclear: ReadonlySet<string>;
  /** IDs or names of images that are kept to go back to. */
  readonly protectedImages: ReadonlySet<string>;
}

export interface SelectedImage {
  readonly id: string;
  /** What to remove, in this order: names, or the ID. With the last one its layers go, where nobody else has a name for it. */
  readonly references: readonly string[];
  readonly size: number;
}

export function selectImages(selection: ImageSelection): readonly SelectedImage[] {
  const { local, used, known, unclear, protectedImages } = selection;
  const ofUnclear = known.filter(({ stack }) => unclear.has(stack));
  const isKept = isAmong([
    ...used,
    ...selection.wanted,
    ...protectedImages,
    ...ofUnclear.flatMap(({ id, reference }) => reference === undefined ? [id] : [id, reference]),
  ]);
  const unneeded = local.filter((image) => !isKept(image));
  // What such a stack asks for may be any image.
  const select = selection.images === "all" && unclear.size === 0 ? namesOf : ownNames(known);
  return unneeded.flatMap((image) => {
    const references = select(image);
    return references.length === 0 ? [] : [{ id: image.id, references, size: image.size }];
  });
}

/** What of an image's names came by deployments. One that somebody else gave keeps it, and its layers. */
function ownNames(known: readonly KnownImage[]): (image: LocalImage) => readonly string[] {
  const ids = new Set(known.map(({ id }) => id));
  const projects = new Set(known.map(({ project }) => project));
  const names = new Set(
    known.flatMap(({ reference }) => reference === undefined ? [] : normalizeImage(reference)),
  );
  return ({ id, tags, builtFor }) => {
    if (!ids.has(id) && (builtFor === undefined || !projects.has(builtFor))) return [];
    return tags.length === 0 ? [id] : tags.filter((tag) => names.has(normalizeImage(tag)));
  };
}

/** A digest goes with the last tag of its repository. */
function namesOf({ id, tags, digests }: LocalImage): readonly string[] {
  const repositories = new Set(tags.map(repositoryOf));
  const names = [...tags, ...digests.filter((digest) => !repositories.has(repositoryOf(digest)))];
  return names.length === 0 ? [id] : names;
}

function repositoryOf(name: string): string {
  const { domain, repository } = parseImage(name);
  return `${domain}/${repository}`;
}

/** Whether one of these means an image: by a tag, a digest, or its ID or the beginning of that. */
function isAmong(references: readonly string[]): (image: LocalImage) => boolean {
  const names = new Set(references.map(normalizeImage));
  const ids = references.filter(isImageId).map(withoutAlgorithm);
  return ({ id, tags, digests }) =>
    [...tags, ...digests].some((name) => names.has(normalizeImage(name))) ||
    ids.some((each) => withoutAlgorithm(id).startsWith(each));
}

function withoutAlgorithm(id: string): string {
  return id.replace(/^sha256:/, "");
}

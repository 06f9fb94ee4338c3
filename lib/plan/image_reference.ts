/** Names of images, as Docker reads them. */
export interface ImageName {
  /** The registry, such as `docker.io` or `ghcr.io`. */
  readonly domain: string;
  /** Such as `library/nginx`. */
  readonly repository: string;
  readonly tag: string | undefined;
  /** Such as `sha256:…`. */
  readonly digest: string | undefined;
}

const DEFAULT_DOMAIN = "docker.io";

export function parseImage(image: string): ImageName {
  const at = image.indexOf("@");
  const digest = at < 0 ? undefined : image.slice(at + 1);
  const name = at < 0 ? image : image.slice(0, at);
  const colon = name.lastIndexOf(":");
  const hasTag = colon > name.lastIndexOf("/");
  const [domain, repository] = splitDomain(hasTag ? name.slice(0, colon) : name);
  return { domain, repository, tag: hasTag ? name.slice(colon + 1) : undefined, digest };
}

/**
 * One spelling for all names of the same image: `nginx`, `docker.io/library/nginx:latest` and `index.docker.io/nginx` are one.
 * A digest says it all: the tag beside it counts for nothing.
 */
export function normalizeImage(image: string): string {
  const { domain, repository, tag, digest } = parseImage(image);
  const name = `${domain}/${repository}`;
  return digest === undefined ? `${name}:${tag ?? "latest"}` : `${name}@${digest}`;
}

/** Whether it can be an image's ID, or the beginning of one. */
export function isImageId(image: string): boolean {
  return /^sha256:[0-9a-f]{4,64}$/.test(image) || /^[0-9a-f]{4,64}$/.test(image);
}

/** As much of an image's ID, or of a digest, as tells it from others. */
export function shortId(id: string): string {
  return id.replace(/^(sha256:)?([0-9a-f]{12})[0-9a-f]*$/, "$1$2");
}

/** `sha256:1a… → sha256:9c…` */
export function describeImageChange(from: string | undefined, to: string): string {
  return from === undefined ? shortId(to) : `${shortId(from)} → ${shortId(to)}`;
}

/** The first part is a registry if it looks like a host, and part of the repository's name if not. */
function splitDomain(name: string): [domain: string, repository: string] {
  const slash = name.indexOf("/");
  const first = name.slice(0, Math.max(slash, 0));
  const isHost = /[.:]/.test(first) || first === "localhost" || first !== first.toLowerCase();
  if (slash < 0 || !isHost) return [DEFAULT_DOMAIN, official(name)];
  const rest = name.slice(slash + 1);
  return first === DEFAULT_DOMAIN || first === "index.docker.io"
    ? [DEFAULT_DOMAIN, official(rest)]
    : [first, rest];
}

function official(repository: string): string {
  return repository.includes("/") ? repository : `library/${repository}`;
}

/** A build as BuildKit's request to solve it. */
import type { Build } from "../../compose/project.ts";
import { isFolderContext } from "../../stacks/build_context.ts";
import { ConfigurationError } from "../../errors.ts";
import type { BuildDefinition } from "./build_definition.ts";
import { MessageWriter } from "./protobuf.ts";

/** The names under which BuildKit asks for folders. */
export const SOURCE = { context: "context", dockerfile: "dockerfile" } as const;

const DEFAULT_NAME = "Dockerfile";
const NETWORK_HOST = "network.host";

export interface SolveOptions {
  /** Identifies the build while it runs. */
  readonly ref: string;
  readonly sessionId: string;
  /** What `host-gateway` stands for. */
  readonly hostGateway: string | undefined;
}

export function solveRequest(definition: BuildDefinition, options: SolveOptions): Uint8Array {
  const { build, names } = definition;
  refuseUnknown(definition);
  const request = new MessageWriter()
    .text(1, options.ref)
    // Newer engines have another field for it, and take this one too.
    .text(3, "moby")
    .map(4, { name: names.join(",") })
    .text(5, options.sessionId)
    .text(6, "dockerfile.v0")
    .map(7, frontendAttributes(definition, options));
  if (build.network === "host") request.text(9, NETWORK_HOST);
  const cache = cacheOptions(build);
  if (cache.length > 0) request.message(8, cache);
  return request.finish();
}

const NETWORKS = ["", "default", "host", "none"];

/** What BuildKit would pass over. */
function refuseUnknown({ service, build: { network = "", cache_from: caches = [] } }: BuildDefinition): void {
  if (!NETWORKS.includes(network)) {
    throw new ConfigurationError(
      `Cannot build service ${service} in network ${network}: BuildKit knows none`,
      {
        path: `services.${service}.build.network`,
        hint: "use default, host or none",
      },
    );
  }
  const local = caches.find((cache) => cacheEntry(cache).Type === "local");
  if (local === undefined) return;
  throw new ConfigurationError(`Cannot build service ${service} with a cache in a folder: ${local}`, {
    path: `services.${service}.build.cache_from`,
    hint: "name a cache in a registry",
  });
}

export function frontendAttributes(
  { build, args, labels, platform, context, dockerfile, contexts }: BuildDefinition,
  { hostGateway }: Pick<SolveOptions, "hostGateway">,
): Record<string, string> {
  const imports = (build.cache_from ?? []).map(cacheEntry);
  const attributes: Record<string, string | undefined> = {
    filename: dockerfile.kind === "inline" ? DEFAULT_NAME : dockerfile.name,
    // Then the Dockerfile does not come with it.
    ...("address" in context && { context: context.address }),
    ...("address" in context && dockerfile.kind === "inline" && { dockerfilekey: SOURCE.dockerfile }),
    target: build.target || undefined,
    platform,
    "no-cache": build.no_cache === true ? "" : undefined,
    "image-resolve-mode": build.pull === true ? "pull" : "default",
    "add-hosts": extraHosts(build, hostGateway),
    "force-network-mode": build.network === "host" || build.network === "none" ? build.network : undefined,
    "shm-size": build.shm_size ? String(build.shm_size) : undefined,
    ulimit: ulimits(build),
    "cache-imports": imports.length === 0 ? undefined : JSON.stringify(imports),
    ...prefixed("build-arg:", args),
    ...prefixed("label:", labels),
    ...Object.fromEntries(
      Object.entries(contexts).map(([name, value]) =>
        [`context:${name}`, isFolderContext(value) ? `local:${localName(name)}` : value] as const
      ),
    ),
  };
  return Object.fromEntries(
    Object.entries(attributes).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

/** Under which BuildKit asks for a folder among the additional contexts. */
export function localName(context: string): string {
  return `context-${context}`;
}

function prefixed(prefix: string, entries: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(entries).map(([name, value]) => [prefix + name, value] as const));
}

function extraHosts({ extra_hosts: hosts = {} }: Build, gateway: string | undefined): string | undefined {
  const entries = Object.entries(hosts).flatMap(([host, addresses]) =>
    addresses.map((address) => `${host}=${address === "host-gateway" ? gateway ?? address : address}`)
  );
  return entries.length === 0 ? undefined : entries.join(",");
}

function ulimits({ ulimits: limits = {} }: Build): string | undefined {
  const entries = Object.entries(limits).map(([name, limit]) => {
    const { soft = 0, hard = 0 } = typeof limit === "number" ? { soft: limit, hard: limit } : limit;
    return `${name}=${soft}:${hard}`;
  });
  return entries.length === 0 ? undefined : entries.join(",");
}

interface CacheEntry {
  readonly Type: string;
  readonly Attrs: Readonly<Record<string, string>>;
}

/** `name/of:image`, or `type=registry,ref=…`. */
function cacheEntry(text: string): CacheEntry {
  if (!text.includes("=")) return { Type: "registry", Attrs: { ref: text } };
  const { type = "registry", ...attributes } = Object.fromEntries(
    text.split(",").map((part) => {
      const equals = part.indexOf("=");
      return [part.slice(0, equals), part.slice(equals + 1)] as const;
    }),
  );
  return { Type: type, Attrs: attributes };
}

function cacheOptions({ cache_from: from = [], args = {} }: Build): Uint8Array {
  const writer = new MessageWriter();
  const inline = args["BUILDKIT_INLINE_CACHE"] === "1" ? ["type=inline"] : [];
  const write = (field: number, text: string) => {
    const { Type, Attrs } = cacheEntry(text);
    writer.message(field, new MessageWriter().text(1, Type).map(2, Attrs).finish());
  };
  for (const entry of inline) write(4, entry);
  for (const entry of from) write(5, entry);
  return writer.finish();
}

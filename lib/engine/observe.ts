/**
 * Reads what the engine runs, with one list call a kind: this is the whole cost of a pass in which nothing changed, where no service
 * wants more. While the engine's events are followed, only the containers are listed anew.
 */
import { findUnclearEnds, type Followers } from "../plan/followers.ts";
import {
  type ContainerState,
  imageKey,
  type ImageReference,
  type Observed,
  type ObservedContainer,
  type ObservedNetwork,
  type ObservedVolume,
} from "../plan/observed.ts";
import { LABELS } from "../plan/plan.ts";
import type {
  ContainerDetails,
  ContainerSummary,
  ImageDetails,
  ImageSummary,
  NetworkSummary,
  VolumeList,
} from "./answers.ts";
import { COMPOSE } from "./compose_labels.ts";
import type { EngineConnection } from "./connection.ts";
import { isImageId, normalizeImage } from "../plan/image_reference.ts";
import type { KnownAnswers } from "./known_answers.ts";
import { matchesPlatform } from "./platform.ts";
import { isStatus } from "./request_error.ts";
import { exitCodeOf, healthOf } from "./status_text.ts";

/** What is asked, and what is known already. */
export interface ObserveContext {
  readonly connection: EngineConnection;
  readonly known: KnownAnswers;
  readonly signal: AbortSignal;
}

export async function observe(
  context: ObserveContext,
  images: readonly ImageReference[],
  followers: Followers = {},
): Promise<Observed> {
  const filters = hasLabel(COMPOSE.project);
  const [containers, networks, volumes, local] = await Promise.all([
    get<ContainerSummary[]>(context, "/containers/json", { all: true, filters }),
    context.known.get("network", "", () => listNetworks(context)),
    context.known.get("volume", "", () => listVolumes(context)),
    images.length === 0 ? [] : context.known.get("image", "", () => listImages(context)),
  ]);
  const found = await findImages(context, images, local);
  const builds = new Map(local.map(({ id, buildHash }) => [id, buildHash]));
  return {
    containers: await withEnds(context, containers.map(observedContainer), followers),
    networks,
    volumes,
    images: found,
    imageTimes: await findTimes(context, images, found),
    imageBuilds: Object.fromEntries(
      Object.entries(found).flatMap(([key, id]) => {
        const hash = builds.get(id);
        return hash === undefined ? [] : [[key, hash] as const];
      }),
    ),
    imageDigests: Object.fromEntries(local.map(({ id, digests }) => [id, digests] as const)),
  };
}

function get<T>({ connection, signal }: ObserveContext, path: string, query = {}): Promise<T> {
  return connection.request<T>({ method: "GET", path, query, signal });
}

async function listNetworks(context: ObserveContext): Promise<readonly ObservedNetwork[]> {
  const networks = await get<NetworkSummary[]>(context, "/networks");
  return networks.map(({ Id, Name, Labels, IPAM }) => ({
    id: Id,
    name: Name,
    subnets: (IPAM?.Config ?? []).flatMap(({ Subnet }) => Subnet ?? []),
    labels: Labels ?? {},
  }));
}

async function listVolumes(context: ObserveContext): Promise<readonly ObservedVolume[]> {
  const { Volumes } = await get<VolumeList>(context, "/volumes");
  return (Volumes ?? []).map(({ Name, Labels }) => ({ name: Name, labels: Labels ?? {} }));
}

interface LocalImage {
  readonly id: string;
  readonly tags: readonly string[];
  readonly digests: readonly string[];
  readonly buildHash: string | undefined;
}

async function listImages(context: ObserveContext): Promise<readonly LocalImage[]> {
  const images = await get<ImageSummary[]>(context, "/images/json");
  return images.map(({ Id, RepoTags, RepoDigests, Labels }) => ({
    id: Id,
    tags: RepoTags ?? [],
    digests: (RepoDigests ?? []).filter(isName),
    buildHash: Labels?.[LABELS.buildHash],
  }));
}

/** The `filters` parameter that keeps what carries all of the labels, each `name` or `name=value`. */
export function hasLabel(...labels: readonly string[]): string {
  return JSON.stringify({ label: labels });
}

export function observedContainer(container: ContainerSummary): ObservedContainer {
  const { Id, Image, ImageID, State, Status, Labels, Created, NetworkSettings, Mounts, Ports } = container;
  const state = State as ContainerState;
  const exitCode = state === "exited" ? exitCodeOf(Status) : undefined;
  const health = state === "running" ? healthOf(Status) : undefined;
  return {
    id: Id,
    name: nameOf(container),
    image: ImageID,
    imageReference: Image,
    state,
    ...(exitCode === undefined ? {} : { exitCode }),
    ...(health === undefined ? {} : { health }),
    labels: Labels ?? {},
    created: Created,
    networkIds: Object.entries(NetworkSettings?.Networks ?? {}).map(([name, { NetworkID }]) =>
      NetworkID || name
    ),
    mounts: (Mounts ?? []).map(({ Type, Name, Destination }) => ({
      type: Type,
      ...(Name === undefined || Name === "" ? {} : { name: Name }),
      destination: Destination,
    })),
    publishedPorts: publishedPorts(Ports ?? []),
  };
}

async function withEnds(
  context: ObserveContext,
  containers: readonly ObservedContainer[],
  followers: Followers,
): Promise<readonly ObservedContainer[]> {
  const ends = await Promise.all(
    findUnclearEnds(containers, followers).map(async ({ id }) => {
      const time = await context.known.get("container", id, () => findEnd(context, id));
      return [id, time] as const;
    }),
  );
  if (ends.length === 0) return containers;
  const finished = new Map(ends.filter(([, time]) => time > 0));
  return containers.map((each) => {
    const time = finished.get(each.id);
    return time === undefined ? each : { ...each, finished: time };
  });
}

/** In seconds since 1970; not a number where it is not known. */
async function findEnd(context: ObserveContext, id: string): Promise<number> {
  const { State } = await get<Partial<ContainerDetails>>(context, `/containers/${id}/json`).catch(whenGone);
  return Date.parse(State?.FinishedAt ?? "") / 1000;
}

/** It went between the list and the question. */
function whenGone(error: unknown): Partial<ContainerDetails> {
  if (isStatus(error, 404)) return {};
  throw error;
}

/** Its own name, and not those that links gave it. */
export function nameOf({ Names, Id }: Pick<ContainerSummary, "Names" | "Id">): string {
  const own = Names.find((name) => name.lastIndexOf("/") === 0) ?? Names[0];
  return own === undefined ? Id.slice(0, 12) : own.slice(own.lastIndexOf("/") + 1);
}

function publishedPorts(ports: NonNullable<ContainerSummary["Ports"]>): string[] {
  return ports.filter(({ PublicPort }) => PublicPort !== undefined && PublicPort !== 0).map((port) => {
    const { IP = "0.0.0.0", PublicPort, Type } = port;
    return `${IP.includes(":") ? `[${IP}]` : IP}:${PublicPort}/${Type}`;
  });
}

async function findImages(
  context: ObserveContext,
  wanted: readonly ImageReference[],
  local: readonly LocalImage[],
): Promise<Record<string, string>> {
  const ids = new Map<string, string>();
  for (const { id, tags, digests } of local) {
    for (const name of [...tags, ...digests]) ids.set(normalizeImage(name), id);
  }
  const found = await Promise.all(wanted.map(async (reference) => {
    const id = ids.get(normalizeImage(reference.image)) ?? byIdPrefix(reference.image, local) ??
      await byHiddenId(context, reference.image);
    if (id === undefined) return undefined;
    if (reference.platform !== undefined && !await isOfPlatform(context, id, reference.platform)) {
      return undefined;
    }
    return [imageKey(reference), id] as const;
  }));
  return Object.fromEntries(found.filter((entry) => entry !== undefined));
}

/** The engine knows when an image was last tagged; a pull that refreshes one tags it. */
async function findTimes(
  context: ObserveContext,
  wanted: readonly ImageReference[],
  found: Readonly<Record<string, string>>,
): Promise<Record<string, number>> {
  const times = await Promise.all(wanted.map(async (reference) => {
    const key = imageKey(reference);
    const id = reference.withTime ? found[key] : undefined;
    const image = id === undefined ? undefined : await findDetails(context, id);
    const time = Date.parse(image?.Metadata?.LastTagTime ?? "") / 1000;
    // The year 1 stands for never.
    return time > 0 ? [key, time] as const : undefined;
  }));
  return Object.fromEntries(times.filter((entry) => entry !== undefined));
}

/** Older engines write this where there is no name. */
function isName(digest: string): boolean {
  return digest !== "<none>@<none>";
}

/** The engine takes the beginning of an ID for an image, where no name is meant by it. */
function byIdPrefix(image: string, local: readonly LocalImage[]): string | undefined {
  if (!isImageId(image)) return undefined;
  const prefix = image.startsWith("sha256:") ? image : `sha256:${image}`;
  const matches = local.filter(({ id }) => id.startsWith(prefix));
  return matches.length === 1 ? matches[0]!.id : undefined;
}

/** The list leaves out what has no name and other images stand on. */
async function byHiddenId(context: ObserveContext, image: string): Promise<string | undefined> {
  if (!/^sha256:[0-9a-f]{64}$/.test(image)) return undefined;
  return (await findDetails(context, image))?.Id;
}

async function isOfPlatform(context: ObserveContext, id: string, platform: string): Promise<boolean> {
  const image = await findDetails(context, id);
  return image !== undefined && matchesPlatform(image, platform);
}

function findDetails(context: ObserveContext, id: string): Promise<KeptDetails | undefined> {
  return context.known.get("image", id, async () => {
    try {
      const { Id, Os, Architecture, Variant, Metadata } = await get<ImageDetails>(
        context,
        `/images/${id}/json`,
      );
      return {
        Id,
        Os,
        Architecture,
        ...(Variant !== undefined && { Variant }),
        ...(Metadata && { Metadata }),
      };
    } catch (error) {
      if (isStatus(error, 404)) return undefined;
      throw error;
    }
  });
}

/** The details of an image are long, and only these are kept. */
type KeptDetails = Pick<ImageDetails, "Id" | "Os" | "Architecture" | "Variant" | "Metadata">;

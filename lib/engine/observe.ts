/**
 * Reads what the engine runs, with one list call a kind: this is the whole cost of a pass in which nothing changed, where no service
 * wants more.
 */
import { findUnclearEnds, type Followers } from "../plan/followers.ts";
import {
  type ContainerState,
  imageKey,
  type ImageReference,
  type Observed,
  type ObservedContainer,
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
import { matchesPlatform } from "./platform.ts";
import { isStatus } from "./request_error.ts";
import { exitCodeOf, healthOf } from "./status_text.ts";

export async function observe(
  connection: EngineConnection,
  images: readonly ImageReference[],
  signal: AbortSignal,
  followers: Followers = {},
): Promise<Observed> {
  const get = <T>(path: string, query = {}) => connection.request<T>({ method: "GET", path, query, signal });
  const [containers, networks, volumes, local] = await Promise.all([
    get<ContainerSummary[]>("/containers/json", { all: true, filters: hasLabel(COMPOSE.project) }),
    get<NetworkSummary[]>("/networks"),
    get<VolumeList>("/volumes"),
    images.length === 0 ? [] : get<ImageSummary[]>("/images/json"),
  ]);
  const found = await findImages(connection, images, local, signal);
  const builds = new Map(local.map(({ Id, Labels }) => [Id, Labels?.[LABELS.buildHash]]));
  return {
    containers: await withEnds(connection, containers.map(observedContainer), followers, signal),
    networks: networks.map(({ Id, Name, Labels, IPAM }) => ({
      id: Id,
      name: Name,
      subnets: (IPAM?.Config ?? []).flatMap(({ Subnet }) => Subnet ?? []),
      labels: Labels ?? {},
    })),
    volumes: (volumes.Volumes ?? []).map(({ Name, Labels }) => ({ name: Name, labels: Labels ?? {} })),
    images: found,
    imageTimes: await findTimes(connection, images, found, signal),
    imageBuilds: Object.fromEntries(
      Object.entries(found).flatMap(([key, id]) => {
        const hash = builds.get(id);
        return hash === undefined ? [] : [[key, hash] as const];
      }),
    ),
    imageDigests: Object.fromEntries(
      local.map(({ Id, RepoDigests }) => [Id, (RepoDigests ?? []).filter(isName)] as const),
    ),
  };
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
  connection: EngineConnection,
  containers: readonly ObservedContainer[],
  followers: Followers,
  signal: AbortSignal,
): Promise<readonly ObservedContainer[]> {
  const ends = await Promise.all(
    findUnclearEnds(containers, followers).map(async ({ id }) => {
      const { State } = await connection.request<ContainerDetails>({
        method: "GET",
        path: `/containers/${id}/json`,
        signal,
      }).catch(whenGone);
      return [id, Date.parse(State?.FinishedAt ?? "") / 1000] as const;
    }),
  );
  if (ends.length === 0) return containers;
  const finished = new Map(ends.filter(([, time]) => time > 0));
  return containers.map((each) => {
    const time = finished.get(each.id);
    return time === undefined ? each : { ...each, finished: time };
  });
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
  connection: EngineConnection,
  wanted: readonly ImageReference[],
  local: readonly ImageSummary[],
  signal: AbortSignal,
): Promise<Record<string, string>> {
  const ids = new Map<string, string>();
  for (const { Id, RepoTags, RepoDigests } of local) {
    for (const name of [...RepoTags ?? [], ...RepoDigests ?? []]) ids.set(normalizeImage(name), Id);
  }
  const found = await Promise.all(wanted.map(async (reference) => {
    const id = ids.get(normalizeImage(reference.image)) ?? byIdPrefix(reference.image, local) ??
      await byHiddenId(connection, reference.image, signal);
    if (id === undefined) return undefined;
    if (reference.platform !== undefined && !await isOfPlatform(connection, id, reference.platform, signal)) {
      return undefined;
    }
    return [imageKey(reference), id] as const;
  }));
  return Object.fromEntries(found.filter((entry) => entry !== undefined));
}

/** The engine knows when an image was last tagged; a pull that refreshes one tags it. */
async function findTimes(
  connection: EngineConnection,
  wanted: readonly ImageReference[],
  found: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<Record<string, number>> {
  const times = await Promise.all(wanted.map(async (reference) => {
    const key = imageKey(reference);
    const id = reference.withTime ? found[key] : undefined;
    const image = id === undefined ? undefined : await findDetails(connection, id, signal);
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
function byIdPrefix(image: string, local: readonly ImageSummary[]): string | undefined {
  if (!isImageId(image)) return undefined;
  const prefix = image.startsWith("sha256:") ? image : `sha256:${image}`;
  const matches = local.filter(({ Id }) => Id.startsWith(prefix));
  return matches.length === 1 ? matches[0]!.Id : undefined;
}

/** The list leaves out what has no name and other images stand on. */
async function byHiddenId(
  connection: EngineConnection,
  image: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  if (!/^sha256:[0-9a-f]{64}$/.test(image)) return undefined;
  return (await findDetails(connection, image, signal))?.Id;
}

async function isOfPlatform(
  connection: EngineConnection,
  id: string,
  platform: string,
  signal: AbortSignal,
): Promise<boolean> {
  const image = await findDetails(connection, id, signal);
  return image !== undefined && matchesPlatform(image, platform);
}

async function findDetails(
  connection: EngineConnection,
  id: string,
  signal: AbortSignal,
): Promise<ImageDetails | undefined> {
  try {
    return await connection.request<ImageDetails>({ method: "GET", path: `/images/${id}/json`, signal });
  } catch (error) {
    if (isStatus(error, 404)) return undefined;
    throw error;
  }
}

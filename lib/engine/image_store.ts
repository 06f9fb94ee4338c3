/** The images of the engine: what is there, what is used, and how one goes. */
import type { ImageRemoval, LocalImage, LocalImages } from "../plan/local_images.ts";
import { LABELS } from "../plan/plan.ts";
import type { ContainerSummary, DiskUsage, ImageSummary } from "./answers.ts";
import { COMPOSE } from "./compose_labels.ts";
import type { EngineConnection } from "./connection.ts";
import { isStatus } from "./request_error.ts";

export async function localImages(connection: EngineConnection, signal: AbortSignal): Promise<LocalImages> {
  const get = <T>(path: string, query = {}) => connection.request<T>({ method: "GET", path, query, signal });
  // In this order: a container that comes meanwhile is seen.
  const images = await get<ImageSummary[]>("/images/json");
  const containers = await get<ContainerSummary[]>("/containers/json", { all: true });
  const mounted = containers.flatMap(({ Mounts }) => Mounts ?? []).filter(({ Type }) => Type === "image");
  return {
    images: images.map(localImage),
    used: new Set([
      ...containers.map(({ ImageID }) => ImageID),
      ...mounted.flatMap(({ Name }) => Name ?? []),
    ]),
  };
}

/** Never by force: what the engine keeps, it keeps for a reason. */
export async function removeImage(
  connection: EngineConnection,
  reference: string,
  signal: AbortSignal,
): Promise<ImageRemoval> {
  try {
    await connection.request({
      method: "DELETE",
      path: `/images/${reference}`,
      // An image that this one was made from may be kept to go back to.
      query: { noprune: true },
      signal,
    });
    return { kind: "removed" };
  } catch (error) {
    if (isStatus(error, 404)) return { kind: "gone" };
    if (isStatus(error, 409)) return { kind: "in-use", reason: error.message };
    throw error;
  }
}

/** Bytes of all images together, each layer once. */
export async function imageBytes(connection: EngineConnection, signal: AbortSignal): Promise<number> {
  const { LayersSize } = await connection.request<DiskUsage>({
    method: "GET",
    path: "/system/df",
    query: { type: "image" },
    signal,
  });
  return LayersSize ?? 0;
}

function localImage({ Id, RepoTags, RepoDigests, Size, Labels }: ImageSummary): LocalImage {
  const project = Labels?.[LABELS.buildHash] === undefined ? undefined : Labels[COMPOSE.project];
  return {
    id: Id,
    // Older engines write this for nothing at all.
    tags: (RepoTags ?? []).filter((tag) => tag !== "<none>:<none>"),
    digests: (RepoDigests ?? []).filter((digest) => digest !== "<none>@<none>"),
    size: Size,
    ...(project !== undefined && { builtFor: project }),
  };
}

/** What the Docker Engine runs now: everything that the planner needs, read with a handful of list calls. */
import type { StringMap } from "../compose/project.ts";

export interface Observed {
  /** Every container that carries a Compose project label, running or not. */
  readonly containers: readonly ObservedContainer[];
  /** Every network of the engine. */
  readonly networks: readonly ObservedNetwork[];
  /** Every volume of the engine. */
  readonly volumes: readonly ObservedVolume[];
  /** Local images that were asked for and are there: {@linkcode imageKey} → the image's ID. */
  readonly images: Readonly<Record<string, string>>;
  /** When those images were last pulled, in seconds since 1970: only where that was asked for, and is known. */
  readonly imageTimes?: Readonly<Record<string, number>>;
  /** What those of the images that Homeport built were built from: a hash. */
  readonly imageBuilds?: Readonly<Record<string, string>>;
  /** Names of the local images by digest, such as `nginx@sha256:…`, by the images' IDs. Only where images were asked for. */
  readonly imageDigests?: Readonly<Record<string, readonly string[]>>;
}

export type ContainerState = "created" | "running" | "paused" | "restarting" | "removing" | "exited" | "dead";

export interface ObservedContainer {
  readonly id: string;
  /** Without the leading slash. */
  readonly name: string;
  /** ID of the image that it was created from. */
  readonly image: string;
  /** The image as it was asked for when the container was created, such as `nginx:1.27`. For people to read. */
  readonly imageReference?: string;
  readonly state: ContainerState;
  /** Only when `state` is `exited`. */
  readonly exitCode?: number;
  /** Only when it has a health check and runs. */
  readonly health?: "starting" | "healthy" | "unhealthy";
  readonly labels: StringMap;
  /** Seconds since 1970. */
  readonly created: number;
  /** When it ended, in seconds since 1970; only when `state` is `exited`, and only where the engine was asked. */
  readonly finished?: number;
  /**
   * IDs of the networks that it is attached to. The engine knows no ID for an attachment that the container has not run with yet:
   * then the network's name stands in its place.
   */
  readonly networkIds: readonly string[];
  readonly mounts: readonly ObservedMount[];
  /** Host ports that it publishes while it runs, such as `0.0.0.0:80/tcp`. */
  readonly publishedPorts: readonly string[];
}

export interface ObservedMount {
  readonly type: string;
  /** The volume's name, where `type` is `volume`. */
  readonly name?: string;
  readonly destination: string;
}

export interface ObservedNetwork {
  readonly id: string;
  readonly name: string;
  readonly labels: StringMap;
}

export interface ObservedVolume {
  readonly name: string;
  readonly labels: StringMap;
}

/** An image as a service asks for it. */
export interface ImageReference {
  /** As the Compose file writes it, such as `nginx:1.27` or `ghcr.io/me/app@sha256:…`. */
  readonly image: string;
  /** `os/arch[/variant]`: an image of another platform counts as absent. */
  readonly platform?: string;
  /** Also look up when it was last pulled, which costs a call of its own. */
  readonly withTime?: true;
}

/** The key of {@linkcode Observed.images}. */
export function imageKey({ image, platform }: ImageReference): string {
  return platform === undefined ? image : `${image} (${platform})`;
}

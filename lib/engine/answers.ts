/** The parts of the Engine API's answers that Homeport reads. */
import type { StringMap } from "../compose/project.ts";

export interface ContainerSummary {
  readonly Id: string;
  /** Each with a leading slash; a linked container has further names with two. */
  readonly Names: readonly string[];
  /** As it was asked for when the container was created, or the ID where that name is another image's now. */
  readonly Image: string;
  readonly ImageID: string;
  readonly State: string;
  /** For people, such as `Up 2 hours (healthy)` or `Exited (0) 3 days ago`. */
  readonly Status: string;
  readonly Labels: StringMap | null;
  readonly Created: number;
  readonly NetworkSettings?: {
    readonly Networks: Readonly<Record<string, { readonly NetworkID: string }>> | null;
  };
  readonly Mounts: readonly {
    readonly Type: string;
    readonly Name?: string;
    readonly Destination: string;
  }[];
  readonly Ports:
    | readonly { readonly IP?: string; readonly PublicPort?: number; readonly Type: string }[]
    | null;
}

export interface ContainerDetails {
  readonly Id: string;
  /** With a leading slash. */
  readonly Name: string;
  readonly Image: string;
  readonly State: {
    readonly Status: string;
    readonly Running: boolean;
    readonly Paused: boolean;
    readonly ExitCode: number;
    readonly Error: string;
    /** RFC 3339; the year 1 stands for never. */
    readonly StartedAt?: string;
    readonly FinishedAt?: string;
    readonly Health?: { readonly Status: string; readonly FailingStreak: number };
  };
  readonly RestartCount?: number;
  readonly HostConfig?: {
    readonly RestartPolicy?: { readonly Name?: string; readonly MaximumRetryCount?: number };
  };
  readonly Config: {
    readonly Labels: StringMap | null;
    readonly Tty?: boolean;
    readonly Healthcheck?: { readonly Test?: readonly string[] | null };
  };
  readonly Mounts: readonly {
    readonly Type: string;
    readonly Name?: string;
    readonly Destination: string;
    readonly RW: boolean;
  }[];
  readonly NetworkSettings: {
    readonly Networks: Readonly<Record<string, { readonly NetworkID: string }>> | null;
  };
}

export interface NetworkSummary {
  readonly Id: string;
  readonly Name: string;
  readonly Labels: StringMap | null;
  readonly IPAM?: { readonly Config?: readonly { readonly Subnet?: string }[] | null } | null;
}

export interface NetworkDetails extends NetworkSummary {
  readonly Containers?: Readonly<Record<string, { readonly Name: string }>> | null;
}

export interface VolumeList {
  readonly Volumes: readonly { readonly Name: string; readonly Labels: StringMap | null }[] | null;
}

export interface ImageSummary {
  readonly Id: string;
  readonly RepoTags: readonly string[] | null;
  readonly RepoDigests: readonly string[] | null;
  readonly Labels?: StringMap | null;
  readonly Size: number;
}

export interface DiskUsage {
  readonly LayersSize?: number;
}

export interface ImageDetails {
  readonly Id: string;
  readonly Os: string;
  readonly Architecture: string;
  readonly Variant?: string;
  readonly Metadata?: { readonly LastTagTime?: string };
  readonly Config?: {
    readonly Volumes?: Readonly<Record<string, unknown>> | null;
    readonly Labels?: StringMap | null;
  } | null;
}

export interface DistributionAnswer {
  readonly Descriptor: { readonly digest: string };
  readonly Platforms:
    | readonly { readonly os: string; readonly architecture: string; readonly variant?: string }[]
    | null;
}

export interface VersionAnswer {
  readonly Version: string;
  readonly ApiVersion: string;
  readonly Os: string;
  readonly Arch: string;
}

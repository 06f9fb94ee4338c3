/**
 * The operations that lead from what runs to what should run. An operation is one engine call or one tight sequence of calls,
 * carries its cause in words, and can be repeated after a crash at any point.
 */
export type Operation =
  | PullImage
  | BuildImage
  | CreateNetwork
  | RecreateNetwork
  | RemoveNetwork
  | CreateVolume
  | CreateContainer
  | RecreateContainer
  | RenameContainer
  | RunPreStart
  | StartContainer
  | StopContainer
  | RemoveContainer
  | WaitForService;

interface Base {
  /** Unique in the stack's plan, readable and stable: `create-container web-1`. */
  readonly id: string;
  /** Why, in words: `image of web changed: sha256:1a… → sha256:9c…`. Never holds a variable's value. */
  readonly cause: string;
  /** Operations of the same stack that must have succeeded before. */
  readonly after: readonly string[];
}

export interface PullImage extends Base {
  readonly kind: "pull-image";
  readonly image: string;
  readonly platform?: string;
  readonly services: readonly string[];
  /** The image that must come, by its ID: the stack is held to it. */
  readonly imageId?: string;
  /** It is remembered when this was done, and the stack is planned once more: what came may be another image. */
  readonly refreshes?: true;
}

export interface BuildImage extends Base {
  readonly kind: "build-image";
  /** Whose `build` it is. */
  readonly service: string;
  readonly image: string;
  readonly platform?: string;
  /** All that run the image. */
  readonly services: readonly string[];
  /** Pulls instead, where a registry has the image. `again`: as a refresh, whose time is remembered. */
  readonly pull?: "first" | "again";
  /** What happens without a pull, or when it fails. `keep`: the image that is here serves. */
  readonly fallback: "build" | "keep";
  /** The stack is planned once more: what comes may be another image. */
  readonly refreshes: true;
}

export interface CreateNetwork extends Base {
  readonly kind: "create-network";
  /** Key in the project's `networks`. */
  readonly network: string;
}

/** Stop and detach the project's containers, remove the network, create it anew, attach them again with all their settings. */
export interface RecreateNetwork extends Base {
  readonly kind: "recreate-network";
  readonly network: string;
  readonly networkId: string;
  /** The project's containers that are attached to it and stay. */
  readonly containers: readonly ContainerOfService[];
}

/** Of a stack that is taken down, or one that is gone from its stack's Compose file, or in the way of another one. */
export interface RemoveNetwork extends Base {
  readonly kind: "remove-network";
  readonly networkId: string;
  readonly networkName: string;
  /** The project's containers that are stopped and detached before. */
  readonly containers?: readonly ContainerOfService[];
}

export interface CreateVolume extends Base {
  readonly kind: "create-volume";
  /** Key in the project's `volumes`. */
  readonly volume: string;
}

export interface ContainerOfService {
  readonly service: string;
  readonly number: number;
  readonly containerId: string;
  readonly containerName: string;
}

export interface CreateContainer extends Base {
  readonly kind: "create-container";
  readonly service: string;
  readonly number: number;
  /** The name that it gets. */
  readonly containerName: string;
  /** What it is made of, where the stack is held to an image. */
  readonly imageId?: string;
}

/** Create under a temporary name with the old one's anonymous volumes, stop and remove the old one, rename. */
export interface RecreateContainer extends Base {
  readonly kind: "recreate-container";
  readonly service: string;
  readonly number: number;
  /** The container that is replaced. */
  readonly containerId: string;
  /** The name that the new one gets in the end. */
  readonly containerName: string;
  /** What the new one is made of, where the stack is held to an image. */
  readonly imageId?: string;
}

/** Gives a container that an interrupted recreation left under its temporary name the name that it was meant to have. */
export interface RenameContainer extends Base {
  readonly kind: "rename-container";
  readonly containerId: string;
  readonly oldName: string;
  readonly containerName: string;
}

/** Runs a service's `pre_start` hooks, each in a container of its own that sees the volumes of the service's first container. */
export interface RunPreStart extends Base {
  readonly kind: "run-pre-start";
  readonly service: string;
  readonly containerName: string;
  /** What hooks without an image of their own run, where the stack is held to an image. */
  readonly imageId?: string;
}

/** Puts injected configs and secrets in place and starts. The container is found by its name. */
export interface StartContainer extends Base {
  readonly kind: "start-container";
  readonly service: string;
  readonly number: number;
  readonly containerName: string;
}

export interface StopContainer extends Base {
  readonly kind: "stop-container";
  readonly service: string;
  readonly containerId: string;
  readonly containerName: string;
}

/** Stop, then remove. Volumes stay. */
export interface RemoveContainer extends Base {
  readonly kind: "remove-container";
  /** Empty: it is no container of a service, so that no `pre_stop` hook runs in it. */
  readonly service: string;
  readonly containerId: string;
  readonly containerName: string;
}

/** Waits until all containers of a service fulfil the condition that another service's `depends_on` names. */
export interface WaitForService extends Base {
  readonly kind: "wait-for-service";
  readonly service: string;
  readonly containerNames: readonly string[];
  readonly condition: "service_healthy" | "service_completed_successfully";
  /** `required: false`: a failure is a warning. */
  readonly required: boolean;
}

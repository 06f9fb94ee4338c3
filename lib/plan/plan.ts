/** What a pass over a host will do. Made by the planner, shown by `plan`, carried out by `apply`. */
import type { Location } from "../errors.ts";
import type { StringMap } from "../compose/project.ts";
import type { BrokenStack, DesiredStack } from "../stacks/desired_stack.ts";
import type { ImagePin, NewerImage } from "./image_pins.ts";
import type { LeftAlone, SuspendedStack } from "./left_alone.ts";
import type { Observed } from "./observed.ts";
import type { Operation } from "./operation.ts";

export interface PlanInput {
  readonly host: string;
  /** Identifies this repository and host on the engine; only what carries it is pruned. */
  readonly instance: string;
  readonly stacks: readonly DesiredStack[];
  readonly broken: readonly BrokenStack[];
  /** Names of stacks that come first, one after the other. */
  readonly startupOrder: readonly string[];
  /** Take down what this instance deployed and Git no longer has. Off when only one stack is asked for. */
  readonly prune: boolean;
  readonly observed: Observed;
  /** By stack: the images that it is held to. `observed` must have been asked for their IDs. */
  readonly imagePins?: ImagePins;
  /** By stack: the images that are pulled because a registry has newer ones. */
  readonly refresh?: Refresh;
  /** Seconds since 1970. */
  readonly now: number;
}

export type ImagePins = Readonly<Record<string, readonly ImagePin[]>>;
export type Refresh = Readonly<Record<string, readonly NewerImage[]>>;

export interface Plan {
  readonly host: string;
  /** Deployed one after the other, then the others side by side; in the order of deployment, unchanged stacks included. */
  readonly stacks: readonly StackPlan[];
  /** Names of the stacks that come first, in order; those among `stacks`. */
  readonly startupOrder: readonly string[];
  readonly broken: readonly BrokenStack[];
  readonly prune: PrunePlan;
  /** Somebody wants them left alone. Absent: none. */
  readonly suspended?: readonly SuspendedStack[];
}

export interface StackPlan {
  readonly name: string;
  readonly project: string;
  /** `none`: nothing to do. `adopt`: nothing to do, and it runs without Homeport's labels. */
  readonly action: "none" | "adopt" | "create" | "update";
  readonly stackHash: string;
  readonly operations: readonly Operation[];
  /**
   * Stacks of this plan that must be through before: they create a network or a volume that this one declares external and that is
   * not there yet; or they give up a name, a port or a subnet that this one takes. Absent: none.
   */
  readonly after?: readonly string[];
  readonly warnings: readonly PlanWarning[];
  /** The operations are not carried out. Absent: they are. */
  readonly left?: LeftAlone;
}

export interface PlanWarning {
  readonly message: string;
  readonly location?: Location;
}

export interface PrunePlan {
  readonly stacks: readonly PrunedStack[];
  /** How many stacks of this instance the engine holds now. */
  readonly managed: number;
  /** More than half of the managed stacks, or all, would go. */
  readonly needsConfirmation: boolean;
  /** Nothing is taken down, and everything else is planned for what runs now. Absent: it is. */
  readonly left?: LeftAlone;
}

export interface PrunedStack {
  readonly name: string;
  readonly project: string;
  readonly cause: string;
  readonly operations: readonly Operation[];
  /** Names of what stays: volumes, and what this instance did not deploy. */
  readonly kept: readonly string[];
}

/** Homeport's own labels, put on what it creates. They never enter the Compose config hash. */
export interface Ownership {
  readonly instance: string;
  readonly stack: string;
  readonly commit: string;
  readonly stackHash: string;
  /** Homeport's version. */
  readonly version: string;
  /** RFC 3339. */
  readonly deployedAt: string;
}

export const LABELS = {
  managed: "homeport.managed",
  instance: "homeport.instance",
  stack: "homeport.stack",
  stackHash: "homeport.stack-hash",
  /** Hash of the files that the service itself mounts; on containers only. */
  filesHash: "homeport.files-hash",
  /** `NAME=fingerprint` of every secret that goes into the container, with commas between them; on containers only. */
  secrets: "homeport.secrets",
  /** Hash of what an image was built from; on images only. */
  buildHash: "homeport.build-hash",
  commit: "homeport.commit",
  version: "homeport.version",
  deployedAt: "homeport.deployed-at",
} as const;

export function ownershipLabels(ownership: Ownership): StringMap {
  return {
    [LABELS.managed]: "true",
    [LABELS.instance]: ownership.instance,
    [LABELS.stack]: ownership.stack,
    [LABELS.stackHash]: ownership.stackHash,
    [LABELS.commit]: ownership.commit,
    [LABELS.version]: ownership.version,
    [LABELS.deployedAt]: ownership.deployedAt,
  };
}

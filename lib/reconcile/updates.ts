/** Newer images in registries, of the tags that run: what is asked, and what is found. */
import type { Refresh } from "../plan/plan.ts";
import type { Observed } from "../plan/observed.ts";
import type { DesiredStack } from "../stacks/desired_stack.ts";
import type { HostState, Suspension } from "./state/stack_state.ts";

/** Looks for newer images. Asks registries, and changes nothing. */
export interface UpdateFinder {
  find(seen: SeenHost, signal: AbortSignal): Promise<UpdateFindings>;
}

/** What a pass knows before it plans. */
export interface SeenHost {
  readonly stacks: readonly DesiredStack[];
  readonly observed: Observed;
  readonly state: HostState;
  readonly suspensions: Readonly<Record<string, Suspension>>;
}

export interface UpdateFindings {
  readonly available: readonly AvailableUpdate[];
  /** What is not updated, and why. */
  readonly skipped: readonly SkippedImage[];
  /** What registries did not tell. */
  readonly failed: readonly UnansweredImage[];
}

export type AvailableUpdate = NewerDigest;

/** Another image under the same tag. */
export interface NewerDigest {
  readonly kind: "digest";
  readonly stack: string;
  readonly services: readonly string[];
  /** As the Compose file writes it. */
  readonly reference: string;
  /** Digest of what is here, `sha256:…`; absent where nobody knows. */
  readonly from?: string;
  /** Digest of what the registry has. */
  readonly to: string;
  /** Why it is only told. Absent: it may be used. */
  readonly onlyTold?: string;
}

export interface SkippedImage {
  readonly stack: string;
  readonly service: string;
  readonly reference: string;
  readonly kind: SkipKind;
  /** In words: `label homeport.updates is off`. */
  readonly reason: string;
}

export type SkipKind =
  | "up-to-date"
  | "excluded"
  | "held"
  | "suspended"
  | "digest"
  | "image-id"
  | "built"
  | "local"
  | "pull-policy"
  | "shared"
  | "platform"
  | "rejected";

export interface UnansweredImage {
  readonly reference: string;
  /** Which run it. */
  readonly stacks: readonly string[];
  readonly error: Error;
}

/** What the planner is to pull. */
export function refreshOf({ available }: UpdateFindings): Refresh {
  const refresh: Record<string, Refresh[string]> = {};
  for (const { stack, reference, from, to, onlyTold } of available) {
    if (onlyTold !== undefined) continue;
    refresh[stack] = [...refresh[stack] ?? [], { reference, to, ...(from !== undefined && { from }) }];
  }
  return refresh;
}

/** What is known of a host's stacks that labels cannot say. Plain data, kept in `state.json`. */
import type { LeftAlone } from "../../plan/left_alone.ts";
import type { ServiceImage } from "../history/pass_record.ts";

export interface HostState {
  /** By the stack's name. */
  readonly stacks: Readonly<Record<string, StackState>>;
}

export interface StackState {
  /** What was last asked for and begun. */
  readonly intended?: IntendedState;
  /** What was begun for it, other than putting it back, has not come to a good end. */
  readonly isUnderWay?: true;
  /** What was reached, newest first. */
  readonly good: readonly GoodState[];
  /** Why it is left as it is. */
  readonly hold?: Hold;
  readonly rejected: readonly RejectedImage[];
  /** When it was put back of late, RFC 3339; oldest first. */
  readonly heals: readonly string[];
  /** Why the last pass left it as it is, a hold aside. */
  readonly left?: {
    readonly kind: LeftAlone["kind"] | "suspended";
    readonly since: string;
    readonly reason: string;
  };
}

export interface IntendedState {
  /** Full commit ID. */
  readonly commit: string;
  readonly stackHash: string;
  /** RFC 3339. */
  readonly since: string;
}

/** What a stack ran when all went well: enough to deploy it again. */
export interface GoodState {
  /** Full commit ID. That of the newest moves along while the stack's hash stays. */
  readonly commit: string;
  readonly stackHash: string;
  /** RFC 3339. */
  readonly at: string;
  /** By service. */
  readonly images: Readonly<Record<string, ServiceImage>>;
}

export type Hold =
  /** What Git asked for failed, and what ran before is back. */
  | {
    readonly kind: "rolled-back";
    readonly since: string;
    readonly reason: string;
    readonly bad: {
      readonly commit: string;
      readonly stackHash: string;
      /** The settings that decided on it. Absent: nobody knows. */
      readonly judgedBy?: string;
    };
    readonly to: GoodState;
  }
  /** A person went back. Until `homeport resume`. */
  | {
    readonly kind: "manual";
    readonly since: string;
    readonly to: {
      readonly commit: string;
      readonly stackHash?: string;
      readonly images: Readonly<Record<string, ServiceImage>>;
    };
  }
  /** It was put back again and again. */
  | { readonly kind: "drift"; readonly since: string; readonly reason: string; readonly stackHash: string };

/** An image that a tag means and that is not used. */
export interface RejectedImage {
  readonly reference: string;
  readonly bad: { readonly id: string; readonly digest?: string };
  readonly good: { readonly id: string; readonly digest?: string };
  readonly since: string;
}

/** Somebody wants a stack to be left alone. */
export interface Suspension {
  /** RFC 3339. */
  readonly since: string;
  /** RFC 3339. Absent: until it is resumed. */
  readonly until?: string;
  readonly reason?: string;
}

/** Stands for all stacks among the suspensions, those to come included. */
export const ALL_STACKS = "*";

export const NO_STATE: HostState = { stacks: {} };
export const NEW_STACK: StackState = { good: [], rejected: [], heals: [] };

/** Never one that the prototype has. */
export function stateOf({ stacks }: Pick<HostState, "stacks">, stack: string): StackState {
  return Object.hasOwn(stacks, stack) ? stacks[stack]! : NEW_STACK;
}

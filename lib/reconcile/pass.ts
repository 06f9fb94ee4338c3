/** What a pass over a host is given, besides what it finds out. */
import type { HashFlavour } from "../compose/hash.ts";
import type { DesiredStack } from "../stacks/desired_stack.ts";
import type { LoadedHost } from "../stacks/load_host.ts";
import type { Observed } from "../plan/observed.ts";
import type { ImagePins, Plan, PrunedStack, StackPlan } from "../plan/plan.ts";
import type { HeldStack } from "./rollback/held_stacks.ts";
import type { InterruptedGates } from "./health/interrupted_gates.ts";
import type { OpenWindow } from "./loop/maintenance_window.ts";
import type { Clock, Engine, FilesAt, Journal, Pin, Repository, Snapshot, StateStore } from "./ports.ts";
import type { PassEvent } from "./report.ts";
import type { HostState } from "./state/stack_state.ts";
import type { UpdateFinder, UpdateFindings } from "./updates.ts";

export interface PassDependencies {
  readonly repository: Repository;
  readonly engine: Engine;
  /** Loads the host's stacks from the checkout, with their variables. */
  readonly loadHost: (snapshot: Snapshot, signal: AbortSignal) => Promise<LoadedHost>;
  readonly host: string;
  /** Marks on the engine what this repository and host deployed. */
  readonly instance: string;
  /** Homeport's version. */
  readonly version: string;
  readonly settings: PassSettings;
  readonly now: () => Date;
  /** By which the health gates wait. */
  readonly clock: Clock;
  /** Absent: no stack can be brought back to another commit, or held there. */
  readonly commits?: StacksOfCommits;
  /** Absent: nothing is kept of the pass. */
  readonly journal?: Journal;
  /** Absent: nothing is known of what was before, and nothing is kept. */
  readonly state?: StateStore;
}

/** Stacks as commits have them, whatever is checked out. */
export interface StacksOfCommits {
  /** Absolute path of the checkout. */
  readonly root: string;
  /** Where a stack is in the repository, `/`-separated. */
  folderOf(stack: string): string;
  /** Of the other hosts that share the checkout: what they hold, and the commits that they may go back to. */
  elsewhere(): { readonly pins: readonly Pin[]; readonly keep: readonly string[] };
  /** One stack with its files as they are given, and with today's variables. It is in none of the lists where there is no such stack. */
  load(stack: string, at: FilesAt, signal: AbortSignal): Promise<LoadedHost>;
}

export interface PassSettings {
  /** Take down stacks that are gone from Git. */
  readonly prune: boolean;
  /** Milliseconds that one wait for a service may take. */
  readonly waitTimeout: number;
  /** Milliseconds that one pull may take. */
  readonly pullTimeout: number;
  /** How many stacks are deployed side by side, after those of the startup order. */
  readonly parallel: number;
  /** How often a stack is put back within so many milliseconds. */
  readonly drift: { readonly attempts: number; readonly within: number };
  /** Whose `config-hash` is written to what is created. */
  readonly composeHash: HashFlavour;
}

export interface PlanPassOptions {
  /** Only this stack, and no prune. */
  readonly stack?: string;
  /** Go on with the last checkout when the remote cannot be reached. */
  readonly offline: boolean;
  /** By stack: the images that it is held to. */
  readonly imagePins?: ImagePins;
  /** Looks for newer images before it is planned. Absent: nobody asks for them. */
  readonly updates?: UpdateFinder;
  readonly signal: AbortSignal;
  readonly onEvent?: (event: PassEvent) => void;
  /** Allow a prune that removes more than half of the managed stacks. */
  readonly confirmPrune?: boolean;
  /** A person asked for it: what is held because of drift is tried again. */
  readonly byPerson?: boolean;
  /** A maintenance window is open: nothing new is deployed. */
  readonly window?: OpenWindow;
}

export interface RunPassOptions extends PlanPassOptions {
  /** Asked of each stack that something is to be done for: whether it is left as it is this time. Default: none. */
  readonly isHeld?: (stack: StackPlan | PrunedStack) => boolean;
  /** Ends what only waits: the health gates. What they were to find out is left to the next pass. */
  readonly endWaits?: AbortSignal;
  /** Those of the pass before, and of this one. Absent: the state alone says what is still to be watched. */
  readonly gates?: InterruptedGates;
}

export interface PlannedPass {
  readonly plan: Plan;
  readonly commit: string;
  readonly snapshot: Snapshot;
  /** Absent: nobody looked for newer images. */
  readonly updates?: UpdateFindings;
  readonly observed: Observed;
  /** By stack. */
  readonly imagePins: ImagePins;
  /** Stacks that are at another commit than the branch, by name; whatever else the pass is about. */
  readonly held: ReadonlyMap<string, HeldStack>;
  /** What `plan.stacks` were planned from, by name. */
  readonly desired: ReadonlyMap<string, DesiredStack>;
  /** What was known when it was planned. */
  readonly state: HostState;
}

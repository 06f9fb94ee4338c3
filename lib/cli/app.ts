/** What the commands need of the application. `lib/app.ts` puts it together; tests give a fake. */
import type { HashFlavour } from "../compose/hash.ts";
import type { Config } from "../config/config.ts";
import type { Plan } from "../plan/plan.ts";
import type { HostsFindings } from "../stacks/check_hosts.ts";
import type { StackSecrets } from "../stacks/secret_usage.ts";
import type { ShownStack } from "../stacks/show_stack.ts";
import type { CleanupEvent, CleanupReport } from "../reconcile/cleanup/cleanup_report.ts";
import type { Health } from "../reconcile/status/health.ts";
import type { LoopEvent } from "../reconcile/loop/loop_events.ts";
import type { ApplyReport, PassEvent } from "../reconcile/report.ts";
import type { ReturnReport } from "../reconcile/rollback/roll_back_by_hand.ts";
import type { History, HistoryOptions } from "../reconcile/history/history.ts";
import type { ChannelTest } from "../reconcile/ports.ts";
import type { Suspension } from "../reconcile/state/stack_state.ts";
import type { HostStatus } from "../reconcile/status/status.ts";
import type { UpdateFindings } from "../reconcile/updates.ts";

export interface App {
  readonly version: string;
  readonly config: Config;
  /** The machine's hostname. */
  hostname(): string;
  /** Validates the configuration and loads every stack of every host from a local checkout: no Docker, no network. */
  check(options: CheckOptions): Promise<CheckReport>;
  /** Loads one stack and shows what it is: no Docker, and for a folder no configuration. */
  showConfig(options: ConfigOptions): Promise<ConfigReport>;
  plan(options: PassOptions): Promise<PlanReport>;
  apply(options: ApplyOptions): Promise<ApplyReport>;
  /** Looks for newer images of what runs: registries are asked, and nothing is changed but the checkout. */
  updates(options: PassOptions): Promise<UpdatesReport>;
  /** As `apply`, with newer images of what runs. */
  update(options: ApplyOptions): Promise<ApplyReport>;
  /** Brings a stack back to what ran before, where it stays until somebody ends that. */
  rollBack(options: RollBackOptions): Promise<RollBackReport>;
  /** Passes, until the signal is aborted and what is in hand then is through. */
  run(options: RunOptions): Promise<void>;
  /** Sends a test message to every channel. */
  testNotifications(options: Pick<PassOptions, "host" | "signal">): Promise<readonly ChannelTest[]>;
  status(options: { readonly host: string; readonly signal: AbortSignal }): Promise<HostStatus>;
  /** Whether `run` is alive: from the data folder alone. */
  health(): Promise<Health>;
  /** Removes images that are of no use any more. */
  cleanup(options: AppCleanupOptions): Promise<CleanupReport>;
  /** What was done on a host: neither the engine nor the repository is asked. */
  history(options: HistoryOptions): Promise<HistoryReport>;
  /** Leaves stacks as they run. Waits for nobody, and asks neither the engine nor the repository. */
  suspend(options: SuspendOptions): Promise<SuspendReport>;
  /** Ends suspensions and holds. */
  resume(options: ResumeOptions): Promise<ResumeReport>;
  /** Which secrets the stacks of a host use: names, never values. */
  secrets(options: SecretsOptions): Promise<SecretsReport>;
  /** Masks secrets. Everything that is printed passes through it. */
  redact?(text: string): string;
}

export interface CheckOptions {
  /** A checkout of the repository that holds the stacks. */
  readonly folder: string;
  /** Nobody named the folder: it is the working folder, which need not be a checkout. */
  readonly isAssumed: boolean;
  /** Default: all. */
  readonly host?: string;
}

export type CheckReport = HostsFindings;

export interface ConfigOptions {
  readonly source: ConfigSource;
  /** Absolute paths of files that take the place of `.env`. */
  readonly envFiles: readonly string[];
  /** Whose hashes are shown. Default: the configuration's, and 2.40's for a folder. */
  readonly composeHash?: HashFlavour;
}

export type ConfigSource =
  /** A folder on disk, as an absolute path. */
  | { readonly kind: "folder"; readonly folder: string }
  /** A stack of the repository, as the next pass would deploy it. */
  | { readonly kind: "stack"; readonly stack: string } & Required<Omit<PassOptions, "stack">>;

export type ConfigReport = ShownStack;

export interface PassOptions {
  readonly host: string;
  /** Only this stack, and no prune. */
  readonly stack?: string;
  /** Go on with the last checkout when the remote cannot be reached. */
  readonly offline: boolean;
  readonly signal: AbortSignal;
  readonly onEvent?: (event: PassEvent) => void;
}

export interface RollBackOptions extends Pick<PassOptions, "host" | "signal" | "onEvent"> {
  readonly stack: string;
  /** A commit of the repository. Default: that of the newest good state that is not what runs. */
  readonly to?: string;
}

export type RollBackReport = ReturnReport;

export interface RunOptions extends Pick<PassOptions, "host" | "signal"> {
  readonly onEvent: (event: LoopEvent) => void;
  /** Gives what asks for a pass, as soon as there is a loop to be asked. */
  readonly onLoop: (loop: { readonly trigger: (trigger: "reload") => void }) => void;
}

export interface AppCleanupOptions extends Pick<PassOptions, "host" | "signal"> {
  /** Only say what would go. */
  readonly dryRun: boolean;
  readonly onEvent: (event: AppCleanupEvent) => void;
}

export type AppCleanupEvent = CleanupEvent | { readonly kind: "waiting"; readonly holder: string };

export type SecretsOptions = Required<Omit<PassOptions, "stack">>;

export interface SecretsReport {
  readonly host: string;
  readonly stacks: readonly StackSecrets[];
}

export interface HistoryReport {
  readonly dataDir: string;
  /** Absent: there is no journal yet. */
  readonly history: History | undefined;
}

export interface SuspendOptions {
  readonly host: string;
  /** Absent: all, those to come included. */
  readonly stacks?: readonly string[];
  /** For how long. Absent: until they are resumed. */
  readonly milliseconds?: number;
  readonly reason?: string;
}

export interface SuspendReport {
  readonly suspension: Suspension;
  /** Names that no stack is known to have. */
  readonly unknown: readonly string[];
}

export interface ResumeOptions extends Pick<SuspendOptions, "host" | "stacks"> {
  readonly signal: AbortSignal;
  /** A hold can be lifted only while nobody else works in the data folder. */
  readonly onWait: (holder: string) => void;
}

export interface ResumeReport {
  readonly stacks: readonly {
    readonly name: string;
    readonly was: readonly ("suspended" | "held")[];
    /** Why it is suspended all the same. */
    readonly still?: string;
  }[];
  /** That of all stacks was ended. */
  readonly all: boolean;
  /** Names that no stack is known to have. */
  readonly unknown: readonly string[];
  /** Why nobody knows which stacks are held. */
  readonly fault?: string;
}

export interface PlanReport extends Pick<HostStatus, "notes" | "window"> {
  readonly plan: Plan;
  readonly commit: string;
}

export interface UpdatesReport {
  readonly commit: string;
  readonly findings: UpdateFindings;
}

export interface ApplyOptions extends PassOptions {
  /** Allow a prune that removes more than half of the managed stacks, or all. */
  readonly confirmPrune: boolean;
}

/** What the commands need of the application. `lib/app.ts` puts it together; tests give a fake. */
import type { Config } from "../config/config.ts";
import type { Plan } from "../plan/plan.ts";
import type { HostsFindings } from "../stacks/check_hosts.ts";
import type { ApplyReport, PassEvent } from "../reconcile/report.ts";
import type { HostStatus } from "../reconcile/status.ts";

export interface App {
  readonly version: string;
  readonly config: Config;
  /** The machine's hostname. */
  hostname(): string;
  /** Validates the configuration and loads every stack of every host from a local checkout: no Docker, no network. */
  check(options: CheckOptions): Promise<CheckReport>;
  plan(options: PassOptions): Promise<PlanReport>;
  apply(options: ApplyOptions): Promise<ApplyReport>;
  status(options: { readonly host: string; readonly signal: AbortSignal }): Promise<HostStatus>;
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

export interface PassOptions {
  readonly host: string;
  /** Only this stack, and no prune. */
  readonly stack?: string;
  /** Go on with the last checkout when the remote cannot be reached. */
  readonly offline: boolean;
  readonly signal: AbortSignal;
  readonly onEvent?: (event: PassEvent) => void;
}

export interface PlanReport {
  readonly plan: Plan;
  readonly commit: string;
}

export interface ApplyOptions extends PassOptions {
  /** Allow a prune that removes more than half of the managed stacks, or all. */
  readonly confirmPrune: boolean;
}

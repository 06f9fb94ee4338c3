import type { ApplyReport, PassEvent } from "../../reconcile/report.ts";

/** Shows a pass while it runs. */
export interface Progress {
  readonly onEvent: (event: PassEvent) => void;
  /** The pass is over: shows the report. */
  done(report: ApplyReport): Promise<void>;
  /** The pass ended with an error, which the caller shows. */
  failed(error: unknown): Promise<void>;
}

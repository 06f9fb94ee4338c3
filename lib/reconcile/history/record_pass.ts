/** A pass whose doings are kept in the journal, however it ends. */
import { messageOf } from "../../errors.ts";
import { noteOutcomes } from "../state/note_outcomes.ts";
import type { PassDependencies, RunPassOptions } from "../pass.ts";
import { PassRecorder } from "./pass_recorder.ts";
import type { ApplyReport } from "../report.ts";
import { runPass } from "../run_pass.ts";

export interface RecordedPassOptions extends RunPassOptions {
  /** What set the pass off, such as `apply`. */
  readonly trigger: string;
}

/** As {@linkcode runPass}. What the journal cannot do is an event, and changes nothing else. */
export async function runRecordedPass(
  deps: PassDependencies,
  options: RecordedPassOptions,
): Promise<ApplyReport> {
  if (deps.journal === undefined && deps.state === undefined) return await runPass(deps, options);
  const recorder = new PassRecorder(deps, options.trigger);
  const watched: RunPassOptions = {
    ...options,
    onEvent: (event) => {
      recorder.add(event);
      options.onEvent?.(event);
    },
  };
  let failure: { readonly error: unknown } | undefined;
  let report: ApplyReport | undefined;
  try {
    return report = await runPass({ ...deps, engine: recorder.engine }, watched);
  } catch (error) {
    failure = { error };
    throw error;
  } finally {
    for (const message of await keep(deps, recorder, failure, report, options)) {
      options.onEvent?.({ kind: "journal-warning", message });
    }
  }
}

/** The state first: it is what the next pass goes by. */
async function keep(
  deps: PassDependencies,
  recorder: PassRecorder,
  failure: { readonly error: unknown } | undefined,
  report: ApplyReport | undefined,
  { stack }: RecordedPassOptions,
): Promise<readonly string[]> {
  try {
    const record = await recorder.finish(failure);
    const { isSure } = recorder;
    const isWhole = stack === undefined;
    const warnings = report === undefined ? [] : noteOutcomes(deps, { ...report, record, isSure, isWhole });
    return [...warnings, ...await deps.journal?.record(record) ?? []];
  } catch (error) {
    return [`the pass is not in the journal: ${messageOf(error)}`];
  }
}

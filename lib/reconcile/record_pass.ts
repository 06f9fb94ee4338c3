/** A pass whose doings are kept in the journal, however it ends. */
import type { PassDependencies, RunPassOptions } from "./pass.ts";
import { PassRecorder } from "./pass_recorder.ts";
import type { ApplyReport } from "./report.ts";
import { runPass } from "./run_pass.ts";

export interface RecordedPassOptions extends RunPassOptions {
  /** What set the pass off, such as `apply`. */
  readonly trigger: string;
}

/** As {@linkcode runPass}. What the journal cannot do is an event, and changes nothing else. */
export async function runRecordedPass(
  deps: PassDependencies,
  options: RecordedPassOptions,
): Promise<ApplyReport> {
  if (deps.journal === undefined) return await runPass(deps, options);
  const recorder = new PassRecorder(deps, options.trigger);
  const watched: RunPassOptions = {
    ...options,
    onEvent: (event) => {
      recorder.add(event);
      options.onEvent?.(event);
    },
  };
  let failure: { readonly error: unknown } | undefined;
  try {
    return await runPass({ ...deps, engine: recorder.engine }, watched);
  } catch (error) {
    failure = { error };
    throw error;
  } finally {
    for (const message of await record(deps.journal, recorder, failure)) {
      options.onEvent?.({ kind: "journal-warning", message });
    }
  }
}

async function record(
  journal: NonNullable<PassDependencies["journal"]>,
  recorder: PassRecorder,
  failure: { readonly error: unknown } | undefined,
): Promise<readonly string[]> {
  try {
    return await journal.record(await recorder.finish(failure));
  } catch (error) {
    return [`the pass is not in the journal: ${error instanceof Error ? error.message : String(error)}`];
  }
}

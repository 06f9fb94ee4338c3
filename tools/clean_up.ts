/** Runs the body of a tool so that what it started is stopped, however it ends: by itself, by an error, by Ctrl-C or SIGTERM. */

export interface CleanUp {
  /** Done at the end, the latest first. */
  defer(step: () => Promise<unknown> | unknown): void;
  /** Aborted by Ctrl-C or SIGTERM. The body is waited for: it must come to its end then. */
  readonly signal: AbortSignal;
}

const SIGNALS = ["SIGINT", "SIGTERM"] as const;

/** Gives the exit code: the body's own, or 130 when it was interrupted. */
export async function withCleanUp(body: (cleanUp: CleanUp) => Promise<number>): Promise<number> {
  const steps: (() => Promise<unknown> | unknown)[] = [];
  const controller = new AbortController();
  const interrupt = (): void => controller.abort(new Error("interrupted"));
  for (const signal of SIGNALS) Deno.addSignalListener(signal, interrupt);
  try {
    const code = await body({ defer: (step) => void steps.push(step), signal: controller.signal });
    return controller.signal.aborted ? 130 : code;
  } catch (error) {
    if (controller.signal.aborted) return 130;
    throw error;
  } finally {
    for (const step of steps.reverse()) await step();
    for (const signal of SIGNALS) Deno.removeSignalListener(signal, interrupt);
  }
}

import type { Io } from "./io.ts";

/** Runs a task whose signal is aborted when a person or the system asks to end. */
export async function interruptible<Result>(
  io: Io,
  task: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const controller = new AbortController();
  const stopListening = io.onInterrupt(() => {
    io.stderr("\nStopping after the operations in hand. Once more to stop at once.\n");
    controller.abort();
  });
  try {
    return await task(controller.signal);
  } finally {
    stopListening();
  }
}

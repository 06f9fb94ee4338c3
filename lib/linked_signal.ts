/** A signal that is aborted with another one, and lets go of it in the end: what listens to it may stay behind with it. */
export interface LinkedSignal extends Disposable {
  readonly signal: AbortSignal;
  /** Aborts it alone. */
  abort(): void;
}

export function linkedSignal(signal: AbortSignal): LinkedSignal {
  const controller = new AbortController();
  const follow = () => controller.abort(signal.reason);
  if (signal.aborted) follow();
  signal.addEventListener("abort", follow);
  return {
    signal: controller.signal,
    abort: () => controller.abort(),
    [Symbol.dispose]: () => signal.removeEventListener("abort", follow),
  };
}

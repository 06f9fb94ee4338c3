import { setTimeout as pause } from "node:timers/promises";

/** Waits until it is so. Fails with what did not come, and what was there instead. */
export async function until(
  what: string,
  isSo: () => boolean | Promise<boolean>,
  { seconds = 60, instead = () => "" }: { readonly seconds?: number; readonly instead?: () => string } = {},
): Promise<void> {
  const end = performance.now() + seconds * 1000;
  while (!await isSo()) {
    if (performance.now() > end) throw new Error(`${what} did not come within ${seconds} s\n${instead()}`);
    await pause(25);
  }
}

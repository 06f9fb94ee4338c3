/** How long to wait before the next try. */

const FIRST = 5_000;
const LONGEST = 10 * 60_000;
/** With the most that chance adds. */
export const LONGEST_PAUSE = 1.1 * LONGEST;

/** Twice as long after each failure in a row. */
export function backoff(failures: number, random: () => number): number {
  return jitter(Math.min(LONGEST, FIRST * 2 ** (failures - 1)), random);
}

/** Up to a tenth more or less, so that several hosts do not ask one server at once. */
export function jitter(milliseconds: number, random: () => number): number {
  return Math.round(milliseconds * (0.9 + random() * 0.2));
}

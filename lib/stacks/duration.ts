const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const PART = /(\d+(?:\.\d+)?)(ms|s|m|h|d)/g;

/** Milliseconds of a duration such as `"1h30m"`; `undefined` when it is none. */
export function findMilliseconds(duration: string): number | undefined {
  if (!/^(?:\d+(?:\.\d+)?(?:ms|s|m|h|d))+$/.test(duration)) return undefined;
  const parts = [...duration.matchAll(PART)].map(([, amount, unit]) => Number(amount) * UNITS[unit!]!);
  return Math.round(parts.reduce((sum, part) => sum + part, 0));
}

/** Lengths of time as Compose writes them: Go's notation, with days and weeks. In nanoseconds. */

const UNITS: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1_000n,
  "\u00b5s": 1_000n,
  "\u03bcs": 1_000n,
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
  d: 86_400_000_000_000n,
  w: 604_800_000_000_000n,
};
const LARGEST = 2n ** 63n - 1n;
const PART = /(\d*)(?:\.(\d*))?([^\d.]+)/y;

/** `undefined` when the text is no duration, or one of over 104 days that is too fine for a number to hold. */
export function parseDuration(text: string): number | undefined {
  const [, sign, rest] = /^([-+]?)(.*)$/s.exec(text)!;
  if (rest === "0") return 0;
  if (rest === "") return undefined;
  let total = 0n;
  PART.lastIndex = 0;
  while (PART.lastIndex < rest!.length) {
    const part = PART.exec(rest!);
    if (part === null) return undefined;
    const length = partLength(part[1]!, part[2] ?? "", part[3]!);
    if (length === undefined) return undefined;
    total += length;
    if (total > LARGEST) return undefined;
  }
  const length = Number(total);
  if (BigInt(length) !== total) return undefined;
  return sign === "-" ? -length : length;
}

function partLength(whole: string, fraction: string, unitName: string): bigint | undefined {
  const unit = Object.hasOwn(UNITS, unitName) ? UNITS[unitName]! : undefined;
  if (unit === undefined || (whole === "" && fraction === "")) return undefined;
  let length = BigInt(whole === "" ? "0" : whole) * unit;
  if (fraction !== "") {
    // Floating point on purpose: so rounds Go.
    const digits = fraction.slice(0, 18);
    length += BigInt(Math.trunc(Number(digits) * (Number(unit) / 10 ** digits.length)));
  }
  return length;
}

/** As Go prints a duration, such as `1m1.5s`. */
export function formatDuration(nanoseconds: number): string {
  const total = BigInt(Math.trunc(nanoseconds));
  const size = total < 0n ? -total : total;
  const sign = total < 0n ? "-" : "";
  if (size === 0n) return "0s";
  if (size < UNITS["us"]!) return `${sign}${size}ns`;
  if (size < UNITS["ms"]!) return `${sign}${decimal(size, 3)}\u00b5s`;
  if (size < UNITS["s"]!) return `${sign}${decimal(size, 6)}ms`;
  const minutes = size / UNITS["m"]!;
  const seconds = `${decimal(size % UNITS["m"]!, 9)}s`;
  if (minutes === 0n) return sign + seconds;
  const hours = minutes / 60n;
  return sign + (hours === 0n ? "" : `${hours}h`) + `${minutes % 60n}m${seconds}`;
}

/** `value` divided by 10 to the power of `places`, without trailing zeros. */
function decimal(value: bigint, places: number): string {
  const scale = 10n ** BigInt(places);
  const fraction = String(value % scale).padStart(places, "0").replace(/0+$/, "");
  return fraction === "" ? String(value / scale) : `${value / scale}.${fraction}`;
}

/** The order of go-yaml for the keys of mappings: `a9` before `a10`, and signs before letters. */
export function compareNaturally(left: string, right: string): number {
  const [one, other] = [[...left], [...right]];
  const at = one.findIndex((char, index) => char !== other[index]);
  if (at === -1 || at >= other.length) return one.length - other.length;
  const [a, b] = [one[at]!, other[at]!];
  if (isLetter(a) && isLetter(b)) return compareCodes(a, b);
  const isBehindDigits = at > 0 && isDigit(one[at - 1]!);
  if (isLetter(a) || isLetter(b)) return (isBehindDigits ? isLetter(a) : isLetter(b)) ? -1 : 1;
  return compareNumbers(one, other, at) || compareCodes(a, b);
}

/** Of the digits from the first difference on; a zero counts as more than a leading one where the number has begun before. */
function compareNumbers(one: readonly string[], other: readonly string[], at: number): number {
  const hasZero = one[at] === "0" || other[at] === "0";
  const before = one.slice(0, at).join("").match(/\p{Nd}*$/u)![0];
  const begin = hasZero && /[^0]/.test(before) ? "1" : "0";
  const [a, b] = [one, other].map((chars) => chars.slice(at).join("").match(/^\p{Nd}*/u)![0]) as [
    string,
    string,
  ];
  const [left, right] = [BigInt(begin + a), BigInt(begin + b)];
  return left < right ? -1 : left > right ? 1 : a.length - b.length;
}

function compareCodes(a: string, b: string): number {
  return a.codePointAt(0)! - b.codePointAt(0)!;
}

function isLetter(char: string): boolean {
  return /\p{L}/u.test(char);
}

function isDigit(char: string): boolean {
  return /\p{Nd}/u.test(char);
}

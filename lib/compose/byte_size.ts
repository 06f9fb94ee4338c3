/** Sizes in bytes as Docker writes them: `64m`, `1.5gb`, `512 MiB`. Units are powers of 1024. */

const PREFIXES: Readonly<Record<string, number>> = {
  "": 1,
  k: 2 ** 10,
  m: 2 ** 20,
  g: 2 ** 30,
  t: 2 ** 40,
  p: 2 ** 50,
};
const SIZE = /^(\+?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?) ?(?:([kmgtp])(?:i?b)?|b)?$/i;

/** `undefined` when the text is no size. */
export function parseByteSize(text: string): number | undefined {
  const match = SIZE.exec(text);
  if (match === null) return undefined;
  const size = Math.trunc(Number(match[1]) * PREFIXES[(match[2] ?? "").toLowerCase()]!);
  return size < 2 ** 63 ? size : undefined;
}

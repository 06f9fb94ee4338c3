/** The name that was most likely meant; undefined when none is near. */
export function closestName(written: string, names: readonly string[]): string | undefined {
  const wanted = normalize(written);
  let closest: string | undefined;
  let least = Math.max(1, Math.floor(wanted.length / 3)) + 1;
  for (const name of names) {
    const distance = editDistance(wanted, normalize(name), least);
    if (distance < least) [closest, least] = [name, distance];
  }
  return closest;
}

/** `containerName` and `container-name` are near to `container_name`. */
function normalize(name: string): string {
  return name.replace(/([a-z])([A-Z])/g, "$1_$2").replaceAll("-", "_").toLowerCase();
}

/** How many letters to add, remove, change or swap. Stops counting at the limit. */
function editDistance(from: string, to: string, limit: number): number {
  if (Math.abs(from.length - to.length) >= limit) return limit;
  let beforeLast: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 1; i <= from.length; i++) {
    const row = [i];
    for (let j = 1; j <= to.length; j++) {
      const change = from[i - 1] === to[j - 1] ? 0 : 1;
      const swap = i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1]
        ? beforeLast[j - 2]! + 1
        : Infinity;
      row.push(Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + change, swap));
    }
    [beforeLast, last] = [last, row];
  }
  return last[to.length]!;
}

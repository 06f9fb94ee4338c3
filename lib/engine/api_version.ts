/** Engine 20.10. */
export const OLDEST_API = "1.41";
/** The newest that this program was written against. */
export const NEWEST_API = "1.51";
/** Engine 25: a container takes several networks when it is created, each with a MAC address. */
export const SEVERAL_NETWORKS = "1.44";

/** Below 0: `a` is older. */
function compareApiVersions(a: string, b: string): number {
  const [majorA = 0, minorA = 0] = a.split(".").map(Number);
  const [majorB = 0, minorB = 0] = b.split(".").map(Number);
  return majorA - majorB || minorA - minorB;
}

export function isBefore(version: string, other: string): boolean {
  return compareApiVersions(version, other) < 0;
}

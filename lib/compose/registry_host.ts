/** Docker Hub goes by several names. */
const HUB = ["docker.io", "index.docker.io", "registry-1.docker.io"];

/** One name for each registry, from an address such as `https://index.docker.io/v1/`, or from a host that is written in capitals. */
export function registryHost(address: string): string {
  const host = address.replace(/^https?:\/\//i, "").split("/")[0]!.toLowerCase();
  return HUB.includes(host) ? "docker.io" : host;
}

/** The kind of `extra_hosts`. */
import { cut, scalarText } from "./collection_kinds.ts";
import { compareUtf8, jsonList, jsonText } from "./go_json.ts";
import { hasNoKeys, type Kind, put } from "./kind.ts";
import { describe, extensionKey, mustBe, problemAt, type Spot, spotIn } from "./spot.ts";
import { isMapping } from "./value.ts";

/** `host: ip`, `host: [ip, ip]`, `- host=ip` or `- host:ip`. */
export const hostMap: Kind<Readonly<Record<string, readonly string[]>>> = {
  bind: (value, spot) => {
    const result: Record<string, string[]> = {};
    if (isMapping(value)) {
      for (const key of Object.keys(value)) {
        const item = value[key]!;
        const place = spotIn(spot, value, key);
        if (key.startsWith("x-")) throw extensionKey(place);
        const addresses = Array.isArray(item)
          ? item.map((each, index) => scalarText(each, spotIn(place, item, index)))
          : [item === null ? "" : scalarText(item, place)];
        addHost(result, key, addresses, place);
      }
    } else if (Array.isArray(value)) {
      value.forEach((item, index) => {
        const place = spotIn(spot, value, index);
        const line = scalarText(item, place);
        const [host, addresses] = cut(line, "=") ?? cut(line, ":") ?? [];
        if (host === undefined || addresses === undefined) {
          throw problemAt(
            place,
            `Extra host ${describe(place, line)} has no address`,
            "write it as `host=address`",
          );
        }
        addHost(result, host, addresses.split(","), place);
      });
    } else throw mustBe(spot, value, "a mapping or a list of host=address");
    return result;
  },
  write: (hosts) => jsonList(hostLines(hosts).sort(compareUtf8), jsonText),
  isEmpty: hasNoKeys,
};

/** `host=ip`, one for each address. */
function hostLines(hosts: Readonly<Record<string, readonly string[]>>): string[] {
  return Object.entries(hosts).flatMap(([host, addresses]) =>
    addresses.map((address) => `${host}=${address}`)
  );
}

function addHost(
  hosts: Record<string, string[]>,
  host: string,
  addresses: readonly string[],
  spot: Spot,
): void {
  if (host === "" || /[:=]/.test(host)) {
    throw problemAt(
      spot,
      `Extra host ${describe(spot, host)} has no valid name`,
      "write it as `host=address`",
    );
  }
  const known = Object.hasOwn(hosts, host) ? hosts[host]! : [];
  put(hosts, host, [...known, ...addresses.map(withoutBrackets)]);
}

function withoutBrackets(address: string): string {
  return address.length > 2 && address.startsWith("[") && address.endsWith("]")
    ? address.slice(1, -1)
    : address;
}

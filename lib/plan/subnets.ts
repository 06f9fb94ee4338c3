/** Whether two subnets, such as `10.1.0.0/16` and `fd00::/64`, have an address in common. What is no subnet has none. */
export function overlap(one: string, other: string): boolean {
  const [a, b] = [parseSubnet(one), parseSubnet(other)];
  if (a === undefined || b === undefined || a.bits !== b.bits) return false;
  const free = BigInt(a.bits - Math.min(a.length, b.length));
  return a.address >> free === b.address >> free;
}

interface Subnet {
  readonly address: bigint;
  /** Of the prefix. */
  readonly length: number;
  /** Of a whole address. */
  readonly bits: 32 | 128;
}

function parseSubnet(text: string): Subnet | undefined {
  const [address = "", prefix = "", ...more] = text.split("/");
  const bits = address.includes(":") ? 128 : 32;
  const length = /^\d+$/.test(prefix) ? Number(prefix) : NaN;
  if (more.length > 0 || !(length <= bits)) return undefined;
  const groups = bits === 32 ? ipv4Groups(address) : ipv6Groups(address);
  if (groups === undefined) return undefined;
  const width = bits === 32 ? 8n : 16n;
  return { address: groups.reduce((sum, group) => sum << width | BigInt(group), 0n), length, bits };
}

function ipv4Groups(address: string): number[] | undefined {
  const parts = address.split(".");
  if (parts.length !== 4 || !parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) < 256)) {
    return undefined;
  }
  return parts.map(Number);
}

function ipv6Groups(address: string): number[] | undefined {
  const [head = "", tail, ...more] = address.split("::");
  const [first, last] = [groupsOf(head), groupsOf(tail ?? "")];
  if (more.length > 0 || first === undefined || last === undefined) return undefined;
  const missing = 8 - first.length - last.length;
  if (tail === undefined ? missing !== 0 : missing < 1) return undefined;
  return [...first, ...Array<number>(missing).fill(0), ...last];
}

/** The last two may be written as an IPv4 address. */
function groupsOf(text: string): number[] | undefined {
  if (text === "") return [];
  const parts = text.split(":");
  const embedded = parts.at(-1)!.includes(".") ? ipv4Groups(parts.pop()!) : [];
  if (embedded === undefined || !parts.every((part) => /^[0-9a-f]{1,4}$/i.test(part))) return undefined;
  const [a = 0, b = 0, c = 0, d = 0] = embedded;
  return [
    ...parts.map((part) => parseInt(part, 16)),
    ...(embedded.length === 0 ? [] : [a * 256 + b, c * 256 + d]),
  ];
}

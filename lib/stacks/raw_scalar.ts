import { Locations } from "../compose/locations.ts";
import { Float, isMapping, type Value } from "../compose/value.ts";
import { parseYaml } from "../compose/yaml.ts";

/**
 * How a number or a boolean was written: `0755`, where its value is 493. `stack.yml` gives its variables as they are written.
 *
 * @param lines Lines of the file.
 * @param line Where the entry of this key stands; counts from 1.
 * @returns The value's usual text where the spelling cannot be told.
 */
export function rawScalar(
  key: string,
  value: Value,
  lines: readonly string[],
  line: number | undefined,
): string {
  const text = line === undefined ? "" : lines[line - 1] ?? "";
  const after = text.slice(text.indexOf(key) + key.length);
  const spelling = /^["']?\s*:\s+(?:[&!]\S+\s+)*([^\s#,}]+)/.exec(after)?.[1];
  return spelling !== undefined && isSame(parseScalar(spelling), value) ? spelling : String(value);
}

function parseScalar(text: string): Value | undefined {
  try {
    const content = parseYaml(`value: ${text}`, "", new Locations())[0]?.value;
    return isMapping(content) ? content["value"] : undefined;
  } catch {
    return undefined;
  }
}

function isSame(one: Value | undefined, other: Value): boolean {
  if (one instanceof Float && other instanceof Float) return Object.is(one.value, other.value);
  return one === other;
}

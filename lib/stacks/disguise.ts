/** Other values in place of secrets, to see where the secrets go. */
import type { StringMap } from "../compose/project.ts";

export interface Disguised<Result> {
  /** Of the load with other values. */
  readonly result: Result;
  /** What took the secrets' place. Those that have no other value are absent. */
  readonly values: StringMap;
}

/**
 * Loads with other values of the same make: letters stay letters and digits stay digits. Where the files make no sense with all of
 * them, as when a word must be a duration, each is tried alone, at last with its letters kept. `undefined` when nothing serves.
 */
export function loadDisguised<Result>(
  secrets: StringMap,
  load: (secrets: StringMap) => Result,
): Disguised<Result> | undefined {
  const attempt = (values: StringMap): Disguised<Result> | undefined => {
    try {
      return { values, result: load({ ...secrets, ...values }) };
    } catch {
      return undefined;
    }
  };
  return attempt(pick(secrets, otherOf)) ??
    attempt(
      pick(
        secrets,
        (value, name) =>
          FORMS.map((form) => value.replace(form, nextOf)).find((other) =>
            other !== value && attempt({ [name]: other }) !== undefined
          ) ?? value,
      ),
    );
}

const FORMS = [/[a-zA-Z1-9]/g, /[1-9]/g];

function otherOf(value: string): string {
  return value.replace(FORMS[0]!, nextOf);
}

function pick(secrets: StringMap, change: (value: string, name: string) => string): StringMap {
  return Object.fromEntries(
    Object.entries(secrets).map(([name, value]) => [name, change(value, name)] as const)
      .filter(([name, other]) => other !== secrets[name]),
  );
}

function nextOf(char: string): string {
  return NEXT.get(char)!;
}

const NEXT = new Map(
  ["abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "123456789"].flatMap((letters) =>
    [...letters].map((letter, index) => [letter, letters[(index + 1) % letters.length]!] as const)
  ),
);

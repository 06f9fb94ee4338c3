/** Kinds of lists and mappings that have a notation of their own. */
import { compareUtf8, jsonList, jsonMap, jsonText } from "./go_json.ts";
import { type BindNotes, hasNoKeys, type Kind, put } from "./kind.ts";
import type { StringMap } from "./project.ts";
import { text } from "./scalar_kinds.ts";
import { splitShellWords } from "./shell_words.ts";
import { describe, extensionKey, mustBe, problemAt, type Spot, spotIn } from "./spot.ts";
import { printValue } from "./print_value.ts";
import { isMapping, type Mapping, type Value } from "./value.ts";

/** A text, or a list of texts. Numbers are taken as they are written. */
export const textList: Kind<readonly string[]> = {
  bind: (value, spot) => {
    if (typeof value === "string") return [value];
    if (!Array.isArray(value)) throw mustBe(spot, value, "a text or a list of texts");
    return value.map((item, index) => scalarText(item, spotIn(spot, value, index)));
  },
  write: (items) => jsonList(items, jsonText),
  isEmpty: (items) => items.length === 0,
};

/** `command` and `entrypoint`. An empty one is not the same as none. */
export const shellCommand: Kind<readonly string[]> = {
  bind: (value, spot, notes) => {
    if (typeof value !== "string") return textList.bind(value, spot, notes);
    const words = splitShellWords(value);
    if (words === undefined) {
      throw problemAt(
        spot,
        `Cannot split ${describe(spot, value)} into words: a quote or a bracket is not closed`,
        "close it, or write the command as a list",
      );
    }
    return words;
  },
  write: textList.write,
  isEmpty: () => false,
  absent: "null",
};

export const healthcheckTest: Kind<readonly string[]> = {
  ...textList,
  bind: (value, spot, notes) =>
    typeof value === "string" ? ["CMD-SHELL", value] : textList.bind(value, spot, notes),
};

/** `key: value` or `- key=value`. A key without a value has an empty one. */
export const textMap: Kind<StringMap> = {
  bind: (value, spot, notes) => {
    const result: Record<string, string> = {};
    for (const [key, item] of pairs(value, spot, notes)) put(result, key, item ?? "");
    return result;
  },
  write: (map) => jsonMap(map, jsonText),
  isEmpty: hasNoKeys,
};

/** As `textMap`, written as a mapping only, and strict: only a whole number is a text. */
export const namedTexts: Kind<StringMap> = {
  ...textMap,
  bind: (value, spot, notes) => {
    if (!isMapping(value)) throw mustBe(spot, value, "a mapping");
    const result: Record<string, string> = {};
    for (const key of Object.keys(value)) {
      const place = spotIn(spot, value, key);
      if (key.startsWith("x-")) throw extensionKey(place);
      put(result, key, value[key] === null ? "" : text.bind(value[key]!, place, notes)!);
    }
    return result;
  },
};

/** Each option's values, of which there may be several. */
export const optionLists: Kind<Readonly<Record<string, readonly string[]>>> = {
  bind: (value, spot, notes) => {
    if (!isMapping(value)) throw mustBe(spot, value, "a mapping");
    const result: Record<string, readonly string[]> = {};
    for (const [key, item, place] of ownEntries(value, spot, notes)) {
      const items = Array.isArray(item)
        ? item.map((each, index) => scalarText(each, spotIn(place, item, index)))
        : [scalarText(item, place)];
      if (items.length > 0) put(result, key, items);
    }
    return result;
  },
  write: (map) => jsonMap(map, (items) => jsonList(items, jsonText)),
  isEmpty: hasNoKeys,
};

/** As `textMap`, but a key without a value stays without one. */
export const environmentMap: Kind<Readonly<Record<string, string | null>>> = {
  bind: (value, spot, notes) => {
    const result: Record<string, string | null> = {};
    for (const [key, item] of pairs(value, spot, notes)) {
      if (Array.isArray(value) && /\s$/.test(key)) {
        throw problemAt(
          spot,
          `The name of the environment variable "${key.trimEnd()}" ends with a space`,
          "remove the space before `=`",
        );
      }
      put(result, key, item);
    }
    return result;
  },
  write: (map) => jsonMap(map, (value) => value === null ? "null" : jsonText(value)),
  isEmpty: hasNoKeys,
};

/** The first occurrence of `separator` splits; `undefined` without one. */
export function cut(line: string, separator: string): [string, string] | undefined {
  const index = line.indexOf(separator);
  return index < 0 ? undefined : [line.slice(0, index), line.slice(index + separator.length)];
}

function pairs(value: Value, spot: Spot, notes: BindNotes): (readonly [string, string | null])[] {
  if (Array.isArray(value)) {
    return value.map((item, index) => {
      const line = scalarText(item, spotIn(spot, value, index));
      return cut(line, "=") ?? [line, null];
    });
  }
  if (!isMapping(value)) throw mustBe(spot, value, "a mapping or a list");
  return ownEntries(value, spot, notes).map(([key, item, place]) => [
    key,
    item === null ? null : scalarText(item, place),
  ]);
}

/**
 * The keys that begin with `x-` become one entry, as they do in `docker compose`, which takes them for extensions also where keys are
 * names of the user's own. Nobody can want that.
 */
function ownEntries(value: Mapping, spot: Spot, notes: BindNotes): [key: string, item: Value, place: Spot][] {
  const isExtension = (key: string) => key.startsWith("x-");
  const keys = Object.keys(value);
  const extensions = keys.filter(isExtension).sort(compareUtf8);
  const entries = keys.filter((key) => !isExtension(key)).map((
    key,
  ): [string, Value, Spot] => [key, value[key]!, spotIn(spot, value, key)]);
  if (extensions.length === 0) return entries;
  for (const key of extensions) notes.undeployable(extensionKey(spotIn(spot, value, key)));
  const text = extensions.map((key) => `${key}:${printValue(value[key]!)}`).join(" ");
  return [...entries, [EXTENSIONS, `map[${text}]`, spot]];
}

export const EXTENSIONS = "#extensions";

/** Any single value, as text. */
export function scalarText(value: Value, spot: Spot): string {
  if (typeof value === "boolean") return String(value);
  if (value === null || Array.isArray(value) || isMapping(value)) throw mustBe(spot, value, "a text");
  return String(value);
}

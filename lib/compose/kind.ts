/**
 * Kinds of attributes: how a value of the file becomes a value of the project, and how that is written for the config hash.
 * A shape (a struct's fields in their order) is made of kinds, so that reading and writing cannot drift apart.
 */
import type { ConfigurationError } from "../errors.ts";
import { jsonList, jsonMap, jsonText } from "./go_json.ts";
import { jsonValue } from "./json_value.ts";
import { SECRET_VALUE } from "./secret_value.ts";
import { extensionKey, mustBe, type Spot, spotIn } from "./spot.ts";
import { isMapping, type Mapping, type Value } from "./value.ts";

export interface Kind<T> {
  /** `undefined`: as if it were not set. */
  readonly bind: (value: Value, spot: Spot, notes: BindNotes) => T | undefined;
  readonly write: (value: T, form?: Form) => string;
  /** Values that count as not set. */
  readonly isEmpty: (value: T) => boolean;
  /** What is written where nothing is set; nothing by default. */
  readonly absent?: string;
}

/** `shown`: with the extensions, which count for no hash. */
export type Form = "hashed" | "shown";

/** Under this key a struct holds its own `x-…` attributes. */
const EXTENSIONS = Symbol("extensions");

export interface BindNotes {
  /** An attribute that nothing uses. */
  readonly unused: (spot: Spot) => void;
  /** What can be loaded and not carried out. */
  readonly undeployable: (problem: ConfigurationError) => void;
}

/** A kind whose every value counts as set, such as `init: false`. */
export function kept<T>(kind: Kind<T>): Kind<T> {
  return { ...kind, isEmpty: () => false };
}

/** A kind whose `true` counts as not set. */
export function optOut(kind: Kind<boolean>): Kind<boolean> {
  return { ...kind, isEmpty: (value) => value };
}

/** A kind that is understood, since it counts for the config hash, and that a single engine has no use for. */
export function withoutEffect<T>(kind: Kind<T>): Kind<T> {
  return {
    ...kind,
    bind: (value, spot, notes) => {
      notes.unused(spot);
      return kind.bind(value, spot, notes);
    },
  };
}

/** A kind whose extensions the reference forgets. */
export function hidingExtensions<T>(kind: Kind<T>): Kind<T> {
  return { ...kind, write: (value) => kind.write(value) };
}

/** A kind that is written also where it is not set. */
export function written<T>(kind: Kind<T>, absent: string): Kind<T> {
  return { ...kind, isEmpty: () => false, absent };
}

export function list<T>(item: Kind<T>): Kind<readonly T[]> {
  return {
    bind: (value, spot, notes) => {
      if (!Array.isArray(value)) throw mustBe(spot, value, "a list");
      return value.map((each, index) => {
        const place = spotIn(spot, value, index);
        const bound = each === null ? undefined : item.bind(each, place, notes);
        if (bound === undefined) throw mustBe(place, each, "a value");
        return bound;
      });
    },
    write: (items, form) => jsonList(items, (each) => item.write(each, form)),
    isEmpty: (items) => items.length === 0,
  };
}

/** A mapping with names of the user's own as keys. Entries that hold nothing are left out. */
export function named<T>(entry: Kind<T>): Kind<Readonly<Record<string, T>>> {
  return {
    bind: (value, spot, notes) => {
      if (!isMapping(value)) throw mustBe(spot, value, "a mapping");
      const result: Record<string, T> = {};
      for (const key of Object.keys(value)) {
        const bound = value[key] === null
          ? undefined
          : entry.bind(value[key]!, spotIn(spot, value, key), notes);
        if (bound !== undefined) put(result, key, bound);
      }
      return result;
    },
    write: (map, form) => jsonMap(map, (each) => entry.write(each, form)),
    isEmpty: hasNoKeys,
  };
}

/** As `named`, but an entry may be empty: it becomes `null`. */
export function namedOrNull<T>(entry: Kind<T>): Kind<Readonly<Record<string, T | null>>> {
  return {
    bind: (value, spot, notes) => {
      if (!isMapping(value)) throw mustBe(spot, value, "a mapping");
      const result: Record<string, T | null> = {};
      for (const key of Object.keys(value)) {
        const place = spotIn(spot, value, key);
        if (key.startsWith("x-")) throw extensionKey(place);
        put(result, key, value[key] === null ? null : entry.bind(value[key]!, place, notes) ?? null);
      }
      return result;
    },
    write: (map, form) => jsonMap(map, (value) => value === null ? "null" : entry.write(value, form)),
    isEmpty: hasNoKeys,
  };
}

/** A struct's fields, in the order of their declaration in the reference: that of the config hash. */
export type Fields<T> = { readonly [K in keyof T]-?: Kind<Exclude<T[K], undefined>> };

export function shape<T extends object>(fields: Fields<T>): Kind<T> {
  const entries = Object.entries(fields) as [string, Kind<unknown>][];
  const known = new Set(entries.map(([key]) => key));
  return {
    bind: (value, spot, notes) => {
      if (!isMapping(value)) throw mustBe(spot, value, "a mapping");
      const result: Record<string | symbol, unknown> = {};
      for (const [key, kind] of entries) {
        const held = value[key];
        if (held === undefined || held === null) continue;
        const bound = kind.bind(held, spotIn(spot, value, key), notes);
        if (bound !== undefined && !kind.isEmpty(bound)) result[key] = bound;
      }
      reportUnused(value, known, spot, notes);
      const extensions = extensionsOf(value);
      if (!hasNoKeys(extensions)) result[EXTENSIONS] = extensions;
      return result as T;
    },
    write: (struct, form) => {
      const parts: string[] = [];
      for (const [key, kind] of entries) {
        const held = (struct as Readonly<Record<string, unknown>>)[key];
        const text = held === undefined || kind.isEmpty(held)
          ? kind.absent
          : held === null
          ? "null"
          : kind.write(held, form);
        if (text !== undefined) parts.push(`"${key}":${text}`);
      }
      if (form === "shown" && EXTENSIONS in struct) {
        const extensions = struct[EXTENSIONS] as Mapping;
        for (const key of Object.keys(extensions)) {
          parts.push(`${jsonText(key)}:${jsonValue(extensions[key]!)}`);
        }
      }
      return `{${parts.join(",")}}`;
    },
    isEmpty: () => false,
  };
}

/** The `x-…` keys of a mapping. */
export function extensionsOf(value: Mapping): Readonly<Record<string, Value>> {
  const keys = Object.keys(value).filter((key) => key.startsWith("x-") && key !== SECRET_VALUE);
  return Object.fromEntries(keys.map((key) => [key, value[key]!]));
}

function reportUnused(value: Mapping, known: ReadonlySet<string>, spot: Spot, notes: BindNotes): void {
  for (const key of Object.keys(value)) {
    if (!known.has(key) && !key.startsWith("x-")) notes.unused(spotIn(spot, value, key));
  }
}

export function hasNoKeys(map: object): boolean {
  return Object.keys(map).length === 0;
}

/** Sets an entry whatever its name, `__proto__` included. */
export function put<T>(map: Record<string, T>, key: string, value: T): void {
  if (key !== "__proto__") map[key] = value;
  else Object.defineProperty(map, key, { value, enumerable: true, configurable: true, writable: true });
}

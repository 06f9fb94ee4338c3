/** Lays one document over another, as the specification's rules for override files say. */
import { compareUtf8 } from "./go_json.ts";
import { mergeIpamPools } from "./merge_ipam.ts";
import { mustBe, problemAt, rootSpot, type Spot, spotIn } from "./spot.ts";
import type { Locations } from "./locations.ts";
import { printValue } from "./print_value.ts";
import { isMapping, type Mapping, newMapping, type Value } from "./value.ts";

/** Changes `base`. */
export function mergeDocument(base: Mapping, over: Mapping, locations: Locations): void {
  for (const key of Object.keys(over)) {
    mergeEntry(base, over, key, ruleOf(RULES, key), rootSpot(locations, over, key));
  }
}

/** Lays a service over the one that it extends. Changes `base`. */
export function mergeService(base: Mapping, over: Mapping, spot: Spot): Mapping {
  return mergeMappings(base, over, spot, RULES["services"]!.every);
}

export type Merge = (base: Value, over: Value, spot: Spot, rule: Rule | undefined) => Value;

interface Rule {
  readonly merge?: Merge;
  readonly entries?: Readonly<Record<string, Rule>>;
  /** The rule of every entry, where the keys are names of the user's own. */
  readonly every?: Rule;
}

const sequence: Rule = { merge: mergeSequences };
const replaced: Rule = { merge: (_base, over) => over };

const RULES: Readonly<Record<string, Rule>> = {
  networks: {
    every: { entries: { labels: sequence, ipam: { entries: { config: { merge: mergeIpamPools } } } } },
  },
  volumes: { every: { entries: { labels: sequence } } },
  services: {
    every: {
      entries: {
        annotations: sequence,
        build: {
          merge: mergeBuild,
          entries: {
            additional_contexts: sequence,
            args: sequence,
            extra_hosts: { merge: mergeExtraHosts },
            labels: sequence,
          },
        },
        command: replaced,
        depends_on: { merge: mergeByName(newDependency) },
        deploy: { entries: { labels: sequence } },
        dns: sequence,
        dns_opt: sequence,
        dns_search: sequence,
        entrypoint: replaced,
        env_file: sequence,
        environment: sequence,
        extra_hosts: { merge: mergeExtraHosts },
        healthcheck: { entries: { test: replaced } },
        label_file: sequence,
        labels: sequence,
        logging: { merge: mergeLogging },
        models: { merge: mergeByName(() => null) },
        networks: { merge: mergeByName(() => null) },
        sysctls: sequence,
        tmpfs: sequence,
        ulimits: { every: replaced },
      },
    },
  },
};

function ruleOf(rules: Readonly<Record<string, Rule>> | undefined, key: string): Rule | undefined {
  return rules !== undefined && Object.hasOwn(rules, key) ? rules[key] : undefined;
}

function mergeEntry(base: Mapping, over: Mapping, key: string, rule: Rule | undefined, spot: Spot): void {
  const { locations } = spot;
  if (!(key in base)) base[key] = over[key]!;
  else {
    const kept = base[key]!;
    const merged = (rule?.merge ?? mergeValues)(kept, over[key]!, spot, rule);
    if (merged === kept) return;
    base[key] = merged;
    if (isMapping(merged) && isMapping(kept)) locations.adopt(kept, merged);
  }
  locations.copy(over, key, base, key);
}

function mergeValues(base: Value, over: Value, spot: Spot, rule: Rule | undefined): Value {
  if (over === null) return base;
  if (isMapping(base)) {
    if (!isMapping(over)) throw cannotOverride(spot, "a mapping");
    return mergeMappings(base, over, spot, rule);
  }
  if (Array.isArray(base)) {
    if (!Array.isArray(over)) throw cannotOverride(spot, "a list");
    return concatenate(base, over, spot);
  }
  return over;
}

export function mergeMappings(base: Mapping, over: Mapping, spot: Spot, rule: Rule | undefined): Mapping {
  for (const key of Object.keys(over)) {
    mergeEntry(base, over, key, ruleOf(rule?.entries, key) ?? rule?.every, spotIn(spot, over, key));
  }
  return base;
}

function concatenate(base: Value[], over: readonly Value[], spot: Spot): Value[] {
  const result = [...base, ...over];
  spot.locations.adopt(base, result);
  over.forEach((_, index) => spot.locations.copy(over, index, result, base.length + index));
  return result;
}

/** Both as lists of `key=value`, one after the other; which of two entries for a key counts is decided later: the last. */
function mergeSequences(base: Value, over: Value, spot: Spot): Value {
  return concatenate(toSequence(base, spot), toSequence(over, spot), spot);
}

/** Lists of hosts are appended; an entry that is there already is not repeated. */
function mergeExtraHosts(base: Value, over: Value, spot: Spot): Value {
  const hosts = toSequence(base, spot);
  return concatenate(hosts, toSequence(over, spot).filter((host) => !hosts.includes(host)), spot);
}

function toSequence(value: Value, spot: Spot): Value[] {
  if (Array.isArray(value)) return value;
  if (typeof value === "string") return [value];
  if (!isMapping(value)) return [];
  const lines = Object.keys(value).flatMap((key) => {
    const item = value[key]!;
    if (item === null) return [{ key, line: key }];
    const items = Array.isArray(item) ? item : [item];
    return items.map((each) => ({ key, line: `${key}=${printValue(each)}` }));
  }).sort((a, b) => compareUtf8(a.line, b.line));
  const result = lines.map(({ line }) => line);
  lines.forEach(({ key }, index) => spot.locations.copy(value, key, result, index));
  return result;
}

/** A text stands for a mapping with that context. */
function mergeBuild(base: Value, over: Value, spot: Spot, rule: Rule | undefined): Value {
  if (over === null) return base;
  const [under, upper] = [base, over].map((each) => typeof each === "string" ? toBuild(each, spot) : each);
  if (!isMapping(under) || !isMapping(upper)) {
    throw cannotOverride(spot, "a mapping or the path of a context");
  }
  return mergeMappings(under, upper, spot, rule);
}

function toBuild(context: string, spot: Spot): Mapping {
  const build = newMapping();
  build["context"] = context;
  spot.locations.copy(spot.container, spot.key, build, "context");
  return build;
}

/** Options of two different drivers are not mixed. */
function mergeLogging(base: Value, over: Value, spot: Spot): Value {
  if (!isMapping(base) || !isMapping(over)) return mergeValues(base, over, spot, undefined);
  const mixed = "driver" in base && "driver" in over && base["driver"] !== over["driver"];
  return mixed ? over : mergeMappings(base, over, spot, undefined);
}

/** A list of names stands for a mapping with these names as keys. */
function mergeByName(newEntry: () => Value): Merge {
  return (base, over, spot) =>
    mergeMappings(toMapping(base, newEntry, spot), toMapping(over, newEntry, spot), spot, undefined);
}

function toMapping(value: Value, newEntry: () => Value, spot: Spot): Mapping {
  if (isMapping(value)) return value;
  const result = newMapping();
  if (!Array.isArray(value)) return result;
  value.forEach((name, index) => {
    if (typeof name !== "string") throw mustBe(spotIn(spot, value, index), name, "a name");
    result[name] = newEntry();
    spot.locations.copy(value, index, result, name);
  });
  return result;
}

export function newDependency(): Mapping {
  return Object.assign(newMapping(), { condition: "service_started", required: true });
}

function cannotOverride(spot: Spot, what: string): Error {
  return problemAt(
    spot,
    `Cannot lay this over ${what} of the file before`,
    `write it as ${what}, or use !override`,
  );
}

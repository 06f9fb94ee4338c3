import { ConfigurationError } from "../../errors.ts";
import type { Locations } from "../locations.ts";
import { formatPath } from "../path.ts";
import { isMapping, type Mapping, type Value } from "../value.ts";
import { closestName } from "./closest_name.ts";
import { describe, show } from "./describe.ts";
import { document } from "./document.ts";
import type { AttributesRule, ListRule, NamesRule, Rule, ScalarRule } from "./rule.ts";
import { identityOf, typesOf } from "./value_types.ts";

/** Every mistake against the Compose specification, each with its place. The document: merged, with its short forms. */
export function validateSchema(dict: Mapping, locations: Locations): ConfigurationError[] {
  const root: Place = { parent: undefined, container: newRoot(dict), key: "" };
  const check: Check = { locations, problems: [] };
  apply(document, dict, root, check);
  return check.problems;
}

interface Check {
  readonly locations: Locations;
  readonly problems: ConfigurationError[];
}

/** An entry of a mapping or a list. */
interface Place {
  readonly parent: Place | undefined;
  readonly container: Mapping | Value[];
  readonly key: string | number;
}

function newRoot(dict: Mapping): Mapping {
  return { "": dict };
}

function apply(rule: Rule, value: Value, place: Place, check: Check): void {
  switch (rule.is) {
    case "choice":
      return applyChoice(rule.options, value, place, check);
    case "scalar":
      return applyScalar(rule, value, place, check);
    case "list":
      if (!Array.isArray(value)) return report(rule, value, place, check);
      return applyList(rule, value, place, check);
    case "names":
      if (!isMapping(value)) return report(rule, value, place, check);
      return applyNames(rule, value, place, check);
    case "attributes":
      if (!isMapping(value)) return report(rule, value, place, check);
      return applyAttributes(rule, value, place, check);
  }
}

function applyChoice(options: readonly Rule[], value: Value, place: Place, check: Check): void {
  const fitting = options.find((option) => acceptsType(option, value));
  if (fitting === undefined) report({ is: "choice", options } as Rule, value, place, check);
  else apply(fitting, value, place, check);
}

function acceptsType(rule: Rule, value: Value): boolean {
  switch (rule.is) {
    case "scalar":
      return typesOf(value).some((type) => rule.types.includes(type));
    case "list":
      return Array.isArray(value);
    case "names":
    case "attributes":
      return isMapping(value);
    default:
      return true;
  }
}

function applyScalar(rule: ScalarRule, value: Value, place: Place, check: Check): void {
  if (!acceptsType(rule, value) || !isWithin(rule, value)) report(rule, value, place, check);
}

function isWithin({ minimum, maximum, values, pattern }: ScalarRule, value: Value): boolean {
  if (typeof value === "string") {
    return (values === undefined || values.includes(value)) && (pattern === undefined || pattern.test(value));
  }
  if (minimum === undefined && maximum === undefined) return true;
  const number = Number(value);
  return (minimum === undefined || number >= minimum) && (maximum === undefined || number <= maximum);
}

function applyList(rule: ListRule, items: Value[], place: Place, check: Check): void {
  const seen = new Map<string, number>();
  items.forEach((item, index) => {
    const itemPlace = { parent: place, container: items, key: index };
    apply(rule.items, item, itemPlace, check);
    if (!rule.unique) return;
    const identity = identityOf(item);
    if (!seen.has(identity)) seen.set(identity, index);
    else {add(
        `${shown(item, itemPlace, check)} is there twice in ${nameOf(place)}`,
        "remove one of the two",
        itemPlace,
        check,
      );}
  });
}

function applyNames(rule: NamesRule, mapping: Mapping, place: Place, check: Check): void {
  for (const key of Object.keys(mapping)) {
    const entry = { parent: place, container: mapping, key };
    if (rule.pattern.test(key)) apply(rule.values, mapping[key]!, entry, check);
    else if (rule.closed) {
      add(
        `"${key}" is not a valid name in ${nameOf(place)}`,
        "use letters, digits, . _ and - only",
        entry,
        check,
      );
    }
  }
}

function applyAttributes(rule: AttributesRule, mapping: Mapping, place: Place, check: Check): void {
  for (const key of Object.keys(mapping)) {
    const entry = { parent: place, container: mapping, key };
    const attribute = rule.attributes.get(key);
    if (attribute !== undefined) apply(attribute, mapping[key]!, entry, check);
    else if (rule.others === "none" || (rule.others === "extensions" && !key.startsWith("x-"))) {
      add(`Unknown attribute "${key}"`, unknownHint(key, rule), entry, check);
    }
  }
  for (const key of rule.required) {
    if (key in mapping) continue;
    add(`${nameOf(place)} has no "${key}"`, `add "${key}: …"`, place, check);
  }
}

function unknownHint(key: string, rule: AttributesRule): string {
  const known = [...rule.attributes.keys()];
  const closest = closestName(key, known);
  if (closest !== undefined) return `did you mean "${closest}"?`;
  return known.length <= 12 ? `known here: ${known.join(", ")}` : "remove it, or mend its spelling";
}

function report(rule: Rule, value: Value, place: Place, check: Check): void {
  const wanted = describe(rule);
  add(
    `${nameOf(place)} must be ${wanted}, not ${shown(value, place, check)}`,
    `write ${wanted}`,
    place,
    check,
  );
}

function shown(value: Value, place: Place, { locations }: Check): string {
  return show(locations.find(place.container, place.key)?.text ?? value);
}

function nameOf(place: Place): string {
  if (place.parent === undefined) return "the file";
  return typeof place.key === "number" ? `${nameOf(place.parent)}[${place.key}]` : place.key;
}

function add(message: string, hint: string, place: Place, check: Check): void {
  check.problems.push(
    new ConfigurationError(message, {
      hint,
      path: pathOf(place),
      location: locationOf(place, check.locations),
    }),
  );
}

function pathOf(place: Place): string | undefined {
  const path: (string | number)[] = [];
  for (let each = place; each.parent !== undefined; each = each.parent) path.unshift(each.key);
  return path.length === 0 ? undefined : formatPath(path);
}

/** The entry's own line, else that of the nearest one around it. */
function locationOf(place: Place, locations: Locations) {
  for (let each: Place | undefined = place; each !== undefined; each = each.parent) {
    const location = locations.find(each.container, each.key);
    if (location !== undefined) return location;
  }
  return undefined;
}

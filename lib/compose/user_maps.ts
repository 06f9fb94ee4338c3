/** Mappings whose keys the owner of a file chose, by the attribute that holds them. All others have the keys of the specification. */
const USER_MAPS: ReadonlySet<string> = new Set([
  "services",
  "networks",
  "volumes",
  "secrets",
  "configs",
  "models",
  "additional_contexts",
  "annotations",
  "args",
  "aux_addresses",
  "depends_on",
  "driver_opts",
  "environment",
  "labels",
  "options",
  "storage_opt",
  "sysctls",
  "ulimits",
]);

/** What the keys of a mapping are: names of the owner's, attributes, or anything at all, as below `x-…`. */
export type KeyKind = "names" | "attributes" | "free";

/** Of the mapping that an entry holds; `parent`: of the mapping that the entry is in. */
export function keyKindOf(key: string, parent: KeyKind): KeyKind {
  if (parent === "free" || (parent === "attributes" && key.startsWith("x-"))) return "free";
  return parent === "attributes" && USER_MAPS.has(key) ? "names" : "attributes";
}

/** Of the mappings in a list: those of `volumes` or `configs` of a service have attributes. */
export function keyKindIn(list: KeyKind): KeyKind {
  return list === "names" ? "attributes" : list;
}

import type { SopsMap, SopsValue } from "./tree.ts";

/** Grows a tree of names such as `age__list_0__map_enc`, in which formats without nesting hold the metadata. */
export function unflatten(entries: readonly (readonly [string, SopsValue])[]): SopsMap {
  const root: SopsMap = { type: "map", entries: [] };
  for (const [name, value] of entries) {
    const steps = name.split(/(?=__map_|__list_)/);
    let at: SopsValue = root;
    steps.forEach((step, index) => {
      const last = index === steps.length - 1;
      const isList = steps[index + 1]?.startsWith("__list_") ?? false;
      const made: SopsValue = last
        ? value
        : isList
        ? { type: "list", items: [] }
        : { type: "map", entries: [] };
      at = descend(at, step, made, last);
    });
  }
  return root;
}

/** Far more keys than a file has. */
const LONGEST_LIST = 1000;

function descend(at: SopsValue, step: string, made: SopsValue, last: boolean): SopsValue {
  if (at.type === "list" && step.startsWith("__list_")) {
    const index = Number(step.slice("__list_".length));
    if (!(index >= 0 && index < LONGEST_LIST)) return made;
    return at.items[index] ??= made;
  }
  if (at.type !== "map") return made;
  const key = step.replace(/^__map_/, "");
  const known = at.entries.find((entry) => entry.type === "pair" && entry.key === key);
  if (known?.type === "pair" && !last) return known.value;
  at.entries.push({ type: "pair", key, value: made });
  return made;
}

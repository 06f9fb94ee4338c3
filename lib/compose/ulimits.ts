/** The kind of `ulimits`. */
import { EXTENSIONS } from "./collection_kinds.ts";
import { type Kind, named } from "./kind.ts";
import type { Ulimit } from "./project.ts";
import { integer } from "./scalar_kinds.ts";
import { extensionKey, mustBe, spotIn } from "./spot.ts";
import { isMapping, newMapping } from "./value.ts";

/** A text is one where a variable has made it, and stays one in a `build`: there the reference refuses it. */
const limit: Kind<number> = {
  ...integer,
  bind: (value, spot, notes) => {
    if (typeof value === "number" || typeof value === "bigint") return integer.bind(value, spot, notes);
    throw mustBe(spot, value, "a whole number");
  },
};

const ulimit: Kind<number | Ulimit> = {
  bind: (value, spot, notes) => {
    if (!isMapping(value)) return limit.bind(value, spot, notes);
    const [soft, hard] = ["soft", "hard"].map((key) =>
      value[key] === undefined || value[key] === null
        ? 0
        : limit.bind(value[key]!, spotIn(spot, value, key), notes)!
    );
    return { ...(soft === 0 ? {} : { soft: soft! }), ...(hard === 0 ? {} : { hard: hard! }) };
  },
  write: (limit) => {
    if (typeof limit === "number") return limit === 0 ? "{}" : String(limit);
    const parts = (["soft", "hard"] as const).filter((key) => (limit[key] ?? 0) !== 0);
    return `{${parts.map((key) => `"${key}":${limit[key]}`).join(",")}}`;
  },
  isEmpty: () => false,
};

const limits = named(ulimit);

/** Names that begin with `x-` become a limit of nothing. */
export const ulimits: typeof limits = {
  ...limits,
  bind: (value, spot, notes) => {
    if (!isMapping(value)) throw mustBe(spot, value, "a mapping");
    const [extensions, own] = [true, false].map((wanted) =>
      Object.keys(value).filter((key) => key.startsWith("x-") === wanted)
    );
    for (const key of extensions!) notes.undeployable(extensionKey(spotIn(spot, value, key)));
    const kept = newMapping();
    for (const key of own!) kept[key] = value[key]!;
    if (extensions!.length > 0) kept[EXTENSIONS] = newMapping();
    spot.locations.adopt(value, kept);
    return limits.bind(kept, spot, notes);
  },
};

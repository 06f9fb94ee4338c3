/** Pairs of fragments, one laid over the other in every way that Compose has: as files of a project that holds many of them. */
import fc from "fast-check";
import type { ProjectFiles } from "./reference.ts";
import { CONFIG, NETWORK, SECRET, SERVICE, VOLUME } from "./fragments.ts";

const WAYS = ["override", "extends", "extendsFile", "include", "document"] as const;
type Way = typeof WAYS[number];

type Fragment = Readonly<Record<string, unknown>>;

export interface MergePair {
  readonly section: "services" | "networks" | "volumes" | "configs" | "secrets";
  readonly way: Way;
  readonly base: Fragment;
  readonly over: Fragment;
  /** The attributes of `over` that have a tag. */
  readonly tags: Readonly<Record<string, "!reset" | "!override">>;
}

const SECTIONS = [
  { section: "services", weight: 12, attributes: SERVICE },
  { section: "networks", weight: 2, attributes: NETWORK },
  { section: "volumes", weight: 1, attributes: VOLUME },
  { section: "configs", weight: 1, attributes: CONFIG },
  { section: "secrets", weight: 1, attributes: SECRET },
] as const;

export const mergePair: fc.Arbitrary<MergePair> = fc.oneof(
  ...SECTIONS.map(({ section, weight, attributes }) => ({
    weight,
    arbitrary: fc.subarray(Object.keys(attributes), { minLength: 1, maxLength: 3 }).chain((names) =>
      fc.record({
        section: fc.constant(section),
        way: fc.constantFrom(...WAYS.filter((way) => section === "services" || !way.startsWith("extends"))),
        base: fragment(attributes, names),
        over: fragment(attributes, names),
        tags: fc.dictionary(fc.constantFrom(...names), fc.constantFrom("!reset", "!override"), { maxKeys: 1 })
          .chain((tags) => fc.constantFrom({}, {}, {}, tags)),
      })
    ),
  })),
) as fc.Arbitrary<MergePair>;

function fragment(
  attributes: Readonly<Record<string, fc.Arbitrary<unknown>>>,
  names: readonly string[],
): fc.Arbitrary<Fragment> {
  const fields = Object.fromEntries(names.map((name) => [name, attributes[name]!]));
  return fc.record(fields, { requiredKeys: [] }) as fc.Arbitrary<Fragment>;
}

export const STACK = "deep/stack";
export const CONFIG_FILES = [`${STACK}/compose.yml`, `${STACK}/compose.override.yml`];

/** The first document of `compose.yml` knows what all pairs may name. */
export function filesOf(pairs: readonly MergePair[]): ProjectFiles {
  const files: Record<"main" | "second" | "override" | "base" | "included", Sections> = {
    main: standing(),
    second: {},
    override: {},
    base: {},
    included: {},
  };
  pairs.forEach((pair, index) => addPair(files, pair, index));
  const included = Object.keys(files.included).length > 0;
  return {
    [CONFIG_FILES[0]!]: `name: generated\n${included ? "include: [sub/included.yml]\n" : ""}${
      yaml(files.main)
    }---\n${yaml(files.second)}`,
    [CONFIG_FILES[1]!]: yaml(files.override),
    [`${STACK}/sub/base.yml`]: yaml(files.base),
    [`${STACK}/sub/included.yml`]: yaml(files.included),
    ...Object.fromEntries(
      ["", "sub/"].flatMap((folder) =>
        Object.entries(BESIDE).map(([name, text]) => [`${STACK}/${folder}${name}`, text])
      ),
    ),
  };
}

const BESIDE = {
  "a.env": "E=1\nA='two $X'\n",
  "b.env": 'E=2\nB="x"\n',
  "a.labels": "l=1\nA=2\n",
  "b.labels": "l=3\n",
  "f": "content",
};

/** Entries by section: their YAML in one line. */
type Sections = Record<string, Record<string, string>>;

/** `where` tells where the reference works: in a temporary folder, which is also the home. */
function standing(): Sections {
  const empty = { one: "{}", two: "{}" };
  const files = { one: '{"file": "./f"}', two: '{"file": "./f"}' };
  return {
    services: {
      db: '{"image": "db"}',
      cache: '{"image": "cache"}',
      where: '{"image": "x", "volumes": ["./where:/where"]}',
    },
    networks: { ...empty },
    volumes: { named: "{}", other: "{}" },
    secrets: { ...files },
    configs: { ...files },
  };
}

function addPair(
  files: Record<"main" | "second" | "override" | "base" | "included", Sections>,
  { section, way, base, over, tags }: MergePair,
  index: number,
): void {
  const name = `${section}${index}`;
  const put = (file: keyof typeof files, entry: string, text: string): void => {
    (files[file][section] ??= {})[entry] = text;
  };
  if (section !== "services") {
    // Only what is used is shown.
    const use = { networks: "networks", volumes: "volumes", configs: "configs", secrets: "secrets" }[section];
    const used = section === "volumes" ? `${name}:/t` : name;
    files.main["services"]![name] = `{"image": "x", "${use}": ["${used}"]}`;
  }
  const whole = section === "services" ? { image: "x", ...base } : base;
  if (way === "override") {
    put("main", name, flow(whole));
    put("override", name, flow(over, tags));
  } else if (way === "document") {
    put("main", name, flow(whole));
    put("second", name, flow(over, tags));
  } else if (way === "include") {
    put("included", name, flow(whole));
    put("override", name, flow(over, tags));
  } else {
    const file = way === "extends" ? "main" : "base";
    put(file, `base${index}`, flow(whole));
    const reference = { service: `base${index}`, ...(file === "base" ? { file: "sub/base.yml" } : {}) };
    put("main", name, flow({ extends: reference, ...over }, tags));
  }
}

/** YAML in one line; JSON but for the tags. */
function flow(fragment: Fragment, tags: MergePair["tags"] = {}): string {
  const entries = Object.entries(fragment).map(([key, value]) => {
    const tag = tags[key] === undefined ? "" : `${tags[key]} `;
    return `${JSON.stringify(key)}: ${tag}${JSON.stringify(value)}`;
  });
  return `{${entries.join(", ")}}`;
}

function yaml(sections: Sections): string {
  const text = Object.entries(sections).map(([section, entries]) =>
    `${section}:\n${Object.entries(entries).map(([name, entry]) => `  ${name}: ${entry}\n`).join("")}`
  ).join("");
  return text === "" ? "services: {}\n" : text;
}

/** The short notation of a service's mount: `[source:]target[:options]`. */
import { cleanPath } from "./clean_path.ts";
import { describe, problemAt, type Spot } from "./spot.ts";
import { type Mapping, newMapping } from "./value.ts";

interface VolumeSpec {
  readonly source: string | undefined;
  readonly target: string | undefined;
  readonly options: readonly string[];
}

const BIND_OPTIONS: Readonly<Record<string, string>> = {
  z: "selinux",
  Z: "selinux",
  rprivate: "propagation",
  private: "propagation",
  rshared: "propagation",
  shared: "propagation",
  rslave: "propagation",
  slave: "propagation",
};

/** The long notation of `text`. Unknown options are ignored, as `docker compose` does, and told to `ignored`. */
export function expandVolume(text: string, spot: Spot, ignored: (option: string) => void): Mapping {
  const { source, target, options } = parseVolumeSpec(text, spot);
  const long = newMapping();
  // So short a text is taken as a target without being looked at.
  if (text.length <= 2) return Object.assign(long, { type: "volume", target: cleanPath(text) });
  const bind = newMapping();
  const volume = newMapping();
  for (const option of options) {
    const attribute = Object.hasOwn(BIND_OPTIONS, option) ? BIND_OPTIONS[option] : undefined;
    if (option === "ro" || option === "rw") long["read_only"] = option === "ro";
    else if (option === "nocopy") volume["nocopy"] = true;
    else if (attribute !== undefined) bind[attribute] = option;
    else ignored(option);
  }
  if (source !== undefined) long["source"] = source;
  if (target !== undefined) long["target"] = cleanPath(target);
  const isBind = isFilePath(source ?? "");
  long["type"] = isBind ? "bind" : "volume";
  // Docker's old promise: the short notation creates a folder that is not there.
  if (isBind) bind["create_host_path"] = true;
  if (isBind || Object.keys(bind).length > 0) long["bind"] = bind;
  if (!isBind || "nocopy" in volume) long["volume"] = volume;
  return long;
}

export function parseVolumeSpec(text: string, spot: Spot): VolumeSpec {
  if (text === "") {
    throw problemAt(spot, "The volume is empty", "remove it, or write it as source:target:options");
  }
  if (text.length <= 2) return { source: undefined, target: text, options: [] };
  const sections = sectionsOf(text);
  if (sections === undefined) {
    throw problemAt(
      spot,
      `Volume ${describe(spot, text)} has a \${ without its }`,
      "close it, or double the dollar sign",
    );
  }
  if (sections.some((section) => section === "")) {
    throw problemAt(
      spot,
      `Volume ${describe(spot, text)} has an empty section between its colons`,
      "write it as source:target:options",
    );
  }
  if (sections.length === 1) return { source: undefined, target: sections[0], options: [] };
  if (sections.length > 3) {
    throw problemAt(
      spot,
      `Volume ${describe(spot, text)} has too many colons`,
      "write it as source:target:options",
    );
  }
  return { source: sections[0], target: sections[1], options: sections[2]?.split(",") ?? [] };
}

/** At the colons; but for the one of a Windows drive, and those inside a `${…}` that was escaped. */
function sectionsOf(text: string): string[] | undefined {
  const sections: string[] = [];
  let section = "";
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    const char = text[i]!;
    if (char === "$" && text[i + 1] === "{") depth++;
    else if (char === "}" && depth > 0) depth--;
    else if (char === ":" && depth === 0 && !/^\p{L}$/u.test(section)) {
      sections.push(section);
      section = "";
      continue;
    }
    section += char;
  }
  return depth === 0 ? [...sections, section] : undefined;
}

function isFilePath(source: string): boolean {
  return /^[./~]/.test(source) || source.startsWith("\\\\") || /^\p{L}:/u.test(source);
}

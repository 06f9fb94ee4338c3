/** The shape of `build`, in the order of the reference's JSON form. It is no part of the config hash. */
import { environmentMap, textList, textMap } from "./collection_kinds.ts";
import { compareUtf8, jsonList, jsonText } from "./go_json.ts";
import { hostMap } from "./host_map.ts";
import { type Kind, list, shape } from "./kind.ts";
import type { Build, StringMap } from "./project.ts";
import { fileReference } from "./resource_shapes.ts";
import { boolean, byteSize, text } from "./scalar_kinds.ts";
import { ulimits } from "./ulimits.ts";

/** Shown as a list of `name` and `name: path`. */
const sshKeys: Kind<StringMap> = {
  ...textMap,
  write: (keys) =>
    jsonList(
      Object.keys(keys).sort(compareUtf8).map((name) => keys[name] === "" ? name : `${name}: ${keys[name]}`),
      jsonText,
    ),
};

export const build = shape<Build>({
  context: text,
  dockerfile: text,
  dockerfile_inline: text,
  entitlements: textList,
  args: environmentMap,
  provenance: text,
  sbom: text,
  ssh: sshKeys,
  labels: textMap,
  cache_from: textList,
  cache_to: textList,
  no_cache: boolean,
  additional_contexts: textMap,
  pull: boolean,
  extra_hosts: hostMap,
  isolation: text,
  network: text,
  target: text,
  secrets: list(fileReference),
  shm_size: byteSize,
  tags: textList,
  ulimits,
  platforms: textList,
  privileged: boolean,
});

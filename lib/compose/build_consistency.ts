/** What a service's `build` allows attribute by attribute and the model as a whole does not. */
import type { ConfigurationError } from "../errors.ts";
import type { ConsistencyInput } from "./consistency.ts";
import type { Service } from "./project.ts";
import { problemAt, type Spot, spotIn } from "./spot.ts";
import { isMapping, type Mapping, newMapping } from "./value.ts";

type Project = Pick<ConsistencyInput, "model" | "enabled">;

/** `entry`: the service as the model has it, for the lines. */
export function findBuildFaults(
  service: Service,
  entry: Mapping,
  parent: Spot,
  project: Project,
): ConfigurationError[] {
  const { name, build, platform } = service;
  if (build === undefined) return [];
  const spot = spotIn(parent, entry, "build");
  const held = isMapping(entry["build"]) ? entry["build"] : newMapping();
  const problems = [
    ...findUnknownContexts(service, held, spot, project),
    ...findUnknownSecrets(service, held, spot, project),
  ];
  if (build.dockerfile !== undefined && build.dockerfile_inline !== undefined) {
    problems.push(problemAt(
      spotIn(spot, held, "dockerfile"),
      `Service ${name} has \`dockerfile\` and \`dockerfile_inline\``,
      "keep one of them",
    ));
  }
  const platforms = build.platforms ?? [];
  if (platform !== undefined && platforms.length > 0 && !platforms.includes(platform)) {
    problems.push(problemAt(
      spotIn(spot, held, "platforms"),
      `Service ${name} runs on ${platform} and is built for ${platforms.join(", ")}`,
      `add ${platform} to \`platforms\`, or change \`platform\``,
    ));
  }
  return problems;
}

const SERVICE = "service:";

function findUnknownContexts(
  { name, build }: Service,
  held: Mapping,
  parent: Spot,
  { model, enabled }: Project,
): ConfigurationError[] {
  const contexts = build?.additional_contexts ?? {};
  return Object.keys(contexts).flatMap((key) => {
    const context = contexts[key]!;
    if (!context.startsWith(SERVICE)) return [];
    const target = context.slice(SERVICE.length);
    const fault = whyUnusable(target);
    if (fault === undefined) return [];
    const list = isMapping(held["additional_contexts"]) ? held["additional_contexts"] : newMapping();
    const spot = spotIn(spotIn(parent, held, "additional_contexts"), list, key);
    return [
      problemAt(
        spot,
        `Service ${name} is built with the image of service ${target}, which ${fault[0]}`,
        fault[1],
      ),
    ];
  });

  function whyUnusable(target: string): readonly [fault: string, hint: string] | undefined {
    if (!Object.hasOwn(model.services, target)) return ["is not declared", "mend its name"];
    if (!Object.hasOwn(enabled, target)) return ["is not enabled", "enable one of its profiles"];
    if (model.services[target]!.build === undefined) {
      return ["has no `build`", "give it one, or name its image by docker-image://"];
    }
    return undefined;
  }
}

function findUnknownSecrets(
  { name, build }: Service,
  held: Mapping,
  parent: Spot,
  { model }: Project,
): ConfigurationError[] {
  return (build?.secrets ?? []).flatMap(({ source = "" }, index) => {
    if (Object.hasOwn(model.secrets, source)) return [];
    const list = Array.isArray(held["secrets"]) ? held["secrets"] : [];
    return [problemAt(
      spotIn(spotIn(parent, held, "secrets"), list, index),
      `Service ${name} is built with secret ${source}, which is not declared`,
      "declare it under the top-level `secrets`, or mend its name",
    )];
  });
}

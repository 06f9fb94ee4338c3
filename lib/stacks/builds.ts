/** What the images of a stack's services are built from. */
import type { Service } from "../compose/project.ts";
import { ConfigurationError } from "../errors.ts";
import { BuildFiles, type BuildInput } from "./build_files.ts";
import { neededServices } from "./build_needs.ts";
import type { ServiceBuild } from "./desired_stack.ts";

export interface Builds {
  /** By service. */
  readonly builds: Readonly<Record<string, ServiceBuild>>;
  /** Such as a folder that is not in the repository, and builds that need each other. */
  readonly problems: readonly ConfigurationError[];
}

/** A build that takes another service's image changes with it. */
export function buildsOf(input: BuildInput): Builds {
  const problems: ConfigurationError[] = [];
  const builds: Record<string, ServiceBuild> = Object.create(null);
  const services = Object.values(input.project.services).filter(({ build }) => build !== undefined);
  const add = (service: Service, path: readonly string[]): ServiceBuild => {
    const known = builds[service.name];
    if (known !== undefined) return known;
    if (path.includes(service.name)) throw circular([...path, service.name], input);
    const definition = new BuildFiles(input, service, service.build!);
    const needs = neededServices(input, service, definition.dockerfileText());
    const hash = definition.hash();
    for (const name of needs) {
      const needed = services.find((each) => each.name === name)!;
      hash.update(`${name}:${add(needed, [...path, service.name]).hash}\n`);
    }
    return builds[service.name] = { hash: hash.digest("hex"), needs };
  };
  for (const service of services) {
    try {
      add(service, []);
    } catch (error) {
      if (!(error instanceof ConfigurationError)) throw error;
      problems.push(error);
    }
  }
  return { builds, problems };
}

function circular(path: readonly string[], { locate }: BuildInput): ConfigurationError {
  return new ConfigurationError(`The builds of services need each other: ${path.join(" → ")}`, {
    path: `services.${path[0]}.build`,
    location: locate(path[0]!, "context"),
    hint: "let one of them do without the other's image",
  });
}

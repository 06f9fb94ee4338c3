import { imageNameOf } from "../compose/image_name.ts";
import type { Service } from "../compose/project.ts";
import { ConfigurationError } from "../errors.ts";
import { serviceOfContext } from "./build_context.ts";
import type { BuildInput } from "./build_files.ts";
import { imagesOfDockerfile } from "./dockerfile_images.ts";

/** Services of the project whose images the build takes, sorted. */
export function neededServices(
  { project, locate }: BuildInput,
  service: Service,
  dockerfile: string,
): readonly string[] {
  const contexts = Object.values(service.build!.additional_contexts ?? {});
  const named = contexts.map(serviceOfContext).filter((name) => name !== undefined);
  const images = [
    ...imagesOfDockerfile(dockerfile),
    ...contexts.flatMap((context) =>
      context.startsWith("docker-image://") ? [context.slice("docker-image://".length)] : []
    ),
  ];
  const builders = Object.values(project.services).filter(({ name, build }) =>
    build !== undefined && name !== service.name
  );
  const taken = builders.filter((each) => images.some((image) => isSame(image, imageNameOf(project, each))))
    .map(({ name }) => name);
  if (service.build!.pull === true && named.length > 0) {
    throw new ConfigurationError(
      `Service ${service.name} builds upon service ${
        named[0]
      }, whose image \`pull\` would look for in a registry`,
      {
        path: `services.${service.name}.build.pull`,
        location: locate(service.name, "pull"),
        hint: "remove `pull`, or the context",
      },
    );
  }
  return [...new Set([...named, ...taken])].sort();
}

function isSame(one: string, other: string): boolean {
  return one.replace(/:latest$/, "") === other.replace(/:latest$/, "");
}

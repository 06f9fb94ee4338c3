/** Images that a stack is held to, and newer ones that it is to get: both by the reference that its files write. */
import { imageNameOf } from "../compose/image_name.ts";
import type { Service } from "../compose/project.ts";
import { HomeportError } from "../errors.ts";
import { describeImageChange } from "./image_reference.ts";
import { referenceOf } from "./image_wishes.ts";
import { imageKey } from "./observed.ts";
import type { PullImage } from "./operation.ts";
import type { Scope } from "./project_scope.ts";

/** Wherever a service of the stack runs `reference`, it runs the image `id`, whatever the tag means by now. */
export interface ImagePin {
  /** As the services ask for it, such as `nginx:1.27`. */
  readonly reference: string;
  /** The image's ID, in full: `sha256:…`. */
  readonly id: string;
  /** By which a registry has it, such as `nginx@sha256:…`. Absent: it can be had from this engine only. */
  readonly digest?: string;
  /** It ends when the tag means yet another image, so that the tag is pulled whenever its service says. */
  readonly untilTagMoves?: true;
}

/** An image that a registry has under a reference, and that the stack is to get. */
export interface NewerImage {
  readonly reference: string;
  /** Digest of what runs, `sha256:…`; absent where nobody knows. */
  readonly from?: string;
  readonly to: string;
}

type Pinned = Pick<Scope, "pins" | "project">;

/** Hooks and mounted images are never pinned. */
export function pinOf({ pins, project }: Pinned, service: Service): ImagePin | undefined {
  const name = imageNameOf(project, service);
  return pins.find(({ reference }) => reference === name);
}

/** ID of the image that the service is to run; `undefined`: nothing says yet. */
export function wantedImageId(scope: Pinned & Pick<Scope, "index">, service: Service): string | undefined {
  return pinOf(scope, service)?.id ?? scope.index.images[imageKey(referenceOf(scope, service))];
}

export function pinnedPull(service: Service, pin: ImagePin): PullImage {
  const { reference, id, digest } = pin;
  if (digest === undefined) {
    throw new HomeportError(
      `Image ${id} of service ${service.name} is gone from this engine, and no registry is known to have it`,
      {
        path: `services.${service.name}.image`,
        hint:
          `the stack is held to that image of ${reference}: load it by hand (docker load), or release the stack`,
      },
    );
  }
  const { platform } = service;
  return {
    kind: "pull-image",
    id: `pull-image ${imageKey({ image: digest, ...(platform !== undefined && { platform }) })}`,
    cause: `image ${id}, which ${service.name} is held to, is not on this engine`,
    after: [],
    image: digest,
    ...(platform !== undefined && { platform }),
    services: [service.name],
    imageId: id,
  };
}

export function findNewer({ newer }: Pick<Scope, "newer">, image: string): string | undefined {
  const found = newer.find(({ reference }) => reference === image);
  if (found === undefined) return undefined;
  return `a newer image of ${image} is in the registry: ${describeImageChange(found.from, found.to)}`;
}

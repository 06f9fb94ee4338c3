/** Gathers from the engine what the body of a container needs: the image's ID, and the containers that the service refers to. */
import { imageNameOf } from "../compose/image_name.ts";
import type { Project, Service, StringMap } from "../compose/project.ts";
import { ConfigurationError, HomeportError } from "../errors.ts";
import { LABELS, ownershipLabels } from "../plan/plan.ts";
import { formatSecretPrints } from "../plan/secret_prints.ts";
import type { DesiredStack } from "../stacks/desired_stack.ts";
import { parentsOf, resolveForCreate, resolveForHash } from "../plan/references.ts";
import type { ContainerDetails, ImageDetails } from "./answers.ts";
import type { ContainerCreation } from "./body.ts";
import { containerLabels } from "./compose_labels.ts";
import { containerBody } from "./container_body.ts";
import { containersByService, type NamedContainer } from "./containers.ts";
import { findImage } from "./images.ts";
import { type InheritedVolume, isAnonymous } from "./mounts.ts";
import { readSeccompProfile } from "./seccomp_profile.ts";
import { type DeployRun, filesOf, projectOf, serviceOf } from "./run.ts";

export interface ContainerWish {
  readonly service: string;
  readonly number: number;
  readonly containerName: string;
  /** The image that it is made of. Default: the service's. */
  readonly imageId?: string | undefined;
  /** The container that it replaces, and what the new one is called in the end. */
  readonly replaces?: { readonly container: ContainerDetails; readonly label: string } | undefined;
}

export async function prepareContainer(run: DeployRun, wish: ContainerWish): Promise<ContainerCreation> {
  const { number, containerName, replaces } = wish;
  const project = projectOf(run);
  const service = serviceOf(run, wish.service);
  const containers = needsContainers(service) ? await containersByService(run, project.name) : NONE;
  const idOf = (name: string): string | undefined => containers.get(name)?.[0]?.id;
  const { image, isNamed } = await getImage(run, project, service, wish.imageId);
  const files = filesOf(run, service.name);
  const labels = {
    ...service.labels,
    ...containerLabels({
      project,
      service,
      hashed: resolveForHash(service, idOf),
      number,
      imageId: image.Id,
      replaces: replaces?.label,
      composeHash: run.context.composeHash,
    }),
    ...ownershipLabels(run.context.ownership),
    ...(files === undefined ? {} : { [LABELS.filesHash]: files.hash }),
    ...secretsLabel(run.context.desired, service.name),
  };
  return containerBody({
    project,
    service: resolveForCreate(service, idOf),
    number,
    containerName,
    imageId: isNamed ? undefined : image.Id,
    labels,
    inherited: replaces === undefined ? [] : inheritedVolumes(replaces.container, service, image),
    containersOf: (name) => (containers.get(name) ?? []).map((each) => each.name),
    readProfile: (path) => readSeccompProfile(project.workingDir, path),
    apiVersion: await run.connection.apiVersion(run.signal),
  });
}

function secretsLabel({ secretPrints }: DesiredStack, service: string): StringMap {
  const prints = secretPrints?.()[service];
  return prints === undefined ? {} : { [LABELS.secrets]: formatSecretPrints(prints) };
}

const NONE: ReadonlyMap<string, readonly NamedContainer[]> = new Map();

/** Most services refer to no other, and need no list. */
function needsContainers(service: Service): boolean {
  return parentsOf(service).length > 0 || (service.links ?? []).length > 0;
}

/** By its name wherever that means the image: people, and other programs, see it by `docker ps`. */
async function getImage(
  run: DeployRun,
  project: Project,
  service: Service,
  imageId: string | undefined,
): Promise<{ readonly image: ImageDetails; readonly isNamed: boolean }> {
  const { name, platform } = service;
  const reference = imageNameOf(project, service);
  if (reference === "") throw new ConfigurationError(`Service ${name} has no image`);
  const named = await findImage(run, reference);
  if (named !== undefined && (imageId === undefined || named.Id === imageId)) {
    return { image: named, isNamed: true };
  }
  const found = imageId === undefined ? undefined : await findImage(run, imageId);
  if (found !== undefined) return { image: found, isNamed: false };
  const image = imageId ?? reference;
  const of = platform === undefined ? "" : ` for ${platform}`;
  throw new HomeportError(`Image ${image}${of} of service ${name} is not on this engine`, {
    hint: "let pull_policy pull it, or load it by hand",
  });
}

const ANONYMOUS_NAME = /^[0-9a-f]{64}$/;

/** Volumes that no name leads to would be lost with the container: the image's own, and those that the service asks for. */
function inheritedVolumes(
  { Mounts }: ContainerDetails,
  service: Service,
  image: ImageDetails,
): InheritedVolume[] {
  const ofImage = Object.keys(image.Config?.Volumes ?? {});
  const ofService = (service.volumes ?? []).filter(isAnonymous).map(({ target }) => target);
  return Mounts.flatMap(({ Type, Name, Destination, RW }) => {
    if (Type !== "volume" || Name === undefined || !ANONYMOUS_NAME.test(Name)) return [];
    if (!ofImage.includes(Destination) && !ofService.includes(Destination)) return [];
    return [{ name: Name, target: Destination, readOnly: !RW }];
  });
}

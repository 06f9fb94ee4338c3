/** A service's `build` as both builders want it: names resolved, and what is given in several places put together. */
import { basename, dirname, relative, resolve } from "node:path";
import { imageNameOf } from "../../compose/image_name.ts";
import type { Build, Project, Service, StringMap } from "../../compose/project.ts";
import { ConfigurationError, HomeportError } from "../../errors.ts";
import { LABELS } from "../../plan/plan.ts";
import { isFolderContext, serviceOfContext } from "../../stacks/build_context.ts";
import { COMPOSE, COMPOSE_VERSION } from "../compose_labels.ts";
import { normalizeImage, parseImage } from "../../plan/image_reference.ts";

export interface BuildDefinition {
  readonly service: string;
  readonly build: Build;
  /** The image's names on the engine, written out in full; the first is the one that the service runs. */
  readonly names: readonly string[];
  readonly args: StringMap;
  readonly labels: StringMap;
  readonly platform: string | undefined;
  /** A folder, or what the engine fetches. */
  readonly context: { readonly folder: string } | { readonly address: string };
  readonly dockerfile: DockerfileSource;
  /** `NAME` → an absolute path, or what BuildKit fetches. */
  readonly contexts: StringMap;
  readonly secrets: readonly BuildSecret[];
}

export type DockerfileSource =
  | { readonly kind: "inline"; readonly text: string }
  /** In a folder, which need not be in the context. */
  | { readonly kind: "file"; readonly folder: string; readonly name: string }
  /** In the context that the engine fetches. */
  | { readonly kind: "remote"; readonly name: string };

export interface BuildSecret {
  readonly id: string;
  /** A file's path, or the content. */
  readonly source: { readonly file: string } | { readonly content: string };
}

/** `hash`: what the image is labelled with, so that the next pass knows what it was built from. */
export function buildDefinition(project: Project, service: Service, hash: string): BuildDefinition {
  const build = service.build!;
  const { context = "" } = build;
  return {
    service: service.name,
    build,
    names: namesOf(project, service, build),
    args: argsOf(build),
    labels: {
      ...build.labels,
      [COMPOSE.version]: COMPOSE_VERSION,
      [COMPOSE.project]: project.name,
      [COMPOSE.service]: service.name,
      [LABELS.buildHash]: hash,
    },
    platform: platformOf(service, build),
    context: isFolderContext(context) ? { folder: context } : { address: context },
    dockerfile: dockerfileOf(build, context),
    contexts: contextsOf(project, build),
    secrets: secretsOf(project, service, build),
  };
}

/** Where its Dockerfile is, for people: relative to the project's folder. */
export function placeOf({ workingDir }: Project, { dockerfile }: BuildDefinition): string {
  switch (dockerfile.kind) {
    case "inline":
      return "dockerfile_inline";
    case "remote":
      return dockerfile.name;
    case "file":
      return relative(workingDir, resolve(dockerfile.folder, dockerfile.name));
  }
}

function namesOf(project: Project, service: Service, { tags = [] }: Build): string[] {
  const names = [imageNameOf(project, service), ...tags];
  const fixed = names.find((name) => parseImage(name).digest !== undefined);
  if (fixed !== undefined) {
    throw new ConfigurationError(
      `Cannot build service ${service.name} as ${fixed}: a digest is no name to give`,
      {
        path: `services.${service.name}.image`,
        hint: "name the image with a tag, or remove `build`",
      },
    );
  }
  return [...new Set(names.map(normalizeImage))];
}

function argsOf({ args = {} }: Build): StringMap {
  return Object.fromEntries(
    Object.entries(args).filter((entry): entry is [string, string] => entry[1] !== null),
  );
}

function platformOf(service: Service, { platforms = [] }: Build): string | undefined {
  if (platforms.length <= 1) return platforms[0] ?? service.platform;
  throw new ConfigurationError(
    `Cannot build service ${service.name} for ${platforms.length} platforms: a host needs one`,
    { path: `services.${service.name}.build.platforms`, hint: "keep the platform of the host" },
  );
}

function dockerfileOf(
  { dockerfile = "Dockerfile", dockerfile_inline: inline }: Build,
  context: string,
): DockerfileSource {
  if (inline !== undefined) return { kind: "inline", text: inline };
  if (!isFolderContext(context)) return { kind: "remote", name: dockerfile };
  const path = resolve(context, dockerfile);
  return { kind: "file", folder: dirname(path), name: basename(path) };
}

function contextsOf(project: Project, { additional_contexts: contexts = {} }: Build): StringMap {
  return Object.fromEntries(
    Object.entries(contexts).map(([name, value]) => {
      const needed = serviceOfContext(value);
      const service = needed === undefined ? undefined : project.services[needed];
      return [
        name,
        service === undefined ? value : `docker-image://${normalizeImage(imageNameOf(project, service))}`,
      ];
    }),
  );
}

function secretsOf(project: Project, service: Service, { secrets = [] }: Build): BuildSecret[] {
  return secrets.map(({ source = "", target }) => {
    const object = Object.hasOwn(project.secrets, source) ? project.secrets[source] : undefined;
    const id = target ?? source;
    if (object?.content !== undefined) return { id, source: { content: object.content } };
    if (object?.file !== undefined) return { id, source: { file: object.file } };
    throw new HomeportError(
      `Cannot build service ${service.name}: the secret ${source} is neither a file nor a variable`,
      {
        path: `services.${service.name}.build.secrets`,
        hint: "give the secret `file` or `environment`",
      },
    );
  });
}

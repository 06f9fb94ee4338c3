/** The Docker Engine, as the rest of Homeport sees it. */
import type { DeployContext } from "../plan/deploy_context.ts";
import type { EngineEvent } from "../plan/engine_event.ts";
import type { Followers } from "../plan/followers.ts";
import type { ImageRemoval, LocalImages } from "../plan/local_images.ts";
import type { ImageReference, Observed } from "../plan/observed.ts";
import type { Operation } from "../plan/operation.ts";
import type { RegistryImage } from "../plan/registry_image.ts";
import type { ServiceContainer } from "../plan/service_container.ts";
import { parseEngineAddress, type TlsFiles } from "./address.ts";
import type { VersionAnswer } from "./answers.ts";
import { askRegistry } from "./ask_registry.ts";
import { EngineConnection } from "./connection.ts";
import { events } from "./events.ts";
import { execute, takeDown } from "./execute.ts";
import { imageBytes, localImages, removeImage } from "./image_store.ts";
import { inspectProject } from "./inspect_project.ts";
import { logTail } from "./log_tail.ts";
import { KnownAnswers } from "./known_answers.ts";
import { observe } from "./observe.ts";
import type { LoginSources } from "./registry_login.ts";
import { attempt } from "./request_error.ts";
import { makeQueue, type Run } from "./run.ts";

export interface ConnectOptions {
  /** The value of `DOCKER_HOST`. Default: the usual socket. */
  readonly dockerHost?: string | undefined;
  /** For `tcp://` with TLS. */
  readonly tls?: TlsFiles | undefined;
  /** Folder of Docker's `config.json`, for the logins to registries that `docker login` left there. Default: none. */
  readonly dockerConfig?: string | undefined;
  /** What the configuration has for a registry. Default: nothing. */
  readonly credentialsFor?: LoginSources["credentialsFor"] | undefined;
}

export interface EngineVersion {
  readonly version: string;
  readonly apiVersion: string;
  /** Such as `linux/amd64`. */
  readonly platform: string;
}

/** Nothing is sent before the first call of a method. */
export function connectEngine(options: ConnectOptions = {}): DockerEngine {
  const connection = new EngineConnection(parseEngineAddress(options.dockerHost, options.tls));
  const { dockerConfig, credentialsFor = () => Promise.resolve(undefined) } = options;
  return new DockerEngine(connection, { dockerConfig, credentialsFor });
}

export class DockerEngine {
  readonly #connection: EngineConnection;
  readonly #logins: LoginSources;
  readonly #oneAtATime = makeQueue();
  readonly #known = new KnownAnswers(() => performance.now());

  constructor(connection: EngineConnection, logins: LoginSources) {
    this.#connection = connection;
    this.#logins = logins;
  }

  /** Where it listens, such as `unix:///var/run/docker.sock`. */
  get address(): string {
    return this.#connection.address;
  }

  /** Reads all that the planner needs. `images`: the references to look up. */
  async observe(
    images: readonly ImageReference[],
    signal: AbortSignal,
    followers?: Followers,
  ): Promise<Observed> {
    return await attempt(
      "Cannot see what runs",
      signal,
      () => observe({ connection: this.#connection, known: this.#known, signal }, images, followers),
    );
  }

  /** Carries one operation out. Can be repeated after a crash at any point. */
  async execute(operation: Operation, context: DeployContext): Promise<void> {
    await this.#known.during(() => execute({ ...this.#run(context.signal), context }, operation));
  }

  /** As `execute`, for a stack that is taken down: there is no project any more. */
  async takeDown(operation: Operation, signal: AbortSignal): Promise<void> {
    await this.#known.during(() => takeDown(this.#run(signal), operation));
  }

  /** What a registry has under an image's name now. */
  async askRegistry(reference: ImageReference, signal: AbortSignal): Promise<RegistryImage> {
    return await askRegistry(this.#run(signal), reference);
  }

  /** The containers of a project's services. */
  async inspectProject(project: string, signal: AbortSignal): Promise<readonly ServiceContainer[]> {
    return await attempt(
      `Cannot see how project ${project} is`,
      signal,
      () => inspectProject(this.#connection, project, signal),
    );
  }

  /** The last lines that a container wrote; few, and not long. */
  async logTail(containerId: string, lines: number, signal: AbortSignal): Promise<readonly string[]> {
    return await attempt(
      `Cannot read the log of container ${containerId.slice(0, 12)}`,
      signal,
      () => logTail(this.#connection, containerId, lines, signal),
    );
  }

  /** What happens from now on, until the connection breaks. */
  events(signal: AbortSignal, onConnected: () => void): AsyncGenerator<EngineEvent, void, void> {
    return events(this.#connection, { signal, onConnected, known: this.#known });
  }

  /** The next look reads everything anew. */
  forget(): void {
    this.#known.forget();
  }

  /** All images, and which of them are used. */
  async localImages(signal: AbortSignal): Promise<LocalImages> {
    return await attempt("Cannot list the images", signal, () => localImages(this.#connection, signal));
  }

  /** Removes a name, and with the last one the image. One that is used stays. */
  async removeImage(reference: string, signal: AbortSignal): Promise<ImageRemoval> {
    return await attempt(
      `Cannot remove image ${reference}`,
      signal,
      () => removeImage(this.#connection, reference, signal),
    );
  }

  /** What all images take of the disk. */
  async imageBytes(signal: AbortSignal): Promise<number> {
    return await attempt(
      "Cannot ask for the size of the images",
      signal,
      () => imageBytes(this.#connection, signal),
    );
  }

  async version(signal: AbortSignal): Promise<EngineVersion> {
    return await attempt("Cannot ask for the engine's version", signal, async () => {
      const { Version, ApiVersion, Os, Arch } = await this.#connection.request<VersionAnswer>({
        method: "GET",
        path: "/version",
        signal,
      });
      return { version: Version, apiVersion: ApiVersion, platform: `${Os}/${Arch}` };
    });
  }

  /** Breaks off what is under way. */
  close(): void {
    this.#connection.close();
  }

  #run(signal: AbortSignal): Run {
    return { connection: this.#connection, signal, oneAtATime: this.#oneAtATime, ...this.#logins };
  }
}

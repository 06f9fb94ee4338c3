/**
 * An engine in memory that carries operations out as the real one does, step by step: it refuses what the real one refuses (taken names,
 * taken ports, networks in use or gone), and can die before any of its steps.
 */
import { createHash } from "node:crypto";
import { imageNameOf } from "../../lib/compose/image_name.ts";
import { networkHash, serviceHash, volumeHash } from "../../lib/compose/hash.ts";
import type { Service } from "../../lib/compose/project.ts";
import { HomeportError } from "../../lib/errors.ts";
import { COMPOSE_LABELS, isDeployed, isPreStartHook, serviceOf } from "../../lib/plan/compose_labels.ts";
import type { DeployContext } from "../../lib/plan/deploy_context.ts";
import {
  imageKey,
  type ImageReference,
  type Observed,
  type ObservedNetwork,
  type ObservedVolume,
} from "../../lib/plan/observed.ts";
import type {
  BuildImage,
  ContainerOfService,
  CreateContainer,
  Operation,
  RecreateContainer,
  RecreateNetwork,
} from "../../lib/plan/operation.ts";
import { findUnclearEnds, type Followers } from "../../lib/plan/followers.ts";
import { ownershipLabels } from "../../lib/plan/plan.ts";
import { resolveForHash } from "../../lib/plan/references.ts";
import type { ServiceContainer } from "../../lib/plan/service_container.ts";
import type { Engine } from "../../lib/reconcile/ports.ts";
import { type FakeContainer, newContainer } from "./fake_container.ts";

/** The engine died: nothing that was begun goes on. */
export class EngineDied extends Error {}

export interface FakeEngineOptions {
  /** Images that can be pulled, by {@linkcode imageKey}. */
  readonly registry?: Readonly<Record<string, string>>;
  /** Services that end well as soon as they are started. */
  readonly jobs?: readonly string[];
}

export class FakeEngine implements Engine {
  containers: FakeContainer[] = [];
  networks: ObservedNetwork[] = [];
  volumes: ObservedVolume[] = [];
  images: Record<string, string> = {};
  /** When they were last pulled. */
  imageTimes: Record<string, number> = {};
  /** What those that were built here were built from. */
  imageBuilds: Record<string, string> = {};
  /** What was executed, in the order in which it began. */
  readonly executed: string[] = [];
  /** IDs of images whose containers end with exit code 1 as soon as they are started. */
  readonly faulty = new Set<string>();
  /** Steps until the engine dies. */
  stepsLeft = Infinity;
  #clock = 1000;
  #serial = 0;

  constructor(readonly options: FakeEngineOptions = {}) {}

  /** Seconds since 1970; a step takes one. */
  get now(): number {
    return this.#clock;
  }

  /** An independent engine in the same state. */
  copy(): FakeEngine {
    const copy = new FakeEngine(this.options);
    copy.containers = this.containers.map((each) => ({ ...each }));
    copy.networks = [...this.networks];
    copy.volumes = [...this.volumes];
    copy.images = { ...this.images };
    copy.imageTimes = { ...this.imageTimes };
    copy.imageBuilds = { ...this.imageBuilds };
    for (const image of this.faulty) copy.faulty.add(image);
    copy.#clock = this.#clock;
    copy.#serial = this.#serial;
    return copy;
  }

  /** When a container ended is known only where that was asked for. */
  state(followers: Followers = {}): Observed {
    const unclear = findUnclearEnds(this.containers, followers).map(({ id }) => id);
    return structuredClone({
      containers: this.containers.map((
        {
          ports: _ports,
          job: _job,
          hasHealthcheck: _check,
          restart: _restart,
          startedAt: _startedAt,
          restartCount: _count,
          finished,
          ...rest
        },
      ) => ({ ...rest, ...(finished !== undefined && unclear.includes(rest.id) && { finished }) })),
      networks: this.networks,
      volumes: this.volumes,
      images: { ...this.images, ...Object.fromEntries(this.#imageIds().map((id) => [id, id])) },
      imageTimes: this.imageTimes,
      imageBuilds: this.imageBuilds,
    });
  }

  /** What a container was made of stays, whatever its name means by now. */
  #imageIds(): readonly string[] {
    return [...Object.values(this.images), ...this.containers.map(({ image }) => image)];
  }

  observe(
    images: readonly ImageReference[],
    _signal: AbortSignal,
    followers?: Followers,
  ): Promise<Observed> {
    const wanted = new Set(images.map(imageKey));
    const state = this.state(followers);
    const found = Object.entries(state.images).filter(([key]) => wanted.has(key));
    return Promise.resolve({ ...state, images: Object.fromEntries(found) });
  }

  inspectProject(project: string): Promise<readonly ServiceContainer[]> {
    const own = this.containers.filter((each) =>
      each.labels[COMPOSE_LABELS.project] === project && isDeployed(each) && !/^[0-9a-f]{12}_/.test(each.name)
    );
    return Promise.resolve(own.map((each) => ({
      id: each.id,
      name: each.name,
      service: serviceOf(each),
      state: each.state,
      exitCode: each.exitCode ?? 0,
      startedAt: each.startedAt,
      restartCount: each.restartCount,
      ...(each.health !== undefined && { health: each.health }),
      restart: each.restart,
    })));
  }

  logTail(id: string): Promise<readonly string[]> {
    return Promise.resolve([`the last line of ${this.#byId(id).name}`]);
  }

  // deno-lint-ignore require-await -- what it throws must reject, as with the real one
  async execute(operation: Operation, context: DeployContext): Promise<void> {
    this.executed.push(`${context.desired.name}: ${operation.id}`);
    this.#execute(operation, context);
  }

  // deno-lint-ignore require-await -- what it throws must reject, as with the real one
  async takeDown(operation: Operation, _signal: AbortSignal): Promise<void> {
    this.executed.push(`take down: ${operation.id}`);
    if (operation.kind === "remove-container") this.#removeContainer(operation.containerId);
    else if (operation.kind === "remove-network") this.#removeNetwork(operation.networkId);
    else throw new Error(`${operation.kind} takes nothing down`);
  }

  #execute(operation: Operation, context: DeployContext): void {
    switch (operation.kind) {
      case "pull-image":
        this.#pull(imageKey(operation), operation.refreshes === true);
        if (operation.imageId === undefined || this.images[imageKey(operation)] === operation.imageId) return;
        throw new HomeportError(`${operation.image} is not ${operation.imageId}`);
      case "build-image":
        return this.#build(operation, context);
      case "create-network":
        return this.#createNetwork(operation.network, context);
      case "recreate-network":
        return this.#recreateNetwork(operation, context);
      case "create-volume":
        return this.#createVolume(operation.volume, context);
      case "create-container":
        return this.#createContainer(operation, operation.containerName, context);
      case "recreate-container":
        return this.#recreateContainer(operation, context);
      case "rename-container":
        return this.#rename(operation.containerId, operation.containerName);
      case "run-pre-start":
        return this.#runPreStart(operation.service, operation.containerName, context);
      case "start-container":
        return this.#start(operation.containerName);
      case "stop-container":
        return this.#stop(operation.containerId);
      case "remove-container":
        return this.#removeContainer(operation.containerId);
      case "wait-for-service":
        return this.#wait(operation.containerNames, operation.condition, operation.required);
      case "remove-network":
        this.#empty(operation.networkId, operation.networkName, operation.containers ?? []);
        return this.#removeNetwork(operation.networkId);
    }
  }

  #step(): void {
    if (this.stepsLeft <= 0) throw new EngineDied("the engine died");
    this.stepsLeft--;
    this.#clock++;
  }

  #build(operation: BuildImage, { desired }: DeployContext): void {
    const key = imageKey(operation);
    if (operation.pull !== undefined && this.options.registry?.[key] !== undefined) {
      this.#pull(key, operation.pull === "again");
      delete this.imageBuilds[key];
    } else if (operation.fallback === "build") {
      this.#step();
      const { hash, needs } = desired.builds![operation.service]!;
      for (const name of needs) {
        const needed = imageNameOf(desired.project, desired.project.services[name]!);
        if (this.images[needed] === undefined) throw new HomeportError(`no such image: ${needed}`);
      }
      this.images[key] = `sha256:${createHash("sha256").update(hash).digest("hex")}`;
      this.imageBuilds[key] = hash;
    }
  }

  #pull(key: string, refreshes: boolean): void {
    this.#step();
    const id = this.options.registry?.[key];
    if (id === undefined) throw new HomeportError(`Cannot pull ${key}: no such image`);
    this.images[key] = id;
    if (refreshes) this.imageTimes[key] = this.#clock;
  }

  #createNetwork(key: string, { desired: { project }, ownership }: DeployContext): void {
    const network = project.networks[key]!;
    this.#step();
    if (this.networks.some(({ name }) => name === network.name)) return;
    const labels = {
      ...network.labels,
      [COMPOSE_LABELS.project]: project.name,
      [COMPOSE_LABELS.network]: key,
      [COMPOSE_LABELS.configHash]: networkHash(network),
      ...ownershipLabels(ownership),
    };
    const subnets = (network.ipam?.config ?? []).flatMap(({ subnet }) => subnet ?? []);
    if (this.networks.some((each) => each.subnets?.some((subnet) => subnets.includes(subnet)))) {
      throw new Error("Pool overlaps with other one on this address space");
    }
    this.networks.push({ id: this.#newId(), name: network.name, subnets, labels });
  }

  #createVolume(key: string, { desired: { project }, ownership }: DeployContext): void {
    const volume = project.volumes[key]!;
    this.#step();
    if (this.volumes.some(({ name }) => name === volume.name)) return;
    const labels = {
      ...volume.labels,
      [COMPOSE_LABELS.project]: project.name,
      [COMPOSE_LABELS.volume]: key,
      [COMPOSE_LABELS.configHash]: volumeHash(volume),
      ...ownershipLabels(ownership),
    };
    this.volumes.push({ name: volume.name, labels });
  }

  #recreateNetwork({ network: key, networkId, containers }: RecreateNetwork, context: DeployContext): void {
    const { name } = context.desired.project.networks[key]!;
    this.#empty(networkId, name, containers);
    this.#removeNetwork(networkId);
    this.#createNetwork(key, context);
    for (const { containerId } of containers) {
      this.#step();
      const container = this.#byId(containerId);
      container.networkIds = [...container.networkIds, name];
    }
  }

  #empty(networkId: string, name: string, containers: readonly ContainerOfService[]): void {
    for (const { containerId } of containers) this.#stop(containerId);
    for (const { containerId } of containers) {
      this.#step();
      const container = this.#byId(containerId);
      container.networkIds = container.networkIds.filter((id) => id !== networkId && id !== name);
    }
  }

  #removeNetwork(id: string): void {
    this.#step();
    const users = this.containers.filter(({ networkIds, state }) =>
      networkIds.includes(id) && state === "running"
    );
    if (users.length > 0) {
      throw new Error(`network ${id} has active endpoints: ${users.map(({ name }) => name)}`);
    }
    this.networks = this.networks.filter((each) => each.id !== id);
  }

  #createContainer(
    { service: serviceName, number, imageId }: CreateContainer | RecreateContainer,
    name: string,
    context: DeployContext,
    inherited?: FakeContainer,
  ): void {
    this.#step();
    const { project } = context.desired;
    const service = project.services[serviceName]!;
    if (this.containers.some((each) => each.name === name)) throw new Error(`name ${name} is taken`);
    const key = imageKey({
      image: imageNameOf(context.desired.project, service),
      ...(service.platform !== undefined && { platform: service.platform }),
    });
    const image = imageId === undefined ? this.images[key] : this.#imageIds().find((id) => id === imageId);
    if (image === undefined) throw new HomeportError(`no such image: ${imageId ?? key}`);
    for (const network of Object.keys(service.networks ?? {})) {
      const { name } = project.networks[network]!;
      if (!this.networks.some((each) => each.name === name || each.id === name)) {
        throw new Error(`network ${name} not found`);
      }
    }
    const container = newContainer(context, {
      id: this.#newId(),
      name,
      image,
      service,
      number,
      configHash: this.#hash(project.name, service),
      created: this.#clock,
      inherited,
      job: this.options.jobs?.includes(serviceName) === true,
    });
    this.containers.push(container);
  }

  /** As the real one resolves it: the first container of the service by name, without those under a temporary name. */
  #hash(project: string, service: Service): string {
    return serviceHash(
      resolveForHash(
        service,
        (name) =>
          this.containers.filter((each) =>
            each.labels[COMPOSE_LABELS.project] === project && serviceOf(each) === name &&
            !/^[0-9a-f]{12}_/.test(each.name)
          ).sort((a, b) => a.name < b.name ? -1 : 1)[0]?.id,
      ),
    );
  }

  #recreateContainer(operation: RecreateContainer, context: DeployContext): void {
    const { containerId, containerName } = operation;
    const temporary = `${containerId.slice(0, 12)}_${containerName}`;
    this.#createContainer(operation, temporary, context, this.#byId(containerId));
    const created = this.containers.at(-1)!;
    this.#stop(containerId);
    this.#removeContainer(containerId);
    this.#rename(created.id, containerName);
  }

  #rename(id: string, name: string): void {
    this.#step();
    if (this.containers.some((each) => each.name === name && each.id !== id)) {
      throw new Error(`name ${name} is taken`);
    }
    this.#byId(id).name = name;
  }

  /** Every hook leaves its container, until the next step removes it. */
  #runPreStart(
    service: string,
    containerName: string,
    { desired: { project }, ownership }: DeployContext,
  ): void {
    const isHook = (each: FakeContainer) => isPreStartHook(each) && serviceOf(each) === service;
    this.#step();
    this.containers = this.containers.filter((each) => !isHook(each));
    const target = this.containers.find(({ name }) => name === containerName);
    if (target === undefined) throw new Error(`no container ${containerName}`);
    for (const { image } of project.services[service]!.pre_start ?? []) {
      this.#step();
      if (this.images[image!] === undefined) throw new HomeportError(`no such image: ${image}`);
      const id = this.#newId();
      const labels = {
        [COMPOSE_LABELS.project]: project.name,
        [COMPOSE_LABELS.service]: service,
        [COMPOSE_LABELS.hook]: "pre_start",
        ...ownershipLabels(ownership),
      };
      this.containers.push({
        ...target,
        id,
        name: `hook-${id}`,
        labels,
        state: "exited",
        exitCode: 0,
        ports: [],
      });
      this.#step();
      this.containers = this.containers.filter((each) => each.id !== id);
    }
  }

  #start(name: string): void {
    this.#step();
    const container = this.containers.find((each) => each.name === name);
    if (container === undefined) throw new Error(`no container ${name}`);
    if (container.state === "running") return;
    const taken = this.containers.find((each) =>
      each.publishedPorts.some((port) => container.ports.includes(port))
    );
    if (taken !== undefined) throw new HomeportError(`a port of ${name} is taken by ${taken.name}`);
    container.networkIds = container.networkIds.map((idOrName) => {
      const network = this.networks.find(({ id, name }) => id === idOrName || name === idOrName);
      if (network === undefined) throw new Error(`network ${idOrName} not found`);
      return network.id;
    });
    container.startedAt = `at ${this.#clock}`;
    if (this.faulty.has(container.image)) {
      if (container.restart.name === "no") {
        Object.assign(container, { state: "exited", exitCode: 1, finished: this.#clock + 0.5 });
      } else Object.assign(container, { state: "restarting", restartCount: container.restartCount + 1 });
      return;
    }
    if (container.job) {
      Object.assign(container, { state: "exited", exitCode: 0, finished: this.#clock + 0.5 });
      return;
    }
    delete container.exitCode;
    delete container.finished;
    container.state = "running";
    container.publishedPorts = container.ports;
    if (container.hasHealthcheck) container.health = "healthy";
  }

  /** It ends well, which is what makes an interrupted stop hard to tell from a job that is done. */
  #stop(id: string): void {
    this.#step();
    const container = this.containers.find((each) => each.id === id);
    if (container?.state !== "running") return;
    Object.assign(container, {
      state: "exited",
      exitCode: 0,
      finished: this.#clock + 0.5,
      publishedPorts: [],
    });
    delete container.health;
  }

  #removeContainer(id: string): void {
    this.#stop(id);
    this.#step();
    this.containers = this.containers.filter((each) => each.id !== id);
  }

  #wait(names: readonly string[], condition: string, required: boolean): void {
    this.#step();
    const waited = this.containers.filter(({ name }) => names.includes(name));
    for (const each of waited) if (each.state === "running" && each.hasHealthcheck) each.health = "healthy";
    const isMet = condition === "service_healthy"
      ? waited.every(({ health }) => health === "healthy")
      : waited.every(({ state, exitCode }) => state === "exited" && exitCode === 0);
    if (!isMet && required) throw new HomeportError(`${names} did not become ${condition}`);
  }

  #byId(id: string): FakeContainer {
    const container = this.containers.find((each) => each.id === id);
    if (container === undefined) throw new Error(`no container ${id}`);
    return container;
  }

  #newId(): string {
    return createHash("sha256").update(`fake ${this.#serial++}`).digest("hex");
  }
}

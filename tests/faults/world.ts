/** What one case has to itself: a repository on a Git server, a data folder, a socket to the engine that fails on request. */
import { join } from "node:path";
import type { Config } from "../../lib/config/config.ts";
import { folder as stacksIn } from "../../lib/mod.ts";
import { removeProjects } from "../engine/remove_projects.ts";
import type { EngineProxy, Fault, RecordedRequest } from "../fakes/engine_proxy.ts";
import { startEngineProxy } from "../fakes/engine_proxy.ts";
import type { GitServer } from "../fakes/git_server.ts";
import { Homelab } from "../fakes/homelab.ts";
import { HomeportProcess, type StartOptions } from "./homeport_process.ts";
import type { OwnEngine } from "./own_engine.ts";
import type { RegistryProxy } from "./registry_proxy.ts";
import { seeEngine, type SeenContainer } from "./engine_view.ts";
import { converge } from "./settle.ts";
import { composeText, fiveStacks, type StackSpec } from "./stack_spec.ts";

/** What all cases share. */
export interface Site {
  readonly engine: OwnEngine;
  readonly registry: RegistryProxy;
  readonly git: GitServer;
  /** The folder that the Git server serves. */
  readonly gitRoot: string;
  /** A command that is Homeport, with its configuration in a file: see `program.ts`. */
  readonly program: readonly string[];
  /** Of points that follow one another, every so-and-so-many-th is tried. */
  readonly stride: number;
  /** Aborted when somebody has had enough. */
  readonly signal: AbortSignal;
  /** Where cases have their folders. */
  readonly folder: string;
}

export class World {
  readonly site: Site;
  /** Every project of the case begins with it. */
  readonly prefix: string;
  readonly folder: string;
  readonly lab: Homelab;
  /** What Git says now, by the stack's name without the prefix. */
  stacks: Readonly<Record<string, StackSpec>> = {};
  head = "";
  /** Asked at every request to the engine. */
  onRequest: (request: RecordedRequest) => Fault | undefined | Promise<Fault | undefined> = () => undefined;
  proxy: EngineProxy | undefined;
  readonly processes: HomeportProcess[] = [];
  readonly #cleanUp: (() => Promise<unknown> | unknown)[] = [];

  private constructor(site: Site, prefix: string, config: Partial<Config>) {
    this.site = site;
    this.prefix = prefix;
    this.folder = join(site.folder, prefix);
    const remote = join(site.gitRoot, prefix);
    this.lab = new Homelab({
      folder: this.folder,
      dockerHost: site.engine.dockerHost,
      remote,
      config: {
        repository: { url: site.git.url(`${prefix}/.git`) },
        hosts: { helium: { stacks: stacksIn("servers/helium") } },
        poll: { interval: "5s" },
        deploy: { healthGate: { timeout: "20s", stable: "0s" } },
        ...config,
      },
    });
  }

  static async create(site: Site, config: Partial<Config> = {}): Promise<World> {
    const prefix = `f${crypto.randomUUID().slice(0, 6)}`;
    const world = new World(site, prefix, config);
    await Deno.mkdir(world.folder, { recursive: true });
    await world.openSocket();
    return world;
  }

  get dataDir(): string {
    return this.lab.dataDir;
  }

  get socket(): string {
    return join(this.folder, "engine.sock");
  }

  async openSocket(): Promise<void> {
    this.proxy = await startEngineProxy({
      target: this.site.engine.socketPath,
      socket: this.socket,
      onRequest: (request) => this.onRequest(request),
    });
  }

  async closeSocket(): Promise<void> {
    await this.proxy?.close();
    this.proxy = undefined;
  }

  projectOf(stack: string): string {
    return `${this.prefix}-${stack}`;
  }

  /** Five stacks, in a version of theirs. */
  five(version: number, filesVersion?: number): Readonly<Record<string, StackSpec>> {
    return fiveStacks(this.site.engine.images.one, version, filesVersion);
  }

  /** Makes Git say this. Stacks that are not named are gone from it. */
  async commit(
    stacks: Readonly<Record<string, StackSpec>>,
    files: Readonly<Record<string, string>> = {},
  ): Promise<void> {
    const gone = Object.keys(this.stacks).filter((name) => !(name in stacks));
    const written = Object.entries(stacks).map(([name, spec]) =>
      [name, composeText(this.projectOf(name), spec)] as const
    );
    await this.write(Object.fromEntries([...written, ...gone.map((name) => [name, null] as const)]), files);
    this.stacks = stacks;
  }

  /** The text of Compose files as they are, also ones that nobody could deploy. */
  async write(
    texts: Readonly<Record<string, string | null>>,
    files: Readonly<Record<string, string>> = {},
  ): Promise<void> {
    const composeFiles = Object.entries(texts).map((
      [name, text],
    ) => [`${this.projectOf(name)}/compose.yml`, text]);
    const others = Object.entries(files).map(([path, text]) => [`${this.prefix}-${path}`, text]);
    this.head = await this.lab.commit(Object.fromEntries([...composeFiles, ...others]));
  }

  async start(options: StartOptions = {}): Promise<HomeportProcess> {
    const process = await HomeportProcess.start(this, options);
    this.processes.push(process);
    return process;
  }

  /** Brings this about, and goes on watching. */
  async up(
    stacks: Readonly<Record<string, StackSpec>>,
    options: StartOptions = {},
  ): Promise<HomeportProcess> {
    await this.commit(stacks);
    const process = await this.start(options);
    await converge(this, process);
    return process;
  }

  /** `docker …` on a container of the case, by the API: `post("pair-web-1", "stop")`. */
  async post(container: string, action: string, query: Readonly<Record<string, string>> = {}): Promise<void> {
    const path = `/containers/${this.prefix}-${container}/${action}`;
    await (await this.site.engine.api.request("POST", path, { query })).body?.cancel();
  }

  async remove(path: string, query: Readonly<Record<string, string>> = {}): Promise<void> {
    await (await this.site.engine.api.request("DELETE", path, { query })).body?.cancel();
  }

  /** `undefined`: it is not there, or not at this moment. */
  async find(container: string): Promise<SeenContainer | undefined> {
    const { containers } = await seeEngine(this.site.engine.api, this.prefix).catch(() => ({
      containers: [],
    }));
    return containers.find(({ name }) => name === `${this.prefix}-${container}`);
  }

  async isRunning(container: string): Promise<boolean> {
    return (await this.find(container))?.state === "running";
  }

  /** Name → ID of every container of the case. */
  async ids(): Promise<Readonly<Record<string, string>>> {
    const { containers } = await seeEngine(this.site.engine.api, this.prefix);
    return Object.fromEntries(containers.map(({ name, id }) => [name, id]));
  }

  /** Done when the case is over, however it ends. */
  defer(step: () => Promise<unknown> | unknown): void {
    this.#cleanUp.push(step);
  }

  /** Removes everything of the case from the engine. */
  async wipeEngine(): Promise<void> {
    await removeProjects(this.site.engine.api, this.prefix);
  }

  async close(): Promise<void> {
    for (const process of this.processes) await process.end();
    for (const step of this.#cleanUp.reverse()) await step();
    this.onRequest = () => undefined;
    await this.closeSocket();
    await this.wipeEngine();
    for (const path of [this.folder, this.lab.remote]) {
      await Deno.remove(path, { recursive: true }).catch(() => {});
    }
  }
}

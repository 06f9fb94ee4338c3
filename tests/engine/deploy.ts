/** Carrying operations out in a test of the engine, for a project that the test writes down. */
import type { Project, Service } from "../../lib/compose/project.ts";
import { connectEngine, type DockerEngine } from "../../lib/engine/client.ts";
import type { DeployContext } from "../../lib/plan/deploy_context.ts";
import type { Operation } from "../../lib/plan/operation.ts";
import type { EngineTest } from "./harness.ts";

export const CAUSE = { cause: "a test", after: [] } as const;

export interface ProjectParts {
  readonly services: Readonly<Record<string, Omit<Service, "name">>>;
  readonly networks?: Project["networks"];
  readonly volumes?: Project["volumes"];
  readonly configs?: Project["configs"];
  readonly secrets?: Project["secrets"];
}

/** Services run busybox without a network, unless they say otherwise. */
export function testProject(
  t: Pick<EngineTest, "project" | "folder" | "images">,
  parts: ProjectParts,
): Project {
  const services = Object.entries(parts.services).map(([name, service]) => {
    const network = service.networks === undefined && service.network_mode === undefined
      ? { network_mode: "none" }
      : {};
    return [name, { name, image: t.images.one, stop_grace_period: 0, ...network, ...service }] as const;
  });
  return {
    name: t.project,
    workingDir: t.folder,
    configFiles: [`${t.folder}/compose.yml`],
    disabledServices: [],
    unusedNetworks: [],
    networks: {},
    volumes: {},
    configs: {},
    secrets: {},
    models: {},
    ...parts,
    services: Object.fromEntries(services),
  };
}

export function deployContext(
  project: Project,
  signal: AbortSignal,
  overrides: Partial<DeployContext> = {},
): DeployContext {
  return {
    desired: { name: project.name, project, stackHash: "0".repeat(64), serviceFiles: {} },
    ownership: {
      instance: "test@example",
      stack: project.name,
      commit: "c".repeat(40),
      stackHash: "0".repeat(64),
      version: "0.0.0",
      deployedAt: "2025-01-02T03:04:05Z",
    },
    composeHash: "2.40",
    signal,
    waitTimeout: 20_000,
    pullTimeout: 60_000,
    ...overrides,
  };
}

export interface Deployment {
  readonly engine: DockerEngine;
  readonly project: Project;
  execute(operation: Operation, overrides?: Partial<DeployContext>): Promise<void>;
  create(service: string, number?: number): Promise<void>;
  start(service: string, number?: number): Promise<void>;
  /** Creates and starts. */
  run(service: string, number?: number): Promise<void>;
  inspect(service: string, number?: number): Promise<Inspected>;
}

/** What the tests look at. */
export interface Inspected {
  readonly Id: string;
  readonly Name: string;
  readonly Image: string;
  readonly State: { readonly Status: string; readonly Running: boolean; readonly ExitCode: number };
  readonly Config: { readonly Labels: Readonly<Record<string, string>> };
  readonly HostConfig: { readonly VolumesFrom: readonly string[] | null };
  readonly Mounts: readonly { readonly Type: string; readonly Name?: string; readonly Destination: string }[];
  readonly NetworkSettings: {
    readonly Networks: Readonly<
      Record<
        string,
        {
          readonly NetworkID: string;
          readonly Aliases: readonly string[] | null;
          readonly IPAddress: string;
          readonly MacAddress: string;
        }
      >
    >;
  };
}

/** `dockerHost`: where the operations go; default: the real engine. Close it with `using`. */
export function deployment(
  t: EngineTest,
  parts: ProjectParts,
  dockerHost = t.dockerHost,
  dockerConfig?: string,
): Deployment & Disposable {
  const engine = connectEngine({ dockerHost, dockerConfig });
  const project = testProject(t, parts);
  const nameOf = (service: string, number: number) =>
    project.services[service]?.container_name ?? `${project.name}-${service}-${number}`;
  const execute: Deployment["execute"] = (operation, overrides) =>
    engine.execute(operation, deployContext(project, t.signal, overrides));
  const operate = (kind: "create-container" | "start-container") => (service: string, number = 1) => {
    const containerName = nameOf(service, number);
    return execute({ ...CAUSE, kind, id: `${kind} ${containerName}`, service, number, containerName });
  };
  const create = operate("create-container");
  const start = operate("start-container");
  return {
    engine,
    project,
    execute,
    create,
    start,
    run: async (service, number) => {
      await create(service, number);
      await start(service, number);
    },
    inspect: async (service, number = 1) =>
      await t.api.get(`/containers/${nameOf(service, number)}/json`) as Inspected,
    [Symbol.dispose]: () => engine.close(),
  };
}

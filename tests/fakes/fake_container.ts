/** A container of the engine in memory, as it is right after its creation. */
import type { Service } from "../../lib/compose/project.ts";
import { COMPOSE_LABELS } from "../../lib/plan/compose_labels.ts";
import type { DeployContext } from "../../lib/plan/deploy_context.ts";
import type { ObservedContainer } from "../../lib/plan/observed.ts";
import { LABELS, ownershipLabels } from "../../lib/plan/plan.ts";
import type { ServiceContainer } from "../../lib/plan/service_container.ts";

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };
export type FakeContainer = Mutable<ObservedContainer> & {
  /** Host ports that it takes while it runs. */
  ports: readonly string[];
  /** Ends well as soon as it is started. */
  job: boolean;
  hasHealthcheck: boolean;
  restart: ServiceContainer["restart"];
  startedAt: string;
  restartCount: number;
};

export interface NewContainer {
  readonly id: string;
  readonly name: string;
  /** The image's ID. */
  readonly image: string;
  readonly service: Service;
  readonly number: number;
  readonly configHash: string;
  readonly created: number;
  /** The container that it replaces; the volume at `/anonymous` is passed on. */
  readonly inherited: FakeContainer | undefined;
  readonly job: boolean;
}

export function newContainer({ desired, ownership }: DeployContext, given: NewContainer): FakeContainer {
  const { id, name, image, service, number, configHash, created, inherited, job } = given;
  const { project } = desired;
  const files = desired.serviceFiles[service.name];
  const named = (service.volumes ?? []).filter(({ type, source }) =>
    type === "volume" && source !== undefined
  );
  return {
    id,
    name,
    image,
    imageReference: service.image ?? service.name,
    state: "created",
    labels: {
      ...service.labels,
      [COMPOSE_LABELS.project]: project.name,
      [COMPOSE_LABELS.service]: service.name,
      [COMPOSE_LABELS.number]: String(number),
      [COMPOSE_LABELS.oneOff]: "False",
      [COMPOSE_LABELS.configHash]: configHash,
      [COMPOSE_LABELS.image]: image,
      [COMPOSE_LABELS.dependsOn]: Object.entries(service.depends_on ?? {}).map((
        [dependency, { condition }],
      ) => `${dependency}:${condition}:false`).join(","),
      ...ownershipLabels(ownership),
      ...(files !== undefined && { [LABELS.filesHash]: files.hash }),
    },
    created,
    networkIds: Object.keys(service.networks ?? {}).map((key) => project.networks[key]!.name),
    mounts: [
      ...named.map(({ source, target }) => ({
        type: "volume",
        name: project.volumes[source!]!.name,
        destination: target!,
      })),
      ...inherited?.mounts.filter(({ destination }) => destination === "/anonymous") ?? [],
    ],
    publishedPorts: [],
    ports: (service.ports ?? []).map(({ published }) => `0.0.0.0:${published}/tcp`),
    job,
    hasHealthcheck: service.healthcheck !== undefined,
    restart: { name: (service.restart ?? "no") as ServiceContainer["restart"]["name"], retries: 0 },
    startedAt: "",
    restartCount: 0,
  };
}

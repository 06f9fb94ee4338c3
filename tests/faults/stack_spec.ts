/** What a case writes into Git, and what must be on the engine because of it: said by the case, and not by Homeport. */

export interface ServiceSpec {
  readonly name: string;
  readonly image: string;
  /** Stands in its environment: another one is another container. */
  readonly version: number;
  /** Mounts the stack's volume `data` at `/data`. */
  readonly data?: boolean;
  /** Has an anonymous volume at `/scratch`. */
  readonly scratch?: boolean;
  readonly dependsOn?: string;
  /** Default: sleeps for ever. */
  readonly command?: string;
  /** Default: `running`. */
  readonly state?: "running" | "exited" | "any";
  /** Further lines of the service, such as `restart: always`. */
  readonly more?: readonly string[];
}

export interface StackSpec {
  readonly services: readonly ServiceSpec[];
  /** Another one is another network. Absent: no network at all. */
  readonly network?: number;
  /** Further top-level lines. */
  readonly more?: readonly string[];
}

/** `project`: decides on the subnet, for those that an engine gives out by itself are few. */
export function composeText(project: string, { services, network, more = [] }: StackSpec): string {
  return [
    "services:",
    ...services.flatMap((service) => [
      `  ${service.name}:`,
      `    image: ${service.image}`,
      `    command: ${service.command ?? "sleep 100000"}`,
      "    stop_signal: SIGKILL",
      `    environment: { VERSION: "${service.version}" }`,
      ...(network === undefined ? ["    network_mode: none"] : []),
      ...(service.dependsOn === undefined ? [] : [`    depends_on: [${service.dependsOn}]`]),
      ...volumesOf(service),
      ...(service.more ?? []).map((line) => `    ${line}`),
    ]),
    ...(network === undefined ? [] : [
      "networks:",
      "  default:",
      `    labels: { network: "${network}" }`,
      `    ipam: { config: [{ subnet: "${subnetOf(project)}" }] }`,
    ]),
    ...(services.some(({ data }) => data) ? ["volumes: { data: {} }"] : []),
    ...more,
    "",
  ].join("\n");
}

/** One of the 65536 of 16 addresses in 10.64.0.0/12. */
function subnetOf(project: string): string {
  let hash = 0;
  for (const character of project) hash = (hash * 31 + character.charCodeAt(0)) % 65521;
  return `10.${64 + (hash >> 12)}.${(hash >> 4) & 255}.${(hash & 15) * 16}/28`;
}

function volumesOf({ data, scratch }: ServiceSpec): string[] {
  const volumes = [...(data ? ["data:/data"] : []), ...(scratch ? ["/scratch"] : [])];
  return volumes.length === 0 ? [] : [`    volumes: [${volumes.join(", ")}]`];
}

/** Five stacks with all that a deployment can have to do. */
export function fiveStacks(image: string, version: number, network = 1): Record<string, StackSpec> {
  const sleeper = (name: string, more: Partial<ServiceSpec> = {}): ServiceSpec => ({
    name,
    image,
    version,
    ...more,
  });
  return {
    alone: { services: [sleeper("a")] },
    net: { network, services: [sleeper("a")] },
    pair: { network, services: [sleeper("db", { scratch: true }), sleeper("web", { dependsOn: "db" })] },
    data: { services: [sleeper("db", { data: true, scratch: true })] },
    once: {
      services: [
        sleeper("init", { command: '["true"]', state: "exited" }),
        sleeper("app", { more: ["depends_on: { init: { condition: service_completed_successfully } }"] }),
      ],
    },
  };
}

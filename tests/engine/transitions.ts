import type { Fates } from "./fates.ts";

/** Changes of a stack that runs, and what they do to its containers. `$IMAGE` and `$OTHER` are images, `$PROJECT` is the project's name, `$SUBNET` begins an address. */
export interface Transition {
  /** A sentence. */
  readonly name: string;
  readonly before: string;
  /** Calls of `docker` between the two deployments. */
  readonly disturb?: readonly (readonly string[])[];
  readonly after: string;
  readonly fates: Fates;
  /** Where the reference does something else, and Homeport does not on purpose. */
  readonly byCompose?: Fates;
}

/** One line a service: its name, and its attributes besides image and grace period. Without a network unless it says so. */
function stack(lines: Readonly<Record<string, string>>, rest = ""): string {
  const services = Object.entries(lines).map(([name, attributes]) => {
    const image = /\bimage:/.test(attributes) ? "" : "image: $IMAGE, ";
    const network = /\bnetwork(s|_mode):/.test(attributes) ? "" : "network_mode: none, ";
    return `  ${name}: {${image}${network}stop_signal: SIGKILL, ${attributes}}\n`;
  });
  return `services:\n${services.join("")}${rest}`;
}

const NET = (label: string) =>
  `networks: {net: {labels: {l: ${label}}, ipam: {config: [{subnet: $SUBNET.0/25}]}}}\n`;

export const TRANSITIONS: readonly Transition[] = [
  {
    name: "only the service whose configuration changed is recreated",
    before: stack({ db: "labels: {l: a}", web: "depends_on: [db]" }),
    after: stack({ db: "labels: {l: b}", web: "depends_on: [db]" }),
    fates: { "db-1": "recreated", "web-1": "kept" },
  },
  {
    name: "another image recreates its service",
    before: stack({ db: "", web: "" }),
    after: stack({ db: "", web: "image: $OTHER" }),
    fates: { "db-1": "kept", "web-1": "recreated" },
  },
  {
    name: "depends_on with restart restarts the dependent when its dependency is recreated",
    before: stack({
      db: "labels: {l: a}",
      web: "depends_on: {db: {condition: service_started, restart: true}}",
      api: "depends_on: {db: {condition: service_started, restart: false}}",
    }),
    after: stack({
      db: "labels: {l: b}",
      web: "depends_on: {db: {condition: service_started, restart: true}}",
      api: "depends_on: {db: {condition: service_started, restart: false}}",
    }),
    fates: { "api-1": "kept", "db-1": "recreated", "web-1": "restarted" },
  },
  {
    name: "who shares a network namespace is recreated with its owner",
    before: stack({ vpn: "labels: {l: a}", web: "network_mode: 'service:vpn'" }),
    after: stack({ vpn: "labels: {l: b}", web: "network_mode: 'service:vpn'" }),
    fates: { "vpn-1": "recreated", "web-1": "recreated" },
  },
  {
    name: "who shares a PID or IPC namespace is recreated with its owner",
    before: stack({
      main: "ipc: shareable, labels: {l: a}",
      a: "pid: 'service:main'",
      b: "ipc: 'service:main'",
    }),
    after: stack({
      main: "ipc: shareable, labels: {l: b}",
      a: "pid: 'service:main'",
      b: "ipc: 'service:main'",
    }),
    fates: { "a-1": "recreated", "b-1": "recreated", "main-1": "recreated" },
  },
  {
    name: "who takes another's volumes is recreated with it, and so is who takes them from there",
    before: stack({
      a: "volumes: [/data], labels: {l: a}",
      b: "volumes_from: [a]",
      c: "volumes_from: ['b:ro']",
    }),
    after: stack({
      a: "volumes: [/data], labels: {l: b}",
      b: "volumes_from: [a]",
      c: "volumes_from: ['b:ro']",
    }),
    fates: { "a-1": "recreated", "b-1": "recreated", "c-1": "recreated" },
  },
  {
    name: "scaling up keeps what runs and counts on",
    before: stack({ web: "scale: 1" }),
    after: stack({ web: "scale: 3" }),
    fates: { "web-1": "kept", "web-2": "created", "web-3": "created" },
  },
  {
    name: "scaling down removes the highest numbers",
    before: stack({ web: "deploy: {replicas: 3}" }),
    after: stack({ web: "deploy: {replicas: 1}" }),
    fates: { "web-1": "kept", "web-2": "removed", "web-3": "removed" },
  },
  {
    name: "scaling to nothing removes all",
    before: stack({ web: "scale: 2", db: "" }),
    after: stack({ web: "scale: 0", db: "" }),
    fates: { "db-1": "kept", "web-1": "removed", "web-2": "removed" },
  },
  {
    name: "a gap among the numbers stays, and new ones count on from the highest",
    before: stack({ web: "scale: 3" }),
    disturb: [["rm", "-f", "$PROJECT-web-2"]],
    after: stack({ web: "scale: 4" }),
    fates: { "web-1": "kept", "web-3": "kept", "web-4": "created", "web-5": "created" },
  },
  {
    name: "scaling down with a gap keeps the lowest numbers",
    before: stack({ web: "scale: 3" }),
    disturb: [["rm", "-f", "$PROJECT-web-1"]],
    after: stack({ web: "scale: 1" }),
    fates: { "web-2": "kept", "web-3": "removed" },
  },
  {
    name: "replicas are recreated with their numbers when configuration and scale change at once",
    before: stack({ web: "scale: 2" }),
    after: stack({ web: "scale: 3, labels: {l: b}" }),
    fates: { "web-1": "recreated", "web-2": "recreated", "web-3": "created" },
  },
  {
    name: "container_name gives the container another name",
    before: stack({ web: "" }),
    after: stack({ web: "container_name: $PROJECT-mine" }),
    fates: { "mine": "created", "web-1": "removed" },
  },
  {
    name: "a container without container_name any more gets its number back",
    before: stack({ web: "container_name: $PROJECT-mine" }),
    after: stack({ web: "" }),
    fates: { "mine": "removed", "web-1": "created" },
  },
  {
    name: "a changed network restarts those that are attached to it, and no others",
    before: stack({ web: "networks: {net: {aliases: [www], ipv4_address: $SUBNET.9}}", db: "" }, NET("a")),
    after: stack({ web: "networks: {net: {aliases: [www], ipv4_address: $SUBNET.9}}", db: "" }, NET("b")),
    fates: { "db-1": "kept", "web-1": "restarted" },
  },
  {
    name: "a changed definition of a volume leaves the volume and its users as they are",
    before: stack({ web: "volumes: ['data:/data']" }, "volumes: {data: {labels: {l: a}}}\n"),
    after: stack({ web: "volumes: ['data:/data']" }, "volumes: {data: {labels: {l: b}}}\n"),
    fates: { "web-1": "kept" },
  },
  {
    name: "another name of a volume recreates its users",
    before: stack({ web: "volumes: ['data:/data']", db: "" }, "volumes: {data: {}}\n"),
    after: stack({ web: "volumes: ['data:/data']", db: "" }, "volumes: {data: {name: $PROJECT-other}}\n"),
    fates: { "db-1": "kept", "web-1": "recreated" },
  },
  {
    name: "a further network recreates the service that joins it",
    before: stack({ web: "networks: [net]", db: "networks: [net]" }, NET("a")),
    after: stack(
      { web: "networks: [net, more]", db: "networks: [net]" },
      NET("a").replace("}}}\n", "}}, more: {ipam: {config: [{subnet: $SUBNET.128/25}]}}}\n"),
    ),
    fates: { "db-1": "kept", "web-1": "recreated" },
  },
  {
    name: "a service that is gone from the file is removed, of which the reference only warns",
    before: stack({ web: "", old: "" }),
    after: stack({ web: "" }),
    fates: { "old-1": "removed", "web-1": "kept" },
    byCompose: { "old-1": "kept", "web-1": "kept" },
  },
  {
    name: "a service that a profile disables is no orphan",
    before: stack({ web: "", debug: "" }),
    after: stack({ web: "", debug: "profiles: [debug]" }),
    fates: { "debug-1": "kept", "web-1": "kept" },
  },
  {
    name: "a service that is new in the file is created beside the others",
    before: stack({ web: "" }),
    after: stack({ web: "depends_on: [db]", db: "" }),
    fates: { "db-1": "created", "web-1": "kept" },
  },
  {
    name: "a container that was stopped is started again",
    before: stack({ db: "", web: "" }),
    disturb: [["stop", "$PROJECT-web-1"]],
    after: stack({ db: "", web: "" }),
    fates: { "db-1": "kept", "web-1": "restarted" },
  },
  {
    name: "a container that was removed is created again",
    before: stack({ web: "", db: "" }),
    disturb: [["rm", "-f", "$PROJECT-db-1"]],
    after: stack({ web: "", db: "" }),
    fates: { "db-1": "created", "web-1": "kept" },
  },
];

/** Stacks of which the two tools make something else: deployed, changed, deployed again, and looked at. */
import { join } from "node:path";
import { containers } from "../engine/fates.ts";
import type { EngineTest } from "../engine/harness.ts";

export interface Shown {
  /** That of the test. */
  readonly name: string;
  /** `$IMAGE` is an image, `$SUBNET` a subnet, `$ADDRESS` an address in it. */
  readonly before: string;
  /** Default: the same again. */
  readonly after?: string;
  readonly look: (t: EngineTest) => Promise<unknown>;
  /** What is seen after `docker compose`. Absent: now one thing, now another. */
  readonly reference?: unknown;
  readonly homeport: unknown;
}

const WEB = "image: $IMAGE, network_mode: none, stop_signal: SIGKILL";

const network = (label: string) =>
  `services:
  web: {image: $IMAGE, stop_signal: SIGKILL, networks: {net: {aliases: [www], ipv4_address: $ADDRESS}}}
networks:
  net: {labels: {l: ${label}}, ipam: {config: [{subnet: $SUBNET}]}}
`;

const hooks = (label: string) =>
  `services:
  web:
    {${WEB}, labels: {l: ${label}}, volumes: [".:/log"], pre_stop: [{command: [sh, -c, "echo stopped >> /log/log"]}]}
`;

const config = (content: string) =>
  `services:
  web: {${WEB}, configs: [{source: text, target: /text}]}
configs:
  text: {content: ${content}}
`;

const shared = (label: string) =>
  `services:
  a: {${WEB}, scale: 2, labels: {l: ${label}}}
  b: {${WEB}, pid: "service:a"}
`;

export const SHOWN: readonly Shown[] = [
  {
    name: "volumes_from keeps its mode",
    before: `services:
  a: {${WEB}, volumes: [/data]}
  b: {${WEB}, volumes_from: ["a:ro"]}
`,
    look: async (t) => (await inspect(t, "b")).Mounts.map(({ RW }) => RW),
    reference: [true],
    homeport: [false],
  },
  {
    name: "a network that is made anew leaves aliases and addresses as they were",
    before: network("a"),
    after: network("b"),
    look: async (t) => {
      const { Networks } = (await inspect(t, "web")).NetworkSettings;
      const { Aliases, IPAddress } = Networks[`${t.project}_net`]!;
      return [(Aliases ?? []).includes("www"), IPAddress === `${t.subnet}.9`];
    },
    reference: [false, false],
    homeport: [true, true],
  },
  {
    name: "pre_stop runs before a recreation",
    before: hooks("a"),
    after: hooks("b"),
    look: log,
    reference: "",
    homeport: "stopped\n",
  },
  {
    name: "a changed content of a config recreates the services that use it",
    before: config("old"),
    after: config("new"),
    look: async (t) => (await t.docker(["exec", `${t.project}-web-1`, "cat", "/text"])).stdout,
    reference: "old",
    homeport: "new",
  },
  {
    name: "of several containers the first by its name is shared",
    before: shared("a"),
    after: shared("b"),
    look: async (t) => {
      const owner = await t.api.get(`/containers/${t.project}-a-1/json`) as { Id: string };
      return (await inspect(t, "b")).HostConfig.PidMode === `container:${owner.Id}`;
    },
    homeport: true,
  },
  {
    name: "replicas that change and become fewer keep the lowest number",
    before: `services:\n  web: {${WEB}, scale: 3, labels: {l: a}}\n`,
    after: `services:\n  web: {${WEB}, scale: 1, labels: {l: b}}\n`,
    look: async (t) => Object.keys(await containers(t)),
    homeport: ["web-1"],
  },
  {
    name: "a named volume that becomes an anonymous one is not mounted any more",
    before: `services:\n  web: {${WEB}, volumes: ["data:/data"]}\nvolumes: {data: {}}\n`,
    after: `services:\n  web: {${WEB}, volumes: [/data]}\n`,
    look: async (t) => (await inspect(t, "web")).Mounts.map(({ Name }) => Name === `${t.project}_data`),
    reference: [true],
    homeport: [false],
  },
  {
    name: "a job that is done is not done again",
    before: `services:
  job: {${WEB}, volumes: [".:/log"], command: [sh, -c, "echo done >> /log/log"]}
  after: {${WEB}, depends_on: {job: {condition: service_completed_successfully}}}
`,
    look: log,
    reference: "done\ndone\n",
    homeport: "done\n",
  },
];

interface Inspected {
  readonly HostConfig: { readonly PidMode: string };
  readonly Mounts: readonly { readonly RW: boolean; readonly Name?: string }[];
  readonly NetworkSettings: {
    readonly Networks: Readonly<
      Record<string, { readonly Aliases: readonly string[] | null; readonly IPAddress: string }>
    >;
  };
}

async function inspect(t: EngineTest, service: string): Promise<Inspected> {
  return await t.api.get(`/containers/${t.project}-${service}-1/json`) as Inspected;
}

/** What containers wrote into the project's folder. */
async function log({ folder }: EngineTest): Promise<string> {
  return await Deno.readTextFile(join(folder, "log")).catch(() => "");
}

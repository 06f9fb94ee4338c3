/** What the recording engine remembers, and what it answers to which request. */
import { createHash } from "node:crypto";
import type { NetworkBody, VolumeBody } from "../../lib/engine/body.ts";
import { makeContainer, type RecordedContainer } from "./recorded_container.ts";

export interface RecordingOptions {
  /** Default: 1.51. */
  readonly apiVersion?: string;
  /** What the list of images shows; any other is there as well when it is asked for by name. */
  readonly images?: readonly string[];
  /** Names of what is there already, of no project. */
  readonly networks?: readonly string[];
  readonly volumes?: readonly string[];
}

type Labels = Readonly<Record<string, string>>;

interface Named {
  readonly Name: string;
  readonly Id: string;
  readonly Labels: Labels;
}

export class RecordedState {
  readonly apiVersion: string;
  readonly images: readonly string[];
  readonly containers: RecordedContainer[] = [];
  readonly networks: Named[];
  readonly volumes: Named[];

  constructor({ apiVersion = "1.51", images = [], networks = [], volumes = [] }: RecordingOptions) {
    this.apiVersion = apiVersion;
    this.images = images;
    this.networks = networks.map((name) => named(name, {}));
    this.volumes = volumes.map((name) => named(name, {}));
  }

  container(key: string): RecordedContainer | undefined {
    return this.containers.find(({ Id, Name }) => Name === `/${key}` || Id.startsWith(key));
  }
}

interface Asked {
  /** The name or ID in the path. */
  readonly key: string;
  readonly query: URLSearchParams;
  readonly body: string;
}

type Route = readonly [
  method: string,
  path: RegExp,
  answer: (state: RecordedState, asked: Asked) => Response,
];

export const ROUTES: readonly Route[] = [
  ["HEAD", /^\/_ping$/, ping],
  ["GET", /^\/_ping$/, ping],
  [
    "GET",
    /^\/version$/,
    ({ apiVersion }) =>
      Response.json({
        Version: "0",
        ApiVersion: apiVersion,
        MinAPIVersion: "1.24",
        Os: "linux",
        Arch: "amd64",
      }),
  ],
  ["GET", /^\/info$/, () => Response.json({ OSType: "linux", Swarm: { LocalNodeState: "inactive" } })],
  [
    "GET",
    /^\/images\/json$/,
    ({ images }) =>
      Response.json(images.map((name) => ({ Id: imageId(name), RepoTags: [name], RepoDigests: [] }))),
  ],
  ["GET", /^\/images\/(.+)\/json$/, (_, { key }) => Response.json(imageDetails(key))],
  ["POST", /^\/images\/create$/, () => new Response('{"status":"Pull complete"}\n')],
  ["POST", /^\/images\/(.+)\/tag$/, () => new Response(null, { status: 201 })],
  ["GET", /^\/networks$/, ({ networks }, { query }) => Response.json(filtered(networks, query))],
  ["GET", /^\/networks\/([^/]+)$/, ({ networks }, { key }) => oneOf(networks, key, "network")],
  ["POST", /^\/networks\/create$/, ({ networks }, { body }) => add(networks, JSON.parse(body), "network")],
  ["POST", /^\/networks\/([^/]+)\/connect$/, () => new Response()],
  ["GET", /^\/volumes$/, ({ volumes }, { query }) => Response.json({ Volumes: filtered(volumes, query) })],
  ["GET", /^\/volumes\/([^/]+)$/, ({ volumes }, { key }) => oneOf(volumes, key, "volume")],
  ["POST", /^\/volumes\/create$/, ({ volumes }, { body }) => add(volumes, JSON.parse(body), "volume")],
  [
    "GET",
    /^\/containers\/json$/,
    ({ containers }, { query }) => Response.json(filtered(containers.map((each) => each.summary()), query)),
  ],
  ["GET", /^\/containers\/([^/]+)\/json$/, (state, { key }) => {
    const container = state.container(key);
    return container === undefined ? missing("container", key) : Response.json(container.details());
  }],
  ["POST", /^\/containers\/create$/, createContainer],
  ["POST", /^\/containers\/([^/]+)\/start$/, (state, { key }) => {
    state.container(key)?.start();
    return new Response(null, { status: 204 });
  }],
  ["PUT", /^\/containers\/([^/]+)\/archive$/, () => new Response()],
];

function ping({ apiVersion }: RecordedState): Response {
  return new Response("OK", { headers: { "Api-Version": apiVersion, Ostype: "linux" } });
}

function createContainer(state: RecordedState, { query, body }: Asked): Response {
  const name = query.get("name") ?? "";
  if (state.container(name) !== undefined) return taken("container", name);
  const parsed = JSON.parse(body);
  const container = makeContainer(hex(`container ${name}`), name, imageId(parsed.Image), parsed, networkId);
  state.containers.push(container);
  return Response.json({ Id: container.Id, Warnings: [] }, { status: 201 });
}

function add(all: Named[], body: NetworkBody | VolumeBody, kind: string): Response {
  const { Name, Labels = {} } = body;
  if (all.some((each) => each.Name === Name)) return taken(kind, Name);
  const made = { ...body, ...named(Name, Labels) };
  all.push(made);
  return Response.json(made, { status: 201 });
}

function oneOf(all: readonly Named[], key: string, kind: string): Response {
  const found = all.find(({ Name, Id }) => Name === key || Id === key);
  return found === undefined ? missing(kind, key) : Response.json(found);
}

function missing(kind: string, key: string): Response {
  return Response.json({ message: `No such ${kind}: ${key}` }, { status: 404 });
}

function taken(kind: string, name: string): Response {
  return Response.json({ message: `The ${kind} name "${name}" is already in use` }, { status: 409 });
}

/** Keeps what carries all of the labels; a filter is a list, or a mapping whose values say nothing. */
function filtered<T extends { readonly Labels: Labels }>(all: readonly T[], query: URLSearchParams): T[] {
  const { label = [] } = JSON.parse(query.get("filters") ?? "{}") as { label?: string[] | Labels };
  const wanted = Array.isArray(label) ? label : Object.keys(label);
  return all.filter(({ Labels }) =>
    wanted.every((each) => {
      const [name = "", ...value] = each.split("=");
      return value.length === 0 ? name in Labels : Labels[name] === value.join("=");
    })
  );
}

function named(name: string, labels: Labels): Named {
  return { Name: name, Id: networkId(name), Labels: labels };
}

function networkId(name: string): string {
  return hex(`network ${name}`);
}

/** An image is all that its name says: the two tools may spell it in two ways only where it is one image. */
function imageId(name: string): string {
  return name.startsWith("sha256:") ? name : `sha256:${hex(`image ${name}`)}`;
}

function imageDetails(name: string) {
  return { Id: imageId(name), RepoTags: [name], Os: "linux", Architecture: "amd64", Config: {} };
}

function hex(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

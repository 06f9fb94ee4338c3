/**
 * A Docker Engine behind a socket that runs nothing: it keeps every request, remembers what it is told to create, and answers for that as
 * the real one would. Every image is there; hardware, host paths and ports are never missing.
 */
import { createHash } from "node:crypto";
import type { NetworkBody, VolumeBody } from "../../lib/engine/body.ts";
import type { RecordedRequest } from "./engine_proxy.ts";
import { makeContainer, type RecordedContainer } from "./recorded_container.ts";

export interface RecordingOptions {
  readonly socket: string;
  /** Default: 1.51. */
  readonly apiVersion?: string;
  /** What the list of images shows; any other is there as well when it is asked for by name. */
  readonly images?: readonly string[];
  /** Names of what is there already, of no project. */
  readonly networks?: readonly string[];
  readonly volumes?: readonly string[];
}

export interface RecordingEngine {
  /** As `DOCKER_HOST` takes it. */
  readonly dockerHost: string;
  /** In the order of their arrival. */
  readonly requests: readonly RecordedRequest[];
  close(): Promise<void>;
}

export function startRecordingEngine(options: RecordingOptions): RecordingEngine {
  const state = new State(options);
  const requests: RecordedRequest[] = [];
  const server = Deno.serve({ path: options.socket, onListen: () => {} }, async (request) => {
    const { pathname, search } = new URL(request.url);
    const path = decodeURIComponent(pathname).replace(/^\/v[\d.]+(?=\/)/, "");
    const body = await request.text();
    requests.push({ method: request.method, path: `${path}${search}`, body });
    const found = ROUTES.find(([method, pattern]) => method === request.method && pattern.test(path));
    if (found === undefined) {
      return Response.json({ message: `not recorded: ${request.method} ${path}` }, { status: 501 });
    }
    const [, pattern, answer] = found;
    const query = new URLSearchParams(search);
    return answer(state, { key: pattern.exec(path)![1] ?? "", query, body });
  });
  return { dockerHost: `unix://${options.socket}`, requests, close: () => server.shutdown() };
}

type Labels = Readonly<Record<string, string>>;

interface Named {
  readonly Name: string;
  readonly Id: string;
  readonly Labels: Labels;
}

class State {
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
  answer: (state: State, asked: Asked) => Response,
];

const ROUTES: readonly Route[] = [
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

function ping({ apiVersion }: State): Response {
  return new Response("OK", { headers: { "Api-Version": apiVersion, Ostype: "linux" } });
}

function createContainer(state: State, { query, body }: Asked): Response {
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

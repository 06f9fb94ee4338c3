/** A build by the engine's older builder: the context goes there as one archive. */
import { Buffer } from "node:buffer";
import { randomBytes } from "node:crypto";
import { createInterface } from "node:readline";
import { join, relative } from "node:path";
import { Readable } from "node:stream";
// @ts-types="@types/tar-stream"
import { type Pack, pack } from "tar-stream";
import type { Build, Project } from "../../compose/project.ts";
import { ConfigurationError } from "../../errors.ts";
import { IgnoreRules, parseDockerignore } from "../../stacks/dockerignore.ts";
import { allLogins } from "../registry_login.ts";
import { RequestError, UnreachableError } from "../request_error.ts";
import type { DeployRun } from "../run.ts";
import { type BuildDefinition, placeOf } from "./build_definition.ts";
import { buildError } from "./build_error.ts";
import { shorten } from "./build_progress.ts";
import { type ContextEntry, walkContext } from "./context_files.ts";

const KEPT_LINES = 12;

export async function buildWithClassicBuilder(
  run: DeployRun,
  project: Project,
  definition: BuildDefinition,
): Promise<void> {
  refuseUnknown(definition);
  const place = placeOf(project, definition);
  const lines: string[] = [];
  let step: string | undefined;
  const context = "folder" in definition.context ? await openContext(definition, run.signal) : undefined;
  try {
    const stream = await run.connection.stream({
      method: "POST",
      path: "/build",
      query: queryOf(definition, context?.dockerfile ?? dockerfileName(definition)),
      registryLogins: await allLogins(run.dockerConfig),
      ...(context !== undefined && { archive: context.archive }),
      signal: run.signal,
    });
    // What is left of it after a refusal is nobody's, and neither is how it ends.
    stream.on("error", () => {});
    for await (const line of createInterface({ input: stream, crlfDelay: Infinity })) {
      if (line.trim() === "") continue;
      const message = JSON.parse(line) as BuildMessage;
      if (message.errorDetail !== undefined) throw new RequestError(500, message.errorDetail.message);
      const text = message.stream?.trimEnd() ?? "";
      if (text === "") continue;
      if (text.startsWith("Step ")) {
        step = shorten(text.replace(/^Step /, ""));
        lines.length = 0;
        run.context.onProgress?.(step);
      } else if (!/^ ---> /.test(text)) lines.push(...text.split("\n"));
    }
  } catch (error) {
    if (run.signal.aborted) throw run.signal.reason;
    throw buildError(context?.failure() ?? asEngineError(run, error), {
      service: definition.service,
      place,
      step,
      output: lines.slice(-KEPT_LINES),
      confidential: [],
    });
  } finally {
    context?.archive.destroy();
  }
}

interface BuildMessage {
  readonly stream?: string;
  readonly errorDetail?: { readonly message: string };
}

function asEngineError(run: DeployRun, error: unknown): unknown {
  if (error instanceof RequestError || error instanceof UnreachableError) return error;
  return new UnreachableError(run.connection.address, (error as { code?: string }).code, error);
}

/** What only BuildKit can do. What a Dockerfile asks for, the engine refuses by name. */
const BUILDKIT_ONLY: readonly (keyof Build)[] = ["secrets", "additional_contexts"];

function refuseUnknown({ build, service }: BuildDefinition): void {
  const attribute = BUILDKIT_ONLY.find((each) => Object.keys(build[each] ?? {}).length > 0);
  if (attribute === undefined) return;
  throw new ConfigurationError(
    `Cannot build service ${service}: this engine has no BuildKit, without which there is no ${attribute}`,
    {
      path: `services.${service}.build.${attribute}`,
      hint: "turn BuildKit on in the engine's daemon.json (features: buildkit), or remove the attribute",
    },
  );
}

function dockerfileName({ dockerfile }: BuildDefinition): string {
  return dockerfile.kind === "inline" ? "Dockerfile" : dockerfile.name;
}

function queryOf(
  { build, names, args, labels, platform, context }: BuildDefinition,
  dockerfile: string,
): Record<string, string | boolean | readonly string[] | undefined> {
  return {
    version: "1",
    rm: true,
    dockerfile,
    t: names,
    buildargs: JSON.stringify(args),
    labels: JSON.stringify(labels),
    target: build.target || undefined,
    platform,
    nocache: build.no_cache === true ? true : undefined,
    pull: build.pull === true ? true : undefined,
    networkmode: build.network || undefined,
    shmsize: build.shm_size ? String(build.shm_size) : undefined,
    extrahosts: Object.entries(build.extra_hosts ?? {}).flatMap(([host, addresses]) =>
      addresses.map((address) => `${host}:${address}`)
    ),
    cachefrom: build.cache_from === undefined ? undefined : JSON.stringify(build.cache_from),
    ulimits: build.ulimits === undefined ? undefined : JSON.stringify(
      Object.entries(build.ulimits).map(([Name, limit]) =>
        typeof limit === "number"
          ? { Name, Soft: limit, Hard: limit }
          : { Name, Soft: limit.soft ?? 0, Hard: limit.hard ?? 0 }
      ),
    ),
    remote: "address" in context ? context.address : undefined,
  };
}

interface OpenContext {
  readonly archive: Readable;
  /** Its path in the archive. */
  readonly dockerfile: string;
  /** What went wrong while the archive was written. */
  readonly failure: () => unknown;
}

async function openContext(definition: BuildDefinition, signal: AbortSignal): Promise<OpenContext> {
  const { dockerfile, context } = definition;
  const folder = (context as { readonly folder: string }).folder;
  const path = dockerfile.kind === "file" ? join(dockerfile.folder, dockerfile.name) : undefined;
  const inside = path === undefined ? undefined : relative(folder, path);
  const isOutside = inside === undefined || inside.startsWith("../");
  // Under a name that nothing of the context has, where it is not part of it.
  const name = isOutside ? `.dockerfile.${randomBytes(10).toString("hex")}` : inside;
  const extra = !isOutside
    ? undefined
    : dockerfile.kind === "inline"
    ? new TextEncoder().encode(dockerfile.text)
    : await Deno.readFile(path!);
  const archive = pack();
  const output = Readable.from(archive as AsyncIterable<Buffer>);
  let failure: unknown;
  writeAll(archive, folder, { name, extra }, signal).catch((error) => {
    failure = error;
    output.destroy(error);
  });
  return { archive: output, dockerfile: name, failure: () => failure };
}

async function writeAll(
  archive: Pack,
  folder: string,
  { name, extra }: { readonly name: string; readonly extra: Uint8Array | undefined },
  signal: AbortSignal,
): Promise<void> {
  const patterns = parseDockerignore(await findDockerignore(folder) ?? "");
  // The engine needs both, and takes them away again where they are left out.
  const needed = [".dockerignore", ...(extra === undefined ? [name] : [])];
  const rules = new IgnoreRules(patterns);
  const kept = needed.filter((path) => rules.ignores(path)).map((path) => `!${path}`);
  let ignoreMode = 0o600;
  for await (const entry of walkContext(folder, new IgnoreRules([...patterns, ...kept]), signal)) {
    if (extra === undefined || entry.path !== ".dockerignore") await write(archive, entry);
    else ignoreMode = entry.mode;
  }
  if (extra !== undefined) {
    // So the engine takes the Dockerfile away before anything is copied.
    const text = await findDockerignore(folder) ?? ".dockerignore";
    archive.entry({ name: ".dockerignore", mode: ignoreMode, uid: 0, gid: 0 }, `${text}\n${name}\n`);
    archive.entry({ name, mode: 0o600, uid: 0, gid: 0 }, Buffer.from(extra));
  }
  archive.finalize();
}

async function findDockerignore(folder: string): Promise<string | undefined> {
  try {
    return await Deno.readTextFile(join(folder, ".dockerignore"));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

const TYPES = { file: "file", folder: "directory", symlink: "symlink" } as const;

async function write(
  archive: Pack,
  { path, kind, mode, size, modified, target, read }: ContextEntry,
): Promise<void> {
  const header = {
    name: kind === "folder" ? `${path}/` : path,
    type: TYPES[kind],
    mode,
    size,
    mtime: new Date(modified),
    uid: 0,
    gid: 0,
    ...(kind === "symlink" && { linkname: target }),
  };
  const { promise: ended, resolve, reject } = Promise.withResolvers<void>();
  // Awaited below; until then a failure must not count as nobody's.
  ended.catch(() => {});
  const entry = archive.entry(header, (error) => error ? reject(error) : resolve());
  if (kind === "file") {
    let left = size;
    // What grows while it is read is cut, and what shrinks is filled up: the archive has promised the size.
    for await (const chunk of read()) {
      const part = chunk.subarray(0, left);
      left -= part.length;
      if (part.length > 0) await pour(entry, part);
    }
    for (; left > 0; left -= Math.min(left, FILLER.length)) await pour(entry, FILLER.subarray(0, left));
    entry.end();
  }
  await ended;
}

const FILLER = new Uint8Array(64 * 1024);

/** As fast as the engine takes it. */
function pour(entry: NodeJS.WritableStream, chunk: Uint8Array): Promise<void> {
  if (entry.write(Buffer.from(chunk))) return Promise.resolve();
  return new Promise((resolve, reject) => {
    entry.once("drain", resolve);
    entry.once("close", () => reject(new Error("the engine took no more of the context")));
  });
}

/** A build's context as the archive that the engine's older builder takes: written as it is sent. */
import { Buffer } from "node:buffer";
import { randomBytes } from "node:crypto";
import { join, relative } from "node:path";
import { Readable } from "node:stream";
// @ts-types="@types/tar-stream"
import { type Pack, pack } from "tar-stream";
import { IgnoreRules, parseDockerignore } from "../../stacks/dockerignore.ts";
import type { BuildDefinition } from "./build_definition.ts";
import { type ContextEntry, walkContext } from "./context_files.ts";

export interface OpenContext {
  readonly archive: Readable;
  /** Its path in the archive. */
  readonly dockerfile: string;
  readonly dockerfileText: string;
  /** What went wrong while the archive was written. */
  readonly failure: () => unknown;
}

export async function openContext(definition: BuildDefinition, signal: AbortSignal): Promise<OpenContext> {
  const { dockerfile, context } = definition;
  const folder = (context as { readonly folder: string }).folder;
  const path = dockerfile.kind === "file" ? join(dockerfile.folder, dockerfile.name) : undefined;
  const inside = path === undefined ? undefined : relative(folder, path);
  // A symlink can lead out, where the engine cannot follow it.
  const isOutside = inside === undefined || leadsOut(inside) ||
    leadsOut(relative(await Deno.realPath(folder), await Deno.realPath(path!)));
  // Under a name that nothing of the context has, where it is not part of it.
  const name = isOutside ? `.dockerfile.${randomBytes(10).toString("hex")}` : inside;
  const text = dockerfile.kind === "inline" ? dockerfile.text : await Deno.readTextFile(path!);
  const extra = isOutside ? text : undefined;
  const archive = pack();
  const output = Readable.from(archive as AsyncIterable<Buffer>);
  let failure: unknown;
  writeAll(archive, folder, { name, extra }, signal).catch((error) => {
    failure = error;
    output.destroy(error);
  });
  return { archive: output, dockerfile: name, dockerfileText: text, failure: () => failure };
}

function leadsOut(path: string): boolean {
  return path.startsWith("../");
}

async function writeAll(
  archive: Pack,
  folder: string,
  { name, extra }: { readonly name: string; readonly extra: string | undefined },
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
    archive.entry({ name, mode: 0o600, uid: 0, gid: 0 }, extra);
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
    const closed = () => reject(new Error("the engine took no more of the context"));
    entry.once("close", closed);
    entry.once("drain", () => {
      entry.off("close", closed);
      resolve();
    });
  });
}

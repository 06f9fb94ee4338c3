/** What BuildKit asks back for while it builds: files, logins to registries, secrets. */
import { HomeportError } from "../../errors.ts";
import { isFolderContext } from "../../stacks/build_context.ts";
import { IgnoreRules } from "../../stacks/dockerignore.ts";
import { findCredentials } from "./credentials.ts";
import type { Run } from "../run.ts";
import type { BuildDefinition, BuildSecret } from "./build_definition.ts";
import { type ContextEntry, findEntry, walkContext } from "./context_files.ts";
import { sendFiles } from "./file_sync.ts";
import { CODE, GrpcError, type IncomingCall, type Method } from "./grpc.ts";
import { MessageReader, MessageWriter } from "./protobuf.ts";
import { localName, SOURCE } from "./solve_request.ts";

/** Of the health check: it serves. */
const SERVING = 1;

export function sessionMethods(run: Run, definition: BuildDefinition): Readonly<Record<string, Method>> {
  return {
    "/grpc.health.v1.Health/Check": async (call) => {
      await call.send(new MessageWriter().number(1, SERVING).finish());
    },
    "/moby.filesync.v1.FileSync/DiffCopy": (call) => sendFiles(call, filesFor(call, definition, run.signal)),
    "/moby.filesync.v1.Auth/Credentials": async (call) => {
      const host = (await question(call)).text(1);
      const login = await findCredentials(run, host);
      await call.send(
        new MessageWriter().text(1, login?.username ?? "").text(2, login?.secret.reveal() ?? "").finish(),
      );
    },
    "/moby.buildkit.secrets.v1.Secrets/GetSecret": async (call) => {
      const id = (await question(call)).text(1);
      const secret = definition.secrets.find((each) => each.id === id);
      if (secret === undefined) throw new GrpcError(CODE.notFound, `secret ${id} is not given to the build`);
      await call.send(new MessageWriter().bytes(1, await contentOf(secret, definition.service)).finish());
    },
  };
}

async function question(call: IncomingCall): Promise<MessageReader> {
  for await (const message of call.messages) return new MessageReader(message);
  throw new Error("the engine broke a question off");
}

/** Which files of which folder the engine asks for stands in the call's headers. */
function filesFor(
  call: IncomingCall,
  { context, dockerfile, contexts }: BuildDefinition,
  signal: AbortSignal,
): AsyncIterable<ContextEntry> {
  const name = valuesOf(call, "dir-name")[0] ?? "";
  const excluded = new IgnoreRules(valuesOf(call, "exclude-patterns"));
  if (name === SOURCE.dockerfile) {
    if (dockerfile.kind === "inline") return inlineDockerfile(dockerfile.text);
    if (dockerfile.kind === "file") return onlyFiles(dockerfile.folder, valuesOf(call, "followpaths"));
  }
  const additional = Object.keys(contexts).find((each) => localName(each) === name);
  const folder = additional !== undefined
    ? contexts[additional]
    : name === SOURCE.context && "folder" in context
    ? context.folder
    : undefined;
  if (folder === undefined || !isFolderContext(folder)) {
    throw new GrpcError(CODE.notFound, `no folder ${name} is given to the build`);
  }
  return walkContext(folder, excluded, signal);
}

/** A Dockerfile may lie anywhere in the repository: nothing else of its folder is sent. */
async function* onlyFiles(folder: string, names: readonly string[]): AsyncGenerator<ContextEntry> {
  for (const name of names.filter((each) => !each.includes("/")).sort()) {
    const entry = await findEntry(folder, name);
    if (entry === undefined) continue;
    if (entry.kind !== "symlink") {
      yield entry;
      continue;
    }
    const real = await Deno.stat(`${folder}/${name}`);
    yield { ...entry, kind: "file", mode: 0o644, size: real.size, target: "" };
  }
}

async function* inlineDockerfile(text: string): AsyncGenerator<ContextEntry> {
  const content = new TextEncoder().encode(text);
  yield {
    path: "Dockerfile",
    kind: "file",
    mode: 0o644,
    size: content.length,
    // Another time would make BuildKit ask for the same text again; the same time would hide another text.
    modified: Date.now(),
    target: "",
    read: async function* () {
      yield await Promise.resolve(content);
    },
  };
}

function valuesOf(call: IncomingCall, name: string): readonly string[] {
  const values = call.metadata(name);
  const isEncoded = call.metadata(`${name}-encoded`)[0] === "1";
  return isEncoded ? values.map((each) => decodeURIComponent(each.replaceAll("+", " "))) : values;
}

async function contentOf({ id, source }: BuildSecret, service: string): Promise<Uint8Array> {
  if ("content" in source) return new TextEncoder().encode(source.content);
  try {
    return await Deno.readFile(source.file);
  } catch (cause) {
    throw new HomeportError(`Cannot build service ${service}: the file of secret ${id} cannot be read`, {
      location: { file: source.file },
      hint: "put the file there, and give Homeport access to it",
      cause,
    });
  }
}

/** A build by BuildKit: one connection for what is asked of it, and another on which it asks back. */
import { createHash, randomBytes } from "node:crypto";
import type { Project } from "../../compose/project.ts";
import { HomeportError } from "../../errors.ts";
import { UnreachableError } from "../request_error.ts";
import type { DeployRun } from "../run.ts";
import { type BuildDefinition, placeOf } from "./build_definition.ts";
import { buildError } from "./build_error.ts";
import { BuildProgress } from "./build_progress.ts";
import { answer, call, callOnce, GrpcError } from "./grpc.ts";
import { Http2Connection } from "./http2_connection.ts";
import { MessageReader, MessageWriter } from "./protobuf.ts";
import { sessionMethods } from "./session.ts";
import { solveRequest } from "./solve_request.ts";

const CONTROL = "/moby.buildkit.v1.Control";
const HOST_GATEWAY = "org.mobyproject.buildkit.worker.moby.host-gateway-ip";
/** The last words of a build come after its end, if at all. Milliseconds. */
const LAST_WORDS = 2000;

export async function buildWithBuildKit(
  run: DeployRun,
  project: Project,
  definition: BuildDefinition,
): Promise<void> {
  const progress = new BuildProgress((name) => run.context.onProgress?.(name));
  // What the engine asked for and could not have explains more than its own complaint about it.
  let ownFailure: HomeportError | undefined;
  using connections = await connect(run, definition, (error) => {
    if (error instanceof HomeportError) ownFailure ??= error;
  });
  const { control, sessionId } = connections;
  const ref = randomBytes(12).toString("hex");
  const statusEnd = new AbortController();
  const watching = watch(control, ref, progress, AbortSignal.any([run.signal, statusEnd.signal]));
  try {
    const hostGateway = await findHostGateway(control, definition, run.signal);
    const request = solveRequest(definition, { ref, sessionId, hostGateway });
    await callOnce(control, `${CONTROL}/Solve`, request, run.signal);
  } catch (error) {
    if (run.signal.aborted) throw run.signal.reason;
    await Promise.race([watching, pause()]);
    const step = progress.failedStep();
    throw buildError(ownFailure ?? asEngineError(run, error), {
      service: definition.service,
      place: placeOf(project, definition),
      step: step?.name,
      output: step?.output ?? [],
      confidential: definition.secrets.flatMap(({ source }) => "content" in source ? [source.content] : []),
    });
  } finally {
    statusEnd.abort();
  }
}

interface Connections extends Disposable {
  readonly control: Http2Connection;
  readonly sessionId: string;
}

async function connect(
  run: DeployRun,
  definition: BuildDefinition,
  onFailure: (error: unknown) => void,
): Promise<Connections> {
  const sessionId = randomBytes(12).toString("hex");
  const project = run.context.desired.project;
  const methods = sessionMethods(run, definition);
  const headers = [
    ["X-Docker-Expose-Session-Uuid", sessionId],
    ["X-Docker-Expose-Session-Name", "homeport"],
    // By it BuildKit finds what was sent for the same service before.
    ["X-Docker-Expose-Session-Sharedkey", sharedKey(project, definition)],
    ...Object.keys(methods).map((method) => ["X-Docker-Expose-Session-Grpc-Method", method] as const),
  ] as const;
  const { signal } = run;
  const session = new Http2Connection(await run.connection.hijack({ path: "/session", headers, signal }), {
    role: "server",
    onStream: (stream) => void answer(stream, methods, onFailure),
  });
  try {
    const socket = await run.connection.hijack({ path: "/grpc", headers: [], signal });
    const control = new Http2Connection(socket, { role: "client" });
    return {
      control,
      sessionId,
      [Symbol.dispose]: () => {
        control.close(new Error("the build has ended"));
        session.close(new Error("the build has ended"));
      },
    };
  } catch (error) {
    session.close(new Error("the build did not begin"));
    throw error;
  }
}

function sharedKey({ name }: Project, { service, context }: BuildDefinition): string {
  return createHash("sha256").update(JSON.stringify([name, service, context])).digest("hex");
}

async function watch(
  control: Http2Connection,
  ref: string,
  progress: BuildProgress,
  signal: AbortSignal,
): Promise<void> {
  const request = new MessageWriter().text(1, ref).finish();
  try {
    for await (const status of call(control, `${CONTROL}/Status`, request, signal)) progress.add(status);
  } catch {
    // Progress is an extra: the build itself tells how it ends.
  }
}

async function findHostGateway(
  control: Http2Connection,
  { build: { extra_hosts: hosts = {} } }: BuildDefinition,
  signal: AbortSignal,
): Promise<string | undefined> {
  if (!Object.values(hosts).flat().includes("host-gateway")) return undefined;
  const workers = await callOnce(control, `${CONTROL}/ListWorkers`, new Uint8Array(), signal);
  return new MessageReader(new MessageReader(workers).bytes(1)).map(2)[HOST_GATEWAY];
}

/** Whatever breaks the connection ends the build. */
function asEngineError(run: DeployRun, error: unknown): unknown {
  return error instanceof GrpcError
    ? error
    : new UnreachableError(run.connection.address, (error as { code?: string }).code, error);
}

function pause(): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, LAST_WORDS);
    Deno.unrefTimer(timer);
  });
}

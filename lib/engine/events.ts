/** The engine's event stream, as far as it tells of drift. */
import type { IncomingMessage } from "node:http";
import { createInterface } from "node:readline";
import type { StringMap } from "../compose/project.ts";
import type { EngineEvent } from "../plan/engine_event.ts";
import type { EngineConnection } from "./connection.ts";
import { attempt, UnreachableError } from "./request_error.ts";

/** Networks and volumes come without their labels, so that all of them are heard. */
const TYPES = ["container", "network", "volume"] as const;

const ACTIONS = [
  "die",
  "stop",
  "kill",
  "pause",
  "unpause",
  "rename",
  "destroy",
  "disconnect",
  "health_status: unhealthy",
] as const;

/** Ends, or throws, when the connection breaks. `onConnected`: from here on nothing is missed. */
export async function* events(
  connection: EngineConnection,
  signal: AbortSignal,
  onConnected: () => void,
): AsyncGenerator<EngineEvent, void, void> {
  const stream = await attempt("Cannot follow what happens", signal, () =>
    connection.stream({
      method: "GET",
      path: "/events",
      query: { filters: JSON.stringify({ type: TYPES, event: ACTIONS }) },
      signal,
    }));
  onConnected();
  yield* readStream(connection, stream, signal);
}

async function* readStream(
  { address }: EngineConnection,
  stream: IncomingMessage,
  signal: AbortSignal,
): AsyncGenerator<EngineEvent, void, void> {
  const lines = createInterface({ input: stream, crlfDelay: Infinity });
  // A request that was answered long ago may not hear of the abort any more.
  const end = () => {
    lines.close();
    stream.destroy();
  };
  signal.addEventListener("abort", end);
  try {
    for await (const line of lines) {
      const event = line.trim() === "" ? undefined : readEvent(JSON.parse(line) as EventMessage);
      if (event !== undefined) yield event;
    }
  } catch (error) {
    if (signal.aborted) return;
    throw new UnreachableError(address, (error as { code?: string }).code, error);
  } finally {
    signal.removeEventListener("abort", end);
    end();
  }
}

export interface EventMessage {
  readonly Type: string;
  readonly Action: string;
  readonly Actor: { readonly ID: string; readonly Attributes?: StringMap | null };
}

/** An engine may tell more than it was asked for; of that, nothing. */
export function readEvent({ Type, Action: action, Actor }: EventMessage): EngineEvent | undefined {
  const { ID: id, Attributes } = Actor;
  const attributes = Attributes ?? {};
  const { name = "", container } = attributes;
  switch (Type) {
    case "container":
      return { kind: "container", action, id, name, labels: attributes };
    case "network":
      return { kind: "network", action, id, name, ...(container !== undefined && { container }) };
    case "volume":
      return { kind: "volume", action, name: id };
    default:
      return undefined;
  }
}

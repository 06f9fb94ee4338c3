/** The engine's event stream, as far as it tells of drift. */
import type { StringMap } from "../compose/project.ts";
import type { EngineEvent } from "../plan/engine_event.ts";
import { isBefore } from "./api_version.ts";
import type { EngineConnection } from "./connection.ts";
import type { KnownAnswers } from "./known_answers.ts";
import { attempt } from "./request_error.ts";

/** Networks and volumes come without their labels, so that all of them are heard. */
const TYPES = ["container", "network", "volume", "image"] as const;

/** After these, what runs may differ from what should run. */
const DRIFT = [
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

/** After these, only what is known of networks, volumes and images may be wrong. The engine's filter knows no action by its type. */
const CHANGES = ["create", "remove", "update", "prune", "pull", "tag", "untag", "delete", "load", "import"];

/** Engines before 25.0 do not tell of every image, nor do others that speak the same API. */
const TELLS_ALL = "1.44";

export interface EventsOptions {
  readonly signal: AbortSignal;
  /** From here on nothing is missed. */
  readonly onConnected: () => void;
  readonly known: KnownAnswers;
}

/** Ends, or throws, when the connection breaks. */
export async function* events(
  connection: EngineConnection,
  { signal, onConnected, known }: EventsOptions,
): AsyncGenerator<EngineEvent, void, void> {
  const { isReliable, messages } = await attempt("Cannot follow what happens", signal, async () => ({
    isReliable: await tellsReliably(connection, signal),
    messages: await connection.messages<EventMessage>({
      method: "GET",
      path: "/events",
      query: { filters: JSON.stringify({ type: TYPES, event: [...DRIFT, ...CHANGES] }) },
      signal,
    }),
  }));
  try {
    if (isReliable) known.followed();
    onConnected();
    for await (const message of messages) {
      known.hear(message);
      const event = readEvent(message);
      if (event !== undefined) yield event;
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    known.lost();
  }
}

/** A network between may lose a connection without telling either end. */
async function tellsReliably(connection: EngineConnection, signal: AbortSignal): Promise<boolean> {
  return connection.isLocal && !isBefore(await connection.apiVersion(signal), TELLS_ALL);
}

export interface EventMessage {
  readonly Type: string;
  readonly Action: string;
  readonly Actor: { readonly ID: string; readonly Attributes?: StringMap | null };
}

/** Of what is no drift, and of what an engine tells beyond what it was asked for, nothing. */
export function readEvent({ Type, Action: action, Actor }: EventMessage): EngineEvent | undefined {
  if (!(DRIFT as readonly string[]).includes(action)) return undefined;
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

/** What people are told of services that did not get ready: which, why, and what they last said. */
import { HomeportError } from "../../errors.ts";
import type { Unready } from "./judge_health.ts";
import type { Engine } from "../ports.ts";

export interface UnhealthyInput {
  readonly stack: string;
  /** None: all were ready, and not for long enough. */
  readonly unready: readonly Unready[];
  /** Milliseconds; absent: it was not waited for them any longer. */
  readonly timeout: number | undefined;
  readonly engine: Pick<Engine, "logTail">;
  readonly signal: AbortSignal;
}

const LINES = 8;
/** Whoever wants to see more has `docker logs`. */
const MOST_LOGS = 3;

export async function unhealthyError(
  { stack, unready, timeout, engine, signal }: UnhealthyInput,
): Promise<HomeportError> {
  const limit = timeout === undefined ? "" : ` within ${Math.round(timeout / 1000)} s`;
  if (unready.length === 0) {
    return new HomeportError(
      `Stack ${stack} did not get ready${limit}: its services run, but not for long enough without being started again`,
      {
        hint:
          "see which of them ends over and over: docker compose ps; or allow more time in health_gate.timeout",
      },
    );
  }
  const parts = await Promise.all(unready.map(async ({ service, container, what }, index) => {
    const subject = container === undefined ? `service ${service}` : `container ${container.name}`;
    const lines = container === undefined || index >= MOST_LOGS
      ? []
      : await lastLines(engine, container.id, signal);
    return [`${subject} ${what}`, ...lines.map((line) => `  | ${line}`)].join("\n");
  }));
  const services = [...new Set(unready.map(({ service }) => service))];
  const name = unready.find(({ container }) => container !== undefined)?.container?.name;
  const message = `${services.length === 1 ? "Service" : "Services"} ${
    services.join(", ")
  } of stack ${stack} did not get ready${limit}: ${parts.join("\n")}`;
  const see = name === undefined
    ? "see what runs: docker compose ps"
    : `see what it says: docker logs ${name}`;
  const more = timeout === undefined ? "" : "; or allow more time in health_gate.timeout";
  return new HomeportError(message, { hint: `${see}${more}` });
}

/** They are a help, and their absence is no failure of its own. */
async function lastLines(engine: Pick<Engine, "logTail">, id: string, signal: AbortSignal) {
  try {
    return await engine.logTail(id, LINES, AbortSignal.any([signal, AbortSignal.timeout(5_000)]));
  } catch {
    return [];
  }
}

/** What can go wrong between Homeport and the Docker Engine, and how it is told to people. */
import { asError, type Consequence, HomeportError } from "../errors.ts";
import { maskValues } from "../secret.ts";
import { hintForRefusal } from "./refusal_hint.ts";

/** The engine answered, and refused. */
export class RequestError extends Error {
  override readonly name = "RequestError";
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** The engine did not answer: it is not there, may not be reached, or went away. */
export class UnreachableError extends Error {
  override readonly name = "UnreachableError";
  readonly address: string;
  /** Such as `ECONNREFUSED`. */
  readonly code: string | undefined;

  constructor(address: string, code: string | undefined, cause: unknown) {
    super(`Cannot reach the Docker Engine at ${address}`, { cause });
    this.address = address;
    this.code = code;
  }
}

export function isStatus(error: unknown, ...statuses: readonly number[]): error is RequestError {
  return error instanceof RequestError && statuses.includes(error.status);
}

export interface FailureDetails {
  /** Default: by the engine's message. */
  readonly hint?: string | undefined;
  readonly consequence?: Consequence;
  /** Values that the engine may repeat and that nobody must see. */
  readonly confidential?: readonly string[];
}

/**
 * Does the work, and turns what fails into a HomeportError that begins with `what`: "Cannot create container web-1".
 * An abort passes unchanged, so that it is not taken for a failure of the stack.
 */
export async function attempt<T>(
  what: string,
  signal: AbortSignal,
  work: () => Promise<T>,
  details: FailureDetails = {},
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    throw failure(what, error, details);
  }
}

export function failure(what: string, error: unknown, details: FailureDetails = {}): Error {
  if (error instanceof UnreachableError) return unreachable(error, what);
  if (!(error instanceof RequestError)) return asError(error);
  const message = mask(error.message, details.confidential ?? []);
  return new HomeportError(`${what}: ${message}`, {
    hint: details.hint ?? hintForRefusal(error.message),
    consequence: details.consequence ?? consequenceOf(error),
  });
}

/**
 * Refusals stay. Of its own troubles, which may pass, the engine says 500 and above; but 500 also of what a container's runtime refuses, and
 * of some mistakes.
 */
function consequenceOf({ status, message }: RequestError): Consequence {
  if (status < 500) return "stalled";
  if (status > 500 || /no space left on device/i.test(message)) return "retry";
  // An engine that was killed leaves something behind, of which its runtime knows.
  const isOfRuntime = /OCI runtime/i.test(message) && !/given ID already exists/i.test(message);
  // What fails on the way to the runtime sounds like a mistake, and is none.
  const isMistake = hintForRefusal(message) !== undefined && !/failed to create task/i.test(message);
  return isOfRuntime || isMistake ? "stalled" : "retry";
}

/** "Cannot create container web-1" becomes what the engine was wanted for. */
export function unreachable(error: UnreachableError, what: string): HomeportError {
  const code = error.code === undefined ? "" : ` (${error.code})`;
  const purpose = what.replace(/^Cannot /, "to ");
  return new HomeportError(`Cannot reach the Docker Engine at ${error.address}${code} ${purpose}`, {
    hint: hintFor(error),
    consequence: "retry",
    cause: error,
  });
}

function hintFor({ code, address }: UnreachableError): string {
  if (code === "EACCES" || code === "EPERM") {
    return "give this user access to the socket, usually by adding it to the group docker";
  }
  if (code === "ENOENT") {
    return `nothing is at ${address}: start Docker, or set DOCKER_HOST to where it listens`;
  }
  if (code?.startsWith("ERR_TLS") || code?.includes("CERT") || code === "EPROTO") {
    return "check the certificates that DOCKER_CERT_PATH names, and that the engine expects TLS";
  }
  if (code === "ERR_PORT_BLOCKED") {
    return "let the engine listen on a port that no browser blocks, such as 2376";
  }
  return "start Docker (systemctl status docker), or set DOCKER_HOST to where it listens";
}

/** Shorter values are no secrets, and masking them would garble every message. */
const SHORTEST_CONFIDENTIAL = 4;

export function mask(message: string, confidential: readonly string[]): string {
  return maskValues(message, confidential, SHORTEST_CONFIDENTIAL)
    .replace(/(invalid environment variable: ).*/s, "$1***");
}

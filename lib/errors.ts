/**
 * The one error that Homeport shows to people.
 *
 * It says what failed, where, and what to do about it; and, for the code that catches it, what follows:
 * whether trying again can help, and which exit code the process owes.
 */

/** A place in a file that a person wrote. Lines and columns count from 1. */
export interface Location {
  readonly file: string;
  readonly line?: number;
  readonly column?: number;
}

/**
 * What follows from an error.
 * - `retry`: a passing fault (network, engine busy): the same try may succeed later.
 * - `wait`: something outside must come first (a secret, a lock, a dependency).
 * - `stalled`: only a change by a person helps (a wrong file, a wrong configuration).
 */
export type Consequence = "retry" | "wait" | "stalled";

/** Exit codes of the command line: 1 a failed deployment, 2 a configuration error. */
export type ExitCode = 1 | 2;

export interface ErrorDetails {
  /** What to do about it, as one imperative sentence. */
  readonly hint?: string | undefined;
  /** Where the cause stands. */
  readonly location?: Location | undefined;
  /** Where in the document or the configuration, such as `services.web.ports[0]`. */
  readonly path?: string | undefined;
  /** Default: `stalled`. */
  readonly consequence?: Consequence | undefined;
  /** Default: 1. */
  readonly exitCode?: ExitCode | undefined;
  readonly cause?: unknown;
}

/** What failed, what to do, and what follows. */
export class HomeportError extends Error {
  override readonly name: string = "HomeportError";
  readonly hint: string | undefined;
  readonly location: Location | undefined;
  readonly path: string | undefined;
  readonly consequence: Consequence;
  readonly exitCode: ExitCode;

  constructor(message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.hint = details.hint;
    this.location = details.location;
    this.path = details.path;
    this.consequence = details.consequence ?? "stalled";
    this.exitCode = details.exitCode ?? 1;
  }
}

/** Something that the owner wrote is wrong: the configuration, a Compose file, an argument. Exit code 2. */
export class ConfigurationError extends HomeportError {
  override readonly name: string = "ConfigurationError";

  constructor(message: string, details: Omit<ErrorDetails, "exitCode" | "consequence"> = {}) {
    super(message, { ...details, exitCode: 2, consequence: "stalled" });
  }
}

/** Several configuration errors at once, so that a person can mend them all in one go. */
export class ConfigurationProblems extends ConfigurationError {
  override readonly name: string = "ConfigurationProblems";
  readonly problems: readonly HomeportError[];

  constructor(message: string, problems: readonly HomeportError[]) {
    super(message);
    this.problems = problems;
  }
}

/** Anything can be thrown. */
export function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}

/** What an error wraps, and that one again, down to the last. */
export function rootCause(thrown: unknown): unknown {
  let cause = thrown;
  while (cause instanceof Error && cause.cause instanceof Error) cause = cause.cause;
  return cause;
}

export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

/** `message (file:line)`, then the hint on a line of its own. Lists of problems print one below the other. */
export function formatError(error: unknown): string {
  if (error instanceof ConfigurationProblems) {
    return [error.message, ...error.problems.map((problem) => indent(formatError(problem)))].join("\n");
  }
  if (!(error instanceof HomeportError)) return messageOf(error);
  const place = formatPlace(error);
  const hint = error.hint === undefined ? "" : `\n  → ${error.hint}`;
  return `${error.message}${place === "" ? "" : ` (${place})`}${hint}`;
}

function formatPlace(error: HomeportError): string {
  const { location, path } = error;
  const parts = path === undefined ? [] : [path];
  if (location !== undefined) parts.push(formatLocation(location));
  return parts.join(", ");
}

/** `helium/web/compose.yml:12` */
export function formatLocation({ file, line }: Location): string {
  return line === undefined ? file : `${file}:${line}`;
}

function indent(text: string): string {
  return text.split("\n").map((line) => `  ${line}`).join("\n");
}

/** Why a build failed, for people. */
import { asError, HomeportError } from "../../errors.ts";
import { mask, RequestError, unreachable, UnreachableError } from "../request_error.ts";
import { GrpcError } from "./grpc.ts";
import { MessageReader } from "./protobuf.ts";

export interface FailedBuild {
  readonly service: string;
  /** The Dockerfile, as people name it. */
  readonly place: string;
  readonly step: string | undefined;
  /** The last lines of its output. */
  readonly output: readonly string[];
  /** Values that nobody must see. */
  readonly confidential: readonly string[];
}

export function buildError(error: unknown, build: FailedBuild): Error {
  const what = `Cannot build service ${build.service}`;
  if (error instanceof UnreachableError) return unreachable(error, what);
  if (!(error instanceof GrpcError) && !(error instanceof RequestError)) {
    return asError(error);
  }
  const line = error instanceof GrpcError ? lineOf(error.details) : undefined;
  // Before the output, which would stand between the message and the place.
  const place = line === undefined ? build.place : `${build.place}:${line}`;
  const step = build.step === undefined || build.step === "" ? "" : `, at step ${build.step}`;
  const output = build.output.map((each) => `\n    ${each}`).join("");
  return new HomeportError(mask(`${what} (${place}): ${error.message}${step}${output}`, build.confidential), {
    hint: hintFor(error.message),
    consequence: isPassing(error) ? "retry" : "stalled",
  });
}

function isPassing(error: GrpcError | RequestError): boolean {
  return /timeout|connection refused|no such host|temporary failure|toomanyrequests|EOF$/i.test(
    error.message,
  );
}

const HINTS: readonly (readonly [message: RegExp, hint: string])[] = [
  [
    /pull access denied|unauthorized|denied|403 Forbidden/i,
    "check the names of images; if one is private, log in to its registry (docker login)",
  ],
  [
    /the --mount option requires BuildKit|requires buildkit/i,
    "turn BuildKit on in the engine's daemon.json (features: buildkit), or write the Dockerfile without it",
  ],
  [
    /not found.*COPY|COPY.*not found|failed to compute cache key|file not found in build context/i,
    "see whether the file is in the context and not left out by .dockerignore",
  ],
  [
    /entitlement|not allowed/i,
    "allow it in the engine's daemon.json (builder: entitlements), or remove it from the build",
  ],
  [/target stage .* could not be found/i, "mend `target` in the Compose file"],
  [/dockerfile parse error|unknown instruction/i, "mend the Dockerfile"],
  [/no space left on device/i, "free some space on the disk (docker builder prune)"],
  [
    /timeout|no such host|connection refused|temporary failure/i,
    "check that this machine reaches the registry, and run apply again",
  ],
];

function hintFor(message: string): string {
  return HINTS.find(([pattern]) => pattern.test(message))?.[1] ?? "mend the Dockerfile or what it uses";
}

interface SourceDetail {
  readonly ranges?: readonly { readonly start?: { readonly line?: number } }[];
}

/** BuildKit names the line among the details of its refusal, in JSON. */
function lineOf(details: Uint8Array): number | undefined {
  try {
    for (const detail of new MessageReader(details).all(3)) {
      const any = new MessageReader(detail);
      if (!any.text(1).includes("errdefs.Source")) continue;
      const line = (JSON.parse(any.text(2)) as SourceDetail).ranges?.[0]?.start?.line;
      if (line !== undefined) return line;
    }
  } catch {
    // The details are an extra: without them the message still says what happened.
  }
  return undefined;
}

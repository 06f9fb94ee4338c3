import type { IncomingMessage } from "node:http";
import { createInterface } from "node:readline";
import { HomeportError } from "../errors.ts";
import type { PullImage } from "../plan/operation.ts";
import { parseImage } from "./image_reference.ts";
import { type PullMessage, PullProgress } from "./pull_progress.ts";
import { RequestError, unreachable, UnreachableError } from "./request_error.ts";
import { type DeployRun, request } from "./run.ts";
import { isStatus } from "./request_error.ts";

export async function pullImage(run: DeployRun, { image, platform }: PullImage): Promise<void> {
  const { context } = run;
  const timeout = AbortSignal.timeout(context.pullTimeout);
  const signal = AbortSignal.any([run.signal, timeout]);
  try {
    await pull({ ...run, signal }, image, platform);
  } catch (error) {
    if (run.signal.aborted) throw run.signal.reason;
    if (timeout.aborted) throw tooLong(image, context.pullTimeout);
    throw explain(image, error);
  }
}

async function pull(run: DeployRun, image: string, platform: string | undefined): Promise<void> {
  const { domain, repository, tag, digest } = parseImage(image);
  const stream = await run.connection.stream({
    method: "POST",
    path: "/images/create",
    query: { fromImage: `${domain}/${repository}`, tag: digest ?? tag ?? "latest", platform },
    signal: run.signal,
  });
  const progress = new PullProgress();
  for await (const message of messages(stream)) {
    const refusal = message.errorDetail?.message ?? message.error;
    if (refusal !== undefined) throw new RequestError(500, refusal);
    if (progress.add(message)) run.context.onProgress?.(`${progress.percent} %`);
  }
  await confirm(run, image);
}

async function* messages(stream: IncomingMessage): AsyncGenerator<PullMessage> {
  for await (const line of createInterface({ input: stream, crlfDelay: Infinity })) {
    if (line.trim() !== "") yield JSON.parse(line) as PullMessage;
  }
}

/** A stream that breaks off looks like one that ends. */
async function confirm(run: DeployRun, image: string): Promise<void> {
  try {
    await request(run, { method: "GET", path: `/images/${image}/json` });
  } catch (error) {
    if (!isStatus(error, 404)) throw error;
    throw new RequestError(503, "the engine broke the pull off");
  }
}

function tooLong(image: string, limit: number): HomeportError {
  return new HomeportError(
    `Cannot pull image ${image}: it is not there after ${Math.round(limit / 1000)} s`,
    {
      hint: "try again, or allow more time in deploy.pullTimeout",
      consequence: "retry",
    },
  );
}

const NOT_FOUND =
  /manifest unknown|not found|no such image|does not exist|no matching manifest|manifest for .* not/i;
const DENIED = /denied|unauthorized|authentication required|no basic auth/i;
const TOO_MANY = /toomanyrequests|too many requests|rate limit/i;

function explain(image: string, error: unknown): Error {
  if (error instanceof UnreachableError) return unreachable(error, `Cannot pull image ${image}`);
  if (!(error instanceof RequestError)) return error instanceof Error ? error : new Error(String(error));
  const { domain } = parseImage(image);
  const what = `Cannot pull image ${image}: ${error.message}`;
  if (TOO_MANY.test(error.message)) {
    return new HomeportError(what, {
      hint: `wait, or log in to ${domain} (docker login)`,
      consequence: "retry",
    });
  }
  if (DENIED.test(error.message)) {
    return new HomeportError(what, {
      hint: `check the image's name; if it is private, let the engine's host reach it`,
    });
  }
  if (NOT_FOUND.test(error.message)) {
    return new HomeportError(what, { hint: "check the image's name and tag in the Compose file" });
  }
  return new HomeportError(what, {
    hint: `check that this machine reaches the registry ${domain}, and run apply again`,
    consequence: "retry",
  });
}

import { HomeportError } from "../errors.ts";
import type { PullImage } from "../plan/operation.ts";
import { parseImage } from "../plan/image_reference.ts";
import { findImage } from "./images.ts";
import { matchesPlatform } from "./platform.ts";
import { type PullMessage, PullProgress } from "./pull_progress.ts";
import { registryError } from "./registry_error.ts";
import { RequestError } from "./request_error.ts";
import { findRegistryLogin, loginHeader, type RegistryLogin } from "./registry_login.ts";
import { type DeployRun, request } from "./run.ts";

export async function pullImage(
  run: DeployRun,
  { image, platform, refreshes, imageId }: Pick<PullImage, "image" | "platform" | "refreshes" | "imageId">,
): Promise<void> {
  const { context } = run;
  const timeout = AbortSignal.timeout(context.pullTimeout);
  const signal = AbortSignal.any([run.signal, timeout]);
  const login = await findRegistryLogin(run, parseImage(image).domain);
  try {
    await pull({ ...run, signal }, image, platform, login);
    if (imageId !== undefined) await verify(run, image, imageId);
    if (refreshes) await tagAgain(run, image);
  } catch (error) {
    if (run.signal.aborted) throw run.signal.reason;
    if (timeout.aborted) throw tooLong(image, context.pullTimeout);
    throw registryError(`Cannot pull image ${image}`, parseImage(image).domain, error, login);
  }
}

async function pull(
  run: DeployRun,
  image: string,
  platform: string | undefined,
  login: RegistryLogin,
): Promise<void> {
  const { domain, repository, tag, digest } = parseImage(image);
  const messages = await run.connection.messages<PullMessage>({
    method: "POST",
    path: "/images/create",
    query: { fromImage: `${domain}/${repository}`, tag: digest ?? tag ?? "latest", platform },
    signal: run.signal,
    ...(login.kind === "login" && { registryLogin: loginHeader(domain, login.credentials) }),
  });
  const progress = new PullProgress();
  for await (const message of messages) {
    const refusal = message.errorDetail?.message ?? message.error;
    if (refusal !== undefined) throw new RequestError(500, refusal);
    if (progress.add(message)) run.context.onProgress?.(`${progress.percent} %`);
  }
  await confirm(run, image, platform);
}

/** A stream that ends too early looks like one that is complete; and of an image for one platform only, the engine takes that one. */
async function confirm(run: DeployRun, image: string, platform: string | undefined): Promise<void> {
  const pulled = await findImage(run, image);
  if (pulled === undefined) throw new RequestError(503, "the engine broke the pull off");
  if (platform === undefined || matchesPlatform(pulled, platform)) return;
  const { Os, Architecture } = pulled;
  throw new RequestError(404, `no matching manifest for ${platform}, only for ${Os}/${Architecture}`);
}

async function verify(run: DeployRun, image: string, imageId: string): Promise<void> {
  const pulled = await findImage(run, image);
  if (pulled?.Id === imageId) return;
  throw new HomeportError(`Image ${image} is image ${pulled?.Id ?? "none"} here, and not ${imageId}`, {
    hint: "load that image by hand (docker load), or release the stack that is held to it",
  });
}

/** A pull leaves the time of the image's last tag as it was, by which `docker compose` also tells its age. */
async function tagAgain(run: DeployRun, image: string): Promise<void> {
  const { domain, repository, tag = "latest" } = parseImage(image);
  const query = { repo: `${domain}/${repository}`, tag };
  await request(run, { method: "POST", path: `/images/${image}/tag`, query });
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

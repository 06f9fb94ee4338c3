/** What a registry has under an image's name. The engine asks it, so that its mirrors, its proxies and its trust count. */
import { HomeportError } from "../errors.ts";
import { imageKey, type ImageReference } from "../plan/observed.ts";
import type { RegistryImage } from "../plan/registry_image.ts";
import type { DistributionAnswer, VersionAnswer } from "./answers.ts";
import { parseImage } from "../plan/image_reference.ts";
import { isOffered, type PlatformParts } from "./platform.ts";
import { registryError } from "./registry_error.ts";
import { findRegistryLogin, loginHeader } from "./registry_login.ts";
import { request, type Run } from "./run.ts";

const LIMIT = 30_000;

/** `limit`: in milliseconds. */
export async function askRegistry(
  run: Run,
  reference: ImageReference,
  limit = LIMIT,
): Promise<RegistryImage> {
  const { domain, repository, tag = "latest" } = parseImage(reference.image);
  const timeout = AbortSignal.timeout(limit);
  const limited = { ...run, signal: AbortSignal.any([run.signal, timeout]) };
  const failed = `Cannot ask for newer images of ${imageKey(reference)}`;
  const login = await findRegistryLogin(run, domain);
  try {
    const { Descriptor, Platforms } = await request<DistributionAnswer>(limited, {
      method: "GET",
      path: `/distribution/${domain}/${repository}:${tag}/json`,
      ...(login.kind === "login" && { registryLogin: loginHeader(domain, login.credentials) }),
    });
    const platforms = (Platforms ?? []).filter(isRunnable);
    return {
      digest: Descriptor.digest,
      platforms: platforms.map(formatPlatform),
      isOffered: platforms.length === 0 ||
        isOffered(platforms, reference.platform ?? await hostPlatform(limited)),
    };
  } catch (error) {
    if (run.signal.aborted) throw run.signal.reason;
    if (timeout.aborted) throw tooLong(failed, domain, limit);
    throw registryError(failed, domain, error, login);
  }
}

async function hostPlatform(run: Run): Promise<string> {
  const { Os, Arch } = await request<VersionAnswer>(run, { method: "GET", path: "/version" });
  return `${Os}/${Arch}`;
}

/** Beside the images stand what says how they were made. */
function isRunnable({ os, architecture }: PlatformParts): boolean {
  return os !== "" && os !== "unknown" && architecture !== "" && architecture !== "unknown";
}

function formatPlatform({ os, architecture, variant }: PlatformParts): string {
  return [os, architecture, variant].filter(Boolean).join("/");
}

function tooLong(failed: string, domain: string, limit: number): HomeportError {
  return new HomeportError(`${failed}: ${domain} has not answered after ${limit / 1000} s`, {
    hint: `check that this machine reaches the registry ${domain}`,
    consequence: "retry",
  });
}

/** Builds a service's image on the engine. */
import { HomeportError } from "../../errors.ts";
import type { BuildImage } from "../../plan/operation.ts";
import { findImage } from "../images.ts";
import { matchesPlatform } from "../platform.ts";
import { pullImage } from "../pull_image.ts";
import { attempt } from "../request_error.ts";
import { type DeployRun, projectOf, serviceOf } from "../run.ts";
import { type BuildDefinition, buildDefinition } from "./build_definition.ts";

export async function buildImage(run: DeployRun, operation: BuildImage): Promise<void> {
  const { service, image, platform, pull, fallback } = operation;
  if (pull && await canPull(run, { image, platform, refreshes: pull === "again" })) return;
  if (fallback === "keep") return;
  const project = projectOf(run);
  const hash = run.context.desired.builds?.[service]?.hash;
  if (hash === undefined) throw new HomeportError(`Project ${project.name} builds no image for ${service}`);
  const definition = buildDefinition(project, serviceOf(run, service), hash);
  await attempt(`Cannot build service ${service}`, run.signal, async () => {
    if (await run.connection.hasBuildKit(run.signal)) {
      const { buildWithBuildKit } = await import("./buildkit.ts");
      await buildWithBuildKit(run, project, definition);
    } else {
      const { buildWithClassicBuilder } = await import("./classic_build.ts");
      await buildWithClassicBuilder(run, project, definition);
    }
    await confirm(run, definition);
  });
}

/** An image that no registry has is built. */
async function canPull(
  run: DeployRun,
  { image, platform, refreshes }: { image: string; platform: string | undefined; refreshes: boolean },
): Promise<boolean> {
  try {
    await pullImage(run, {
      image,
      ...(platform !== undefined && { platform }),
      ...(refreshes && { refreshes: true as const }),
    });
    return true;
  } catch (error) {
    if (run.signal.aborted) throw run.signal.reason;
    if (!(error instanceof HomeportError)) throw error;
    run.context.onProgress?.(`not pulled: ${error.message}`);
    return false;
  }
}

/** A stream that ends too early looks like one that is complete. */
async function confirm(run: DeployRun, { names, service, labels, platform }: BuildDefinition): Promise<void> {
  const built = await findImage(run, names[0]!);
  const isOurs = built !== undefined &&
    Object.entries(labels).every(([name, value]) => built.Config?.Labels?.[name] === value);
  if (!isOurs) {
    throw new HomeportError(`Cannot build service ${service}: the engine broke the build off`, {
      hint: "run apply again",
      consequence: "retry",
    });
  }
  if (platform === undefined || matchesPlatform(built, platform)) return;
  throw new HomeportError(`Cannot build service ${service}: the engine built no image for ${platform}`, {
    path: `services.${service}.build.platforms`,
    hint: "remove the platform, or install an emulator for it on the host",
  });
}

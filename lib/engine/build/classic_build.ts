/** A build by the engine's older builder: the context goes there as one archive. */
import type { Build, Project } from "../../compose/project.ts";
import { ConfigurationError } from "../../errors.ts";
import { loginsFor } from "./credentials.ts";
import { RequestError } from "../request_error.ts";
import type { DeployRun } from "../run.ts";
import { type BuildDefinition, placeOf } from "./build_definition.ts";
import { buildError } from "./build_error.ts";
import { shorten } from "./build_progress.ts";
import { openContext } from "./context_archive.ts";

const KEPT_LINES = 12;

export async function buildWithClassicBuilder(
  run: DeployRun,
  project: Project,
  definition: BuildDefinition,
): Promise<void> {
  refuseUnknown(definition);
  const place = placeOf(project, definition);
  const lines: string[] = [];
  let step: string | undefined;
  let refusal: string | undefined;
  const context = "folder" in definition.context ? await openContext(definition, run.signal) : undefined;
  try {
    const messages = await run.connection.messages<BuildMessage>({
      method: "POST",
      path: "/build",
      query: queryOf(definition, context?.dockerfile ?? dockerfileName(definition)),
      registryLogins: await loginsFor(run, context?.dockerfileText ?? "", definition.args),
      ...(context !== undefined && { archive: ReadableStream.from<Uint8Array>(context.archive) }),
      signal: run.signal,
    });
    for await (const message of messages) {
      // The answer is read to its end: how it broke off after that would be nobody's error.
      refusal ??= message.errorDetail?.message;
      const text = message.stream?.trimEnd() ?? "";
      if (text === "") continue;
      if (text.startsWith("Step ")) {
        step = shorten(text.replace(/^Step /, ""));
        lines.length = 0;
        run.context.onProgress?.(step);
      } else if (!/^ ---> /.test(text)) {
        lines.push(...text.split("\n"));
        lines.splice(0, lines.length - KEPT_LINES);
      }
    }
    if (refusal !== undefined) throw new RequestError(500, refusal);
  } catch (error) {
    if (run.signal.aborted) throw run.signal.reason;
    throw buildError(context?.failure() ?? error, {
      service: definition.service,
      place,
      step,
      output: lines,
      confidential: [],
    });
  } finally {
    context?.archive.destroy();
  }
}

interface BuildMessage {
  readonly stream?: string;
  readonly errorDetail?: { readonly message: string };
}

/** What only BuildKit can do. What a Dockerfile asks for, the engine refuses by name. */
const BUILDKIT_ONLY: readonly (keyof Build)[] = ["secrets", "additional_contexts"];

function refuseUnknown({ build, service }: BuildDefinition): void {
  const attribute = BUILDKIT_ONLY.find((each) => Object.keys(build[each] ?? {}).length > 0);
  if (attribute === undefined) return;
  throw new ConfigurationError(
    `Cannot build service ${service}: this engine has no BuildKit, without which there is no ${attribute}`,
    {
      path: `services.${service}.build.${attribute}`,
      hint: "turn BuildKit on in the engine's daemon.json (features: buildkit), or remove the attribute",
    },
  );
}

/** The reference gives it to what this builder makes, so that containers have it, too. */
const BUILDER_LABEL = "com.docker.compose.image.builder";

function dockerfileName({ dockerfile }: BuildDefinition): string {
  return dockerfile.kind === "inline" ? "Dockerfile" : dockerfile.name;
}

function queryOf(
  { build, names, args, labels, platform, context }: BuildDefinition,
  dockerfile: string,
): Record<string, string | boolean | readonly string[] | undefined> {
  return {
    version: "1",
    rm: true,
    dockerfile,
    t: names,
    buildargs: JSON.stringify(args),
    labels: JSON.stringify({ ...labels, [BUILDER_LABEL]: "classic" }),
    target: build.target || undefined,
    platform,
    nocache: build.no_cache === true ? true : undefined,
    pull: build.pull === true ? true : undefined,
    networkmode: build.network || undefined,
    shmsize: build.shm_size ? String(build.shm_size) : undefined,
    extrahosts: Object.entries(build.extra_hosts ?? {}).flatMap(([host, addresses]) =>
      addresses.map((address) => `${host}:${address}`)
    ),
    cachefrom: build.cache_from === undefined ? undefined : JSON.stringify(build.cache_from),
    ulimits: build.ulimits === undefined ? undefined : JSON.stringify(
      Object.entries(build.ulimits).map(([Name, limit]) =>
        typeof limit === "number"
          ? { Name, Soft: limit, Hard: limit }
          : { Name, Soft: limit.soft ?? 0, Hard: limit.hard ?? 0 }
      ),
    ),
    remote: "address" in context ? context.address : undefined,
  };
}

import { type Command, Option } from "@commander-js/extra-typings";
import { resolve } from "node:path";
import { HASH_FLAVOURS, type HashFlavour } from "../../compose/hash.ts";
import { ConfigurationError } from "../../errors.ts";
import type { ConfigReport, ConfigSource } from "../app.ts";
import type { CommandContext } from "../context.ts";
import { getHost } from "../get_host.ts";
import { interruptible } from "../interruption.ts";
import { notices } from "../progress/notices.ts";
import { formatWarning } from "../warning.ts";

const EXAMPLES = `
As docker compose config does, for a folder: neither Docker nor Git nor a
stacks.config.ts is needed. Variables come from .env, or from --env-file, and
not from the environment. Files are read from the folder and, where it is in a
Git repository, from all of that.

With --stack: the stack as the next apply would deploy it, from the repository
and with its variables. Values of secrets are shown as ***.

Examples:
  homeport config                          the Compose files of this folder
  homeport config --path ~/homelab/servers/helium/immich --format json
  homeport config --env-file test.env      instead of the folder's .env
  homeport config --host helium --stack immich
  homeport config --stack immich --hashes  "service NAME HASH", one a line
`;

interface Options {
  readonly path?: string;
  readonly host?: string;
  readonly stack?: string;
  readonly offline?: boolean;
  readonly format: "yaml" | "json";
  readonly hashes?: boolean;
  readonly composeHash?: HashFlavour;
  readonly envFile: readonly string[];
}

export function addConfig(program: Command, context: CommandContext): void {
  program.command("config")
    .description("Show a stack's Compose files as they are understood.")
    .addOption(
      new Option("--path <folder>", "a folder with Compose files (default: working folder)")
        .conflicts(["host", "stack", "offline"]),
    )
    .option("--host <name>", "the host of the stack (default: this machine's hostname)")
    .option("--stack <name>", "a stack of the repository")
    .option("--offline", "use the last checkout when the repository cannot be reached")
    .addOption(
      new Option("--format <format>", "how to print it").choices(["yaml", "json"] as const).default(
        "yaml" as const,
      ),
    )
    .addOption(new Option("--hashes", "print the config hashes instead").conflicts(["format"]))
    .addOption(
      new Option("--compose-hash <release>", "whose hashes (default: deploy.composeHash)").choices(
        HASH_FLAVOURS,
      ),
    )
    .option("--env-file <file>", "variables, in place of .env; repeatable", collect, [])
    .addHelpText("after", EXAMPLES)
    .action(async (options: Options) => {
      const { app, io } = context;
      const { composeHash, envFile } = options;
      const report = await interruptible(io, (signal) =>
        app.showConfig({
          source: sourceOf(options, context, signal),
          envFiles: envFile.map((file) => resolve(file)),
          ...(composeHash !== undefined && { composeHash }),
        }));
      for (const warning of report.warnings) io.stderr(`warning: ${formatWarning(warning)}\n`);
      io.stdout(options.hashes ? formatHashes(report) : await format(report, options.format));
    });
}

function collect(value: string, before: readonly string[]): readonly string[] {
  return [...before, value];
}

function sourceOf(
  { path, host, stack, offline = false }: Options,
  { app, io }: CommandContext,
  signal: AbortSignal,
): ConfigSource {
  if (stack !== undefined) {
    const onEvent = notices(io, { json: false });
    return { kind: "stack", host: getHost(app, host), stack, offline, signal, onEvent };
  }
  if (host !== undefined || offline) {
    throw new ConfigurationError(
      `${host === undefined ? "--offline" : "--host"} is of use with --stack only`,
      {
        hint: "name the stack with --stack, or a folder with --path",
      },
    );
  }
  return { kind: "folder", folder: resolve(path ?? ".") };
}

async function format({ model }: ConfigReport, format: "yaml" | "json"): Promise<string> {
  if (format === "json") return (await import("../../compose/render_config.ts")).renderJson(model);
  return (await import("../../compose/render_config_yaml.ts")).renderYaml(model);
}

function formatHashes({ hashes }: ConfigReport): string {
  return hashes.map(({ kind, name, hash }) => `${kind} ${name} ${hash}\n`).join("");
}

/** Homeport, with the owner's configuration. */
import { createApp } from "./lib/app.ts";
import { processIo } from "./lib/cli/process_io.ts";
import { runCli } from "./lib/cli/run_cli.ts";
import config from "./stacks.config.ts";

Deno.exit(await runCli(Deno.args, createApp(config), processIo()));

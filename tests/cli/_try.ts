import { runCli } from "/work/main/lib/cli/run_cli.ts";
import { processIo } from "/work/main/lib/cli/process_io.ts";
const app: any = { version: "0.1.0", config: { hosts: { helium: {}, xenon: {} } }, hostname: () => "helium" };
Deno.exitCode = await runCli(Deno.args, app, processIo());

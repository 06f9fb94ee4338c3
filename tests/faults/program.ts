/** Homeport as a program that takes its configuration from a file, so that one is made for all cases: a bundle, or an executable. */
import { join } from "node:path";
import { bundleProgram, compile, PERMISSIONS, V8_FLAGS } from "../../tools/compile.ts";

export const CONFIG_VARIABLE = "HOMEPORT_FAULTS_CONFIG";
/** A file with milliseconds that the wall clock is ahead, or behind. */
export const CLOCK_VARIABLE = "HOMEPORT_FAULTS_CLOCK";

const LIB = new URL("../../lib/", import.meta.url).href;

const ENTRY = `
import { createApp } from "${LIB}app.ts";
import { processIo } from "${LIB}cli/process_io.ts";
import { runCli } from "${LIB}cli/run_cli.ts";

const clock = Deno.env.get("${CLOCK_VARIABLE}");
if (clock !== undefined) {
  const shift = () => Number(Deno.readTextFileSync(clock));
  const Real = Date;
  globalThis.Date = class extends Real {
    constructor(...args: any[]) {
      if (args.length === 0) super(Real.now() + shift());
      else super(...args as [number]);
    }
    static override now() {
      return Real.now() + shift();
    }
  } as DateConstructor;
}
const config = JSON.parse(Deno.readTextFileSync(Deno.env.get("${CONFIG_VARIABLE}")!));
Deno.exit(await runCli(Deno.args, createApp(config), processIo()));
`;

/** Gives the command that runs it. */
export async function makeProgram(folder: string, kind: "bundle" | "executable"): Promise<readonly string[]> {
  const entry = join(folder, "program.ts");
  await Deno.writeTextFile(entry, ENTRY);
  if (kind === "executable") {
    const executable = join(folder, "homeport");
    await compile(entry, executable);
    return [executable];
  }
  const bundle = await bundleProgram(entry, join(folder, "bundle"));
  const flags = ["-q", "--no-config", "--no-lock", "--no-check", `--v8-flags=${V8_FLAGS.join(",")}`];
  return [Deno.execPath(), "run", ...flags, ...PERMISSIONS, bundle];
}

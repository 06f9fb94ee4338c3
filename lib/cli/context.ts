import type { Command } from "@commander-js/extra-typings";
import type { App } from "./app.ts";
import type { Io } from "./io.ts";

/** What every command works with. */
export interface CommandContext {
  readonly app: App;
  readonly io: Io;
  /** What the process is to end with. */
  exitCode: number;
}

/** Adds a command to the program. What it needs beyond this is imported when it runs, so that start-up stays fast. */
export type AddCommand = (program: Command, context: CommandContext) => void;

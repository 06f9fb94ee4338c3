import type { App } from "./app.ts";
import type { Io } from "./io.ts";

/** What every command works with. */
export interface CommandContext {
  readonly app: App;
  readonly io: Io;
  /** What the process is to end with. */
  exitCode: number;
}

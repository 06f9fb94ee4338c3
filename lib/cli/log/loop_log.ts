/** The log of `run`: for journald, a file or a program. What was said once is not said again while it stays so. */
import type { LoopEvent } from "../../reconcile/loop/loop_events.ts";
import type { Io } from "../io.ts";
import { LogEntries, type LogEntry } from "./log_entries.ts";

export interface LoopLogOptions {
  readonly host: string;
  readonly json: boolean;
  /** Also what is of interest only to somebody who looks for a fault. */
  readonly verbose: boolean;
  readonly now: () => Date;
}

export function loopLog(io: Io, { host, json, verbose, now }: LoopLogOptions): (event: LoopEvent) => void {
  const entries = new LogEntries();
  return (event) => {
    const time = now().toISOString();
    for (const entry of entries.of(event)) {
      if (entry.level === "debug" && !verbose) continue;
      io.stdout(json ? jsonLine(entry, time, host) : plainLines(entry, time, io));
    }
  };
}

/** `time`, `level`, `event`, `host` and `message` are in every line. */
function jsonLine({ level, event, message, details }: LogEntry, time: string, host: string): string {
  return `${JSON.stringify({ time, level, event, host, message, ...details })}\n`;
}

/** Whoever looks for a time or a level finds it before each line. */
function plainLines({ level, message }: LogEntry, time: string, io: Io): string {
  // A secret of several lines is one only as long as they stand together.
  return io.redact(message).split("\n").map((line) => `${time} ${level.padEnd(5)} ${line}\n`).join("");
}

import process from "node:process";
import type { Io } from "./io.ts";

const SIGNALS = ["SIGINT", "SIGTERM"] as const;
const SHOW_CURSOR = "\x1b[?25h";
/** What a shell gives for a program that SIGINT ended. */
const INTERRUPTED = 130;

/** The terminal, pipe or log that this process writes to. */
export function processIo(): Io {
  const isTerminal = Deno.stdout.isTerminal() && Deno.env.get("TERM") !== "dumb" &&
    Deno.env.get("CI") === undefined;
  return {
    stdout: (text) => writeAll(Deno.stdout, text),
    stderr: (text) => writeAll(Deno.stderr, text),
    isTerminal,
    columns: isTerminal ? Deno.consoleSize().columns || 80 : 80,
    color: isTerminal && !Deno.noColor,
    redact: (text) => text,
    onInterrupt,
    onReload,
  };
}

function onReload(callback: () => void): () => void {
  process.on("SIGHUP", callback);
  return () => void process.off("SIGHUP", callback);
}

function writeAll(target: { writeSync(bytes: Uint8Array): number }, text: string): void {
  let rest = new TextEncoder().encode(text);
  try {
    while (rest.length > 0) rest = rest.subarray(target.writeSync(rest));
  } catch (error) {
    // The reader, such as `head`, has seen enough.
    if (error instanceof Deno.errors.BrokenPipe) return;
    throw error;
  }
}

/**
 * The first signal is passed on; a second one ends the process at once, which every operation survives.
 *
 * The listeners are Node's: what restores the terminal's cursor sends a signal once more unless it finds another one of these.
 */
function onInterrupt(callback: () => void): () => void {
  let isFirst = true;
  const listener = () => {
    if (!isFirst) {
      if (Deno.stdout.isTerminal()) writeAll(Deno.stdout, SHOW_CURSOR);
      Deno.exit(INTERRUPTED);
    }
    isFirst = false;
    callback();
  };
  for (const signal of SIGNALS) process.on(signal, listener);
  return () => {
    for (const signal of SIGNALS) process.off(signal, listener);
  };
}

/** Where a command writes, and what it writes to. */
export interface Io {
  stdout(text: string): void;
  stderr(text: string): void;
  /** Standard output is a terminal: progress may be drawn over and over. */
  readonly isTerminal: boolean;
  readonly columns: number;
  readonly color: boolean;
  /** Masks secrets, for what is drawn past this interface. `stdout` and `stderr` do so themselves. */
  redact(text: string): string;
  /** Calls back when a person or the system asks to end. Gives back how to stop listening. */
  onInterrupt(callback: () => void): () => void;
  /** Calls back when the system asks to look again (SIGHUP). Gives back how to stop listening. */
  onReload(callback: () => void): () => void;
}

/** The same, with everything that is printed passed through a function, such as one that masks secrets. */
export function redactedIo(io: Io, redact: (text: string) => string): Io {
  return {
    stdout: (text) => io.stdout(redact(text)),
    stderr: (text) => io.stderr(redact(text)),
    isTerminal: io.isTerminal,
    columns: io.columns,
    color: io.color,
    redact,
    onInterrupt: (callback) => io.onInterrupt(callback),
    onReload: (callback) => io.onReload(callback),
  };
}

/** Files can be opened meanwhile, and nothing is written into them. */
export function onFullDisk(body: () => void): void {
  const { writeSync } = Deno.FsFile.prototype;
  Deno.FsFile.prototype.writeSync = (bytes) => {
    using full = Deno.openSync("/dev/full", { write: true });
    return writeSync.call(full, bytes);
  };
  try {
    body();
  } finally {
    Deno.FsFile.prototype.writeSync = writeSync;
  }
}

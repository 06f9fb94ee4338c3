import { dirname } from "node:path";

/** The new content is on the disk before the old one goes, and what could not be written leaves nothing behind. */
export function replaceFile(path: string, content: Uint8Array): void {
  const temporary = `${path}.new`;
  Deno.mkdirSync(dirname(path), { recursive: true });
  try {
    {
      using file = Deno.openSync(temporary, { write: true, create: true, truncate: true, mode: 0o600 });
      for (let written = 0; written < content.length;) written += file.writeSync(content.subarray(written));
      file.syncDataSync();
    }
    Deno.renameSync(temporary, path);
  } catch (error) {
    removeIfThere(temporary);
    throw error;
  }
}

function removeIfThere(path: string): void {
  try {
    Deno.removeSync(path);
  } catch {
    // The first failure is the one to tell of.
  }
}

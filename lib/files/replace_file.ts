import { dirname } from "node:path";
import { removeIfThere } from "./remove_if_there.ts";
import { writeAll } from "./write_all.ts";

/** The new content is on the disk before the old one goes, and what could not be written leaves nothing behind. */
export function replaceFile(path: string, content: string | Uint8Array, mode?: number): void {
  const temporary = `${path}.new`;
  try {
    {
      using file = openNew(temporary, mode);
      writeAll(file, typeof content === "string" ? new TextEncoder().encode(content) : content);
      file.syncDataSync();
    }
    Deno.renameSync(temporary, path);
  } catch (error) {
    removeQuietly(temporary);
    throw error;
  }
}

/** For its owner alone, in a folder that is made where there is none. */
export function replacePrivateFile(path: string, content: string | Uint8Array): void {
  Deno.mkdirSync(dirname(path), { recursive: true });
  replaceFile(path, content, 0o600);
}

function openNew(path: string, mode: number | undefined): Deno.FsFile {
  const options = { write: true, createNew: true, ...(mode !== undefined && { mode }) };
  try {
    return Deno.openSync(path, options);
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
    // What somebody left there would keep its own mode.
    removeIfThere(path);
    return Deno.openSync(path, options);
  }
}

function removeQuietly(path: string): void {
  try {
    Deno.removeSync(path);
  } catch {
    // The first failure is the one to tell of.
  }
}

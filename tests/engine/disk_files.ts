import type { Files } from "../../lib/compose/files.ts";

/** The files of the disk, without any bounds. */
export const diskFiles: Files = {
  read(path) {
    try {
      return Deno.readFileSync(path);
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return undefined;
      throw error;
    }
  },
  kind(path) {
    try {
      const { isFile, isDirectory } = Deno.statSync(path);
      return isFile ? "file" : isDirectory ? "folder" : "other";
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return undefined;
      throw error;
    }
  },
  list(path) {
    return [...Deno.readDirSync(path)].map(({ name }) => name).sort();
  },
};

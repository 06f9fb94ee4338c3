import { ConfigurationError } from "../../lib/errors.ts";
import type { Files } from "../../lib/compose/files.ts";

/** The files below `root`, read from disk when they are asked for. */
export function diskFiles(root: string): Files {
  const real = Deno.realPathSync(root);
  const guarded = <T>(path: string, read: (path: string) => T): T | undefined => {
    const place = resolveLinks(path);
    if (place !== real && !place.startsWith(`${real}/`)) throw new ConfigurationError(`${path} is outside`);
    try {
      return read(place);
    } catch (error) {
      if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) {
        return undefined;
      }
      throw error;
    }
  };
  return {
    read: (path) => guarded(path, (place) => Deno.readFileSync(place)),
    kind: (path) =>
      guarded(path, (place) => {
        const { isFile, isDirectory } = Deno.statSync(place);
        return isFile ? "file" : isDirectory ? "folder" : "other";
      }),
    list: (path) =>
      guarded(path, (place) => [...Deno.readDirSync(place)].map(({ name }) => name).sort()) ?? [],
  };
}

/** Of what is there; the rest of the path is added as it is. */
function resolveLinks(path: string): string {
  for (let end = path.length; end > 0; end = path.lastIndexOf("/", end - 1)) {
    try {
      return Deno.realPathSync(path.slice(0, end)) + path.slice(end);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory)) throw error;
    }
  }
  return path;
}

/** Files that exist in memory only. The repository is everything below `root`. */
export function memoryFiles(contents: Readonly<Record<string, string | Uint8Array>>, root = "/repo"): Files {
  const inside = (path: string): string => {
    if (path !== root && !path.startsWith(`${root}/`)) throw new ConfigurationError(`${path} is outside`);
    return path;
  };
  const below = (path: string) => Object.keys(contents).filter((file) => file.startsWith(`${path}/`));
  return {
    read: (path) => {
      const content = contents[inside(path)];
      return typeof content === "string" ? new TextEncoder().encode(content) : content;
    },
    kind: (path) => inside(path) in contents ? "file" : below(path).length > 0 ? "folder" : undefined,
    list: (path) =>
      [...new Set(below(inside(path)).map((file) => file.slice(path.length + 1).split("/")[0]!))].sort(),
  };
}

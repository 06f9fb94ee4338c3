import { join } from "node:path";

/** Every file below a folder, with its bytes as text. */
export function filesBelow(folder: string): [path: string, text: string][] {
  return [...Deno.readDirSync(folder)].flatMap(({ name, isDirectory, isFile }) => {
    const path = join(folder, name);
    if (isDirectory) return filesBelow(path);
    return isFile ? [[path, new TextDecoder("latin1").decode(Deno.readFileSync(path))]] : [];
  });
}

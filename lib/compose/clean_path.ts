import { posix } from "node:path";

/** Without `.`, `..` and double or trailing slashes. The empty path becomes `.`. */
export function cleanPath(path: string): string {
  const normal = posix.normalize(path);
  return normal.length > 1 && normal.endsWith("/") ? normal.slice(0, -1) : normal;
}

import { relative, resolve } from "node:path";
import { ConfigurationError } from "../errors.ts";

/** Relative paths must stay in the project's folder, symlinks included: they come from the repository. */
export function readSeccompProfile(workingDir: string, path: string): string {
  const file = resolve(workingDir, path);
  try {
    if (!path.startsWith("/")) refuseOutside(workingDir, file);
    const text = Deno.readTextFileSync(file);
    JSON.parse(text);
    return text;
  } catch (error) {
    if (error instanceof ConfigurationError) throw error;
    const reason = error instanceof Deno.errors.NotFound
      ? "there is no such file"
      : error instanceof SyntaxError
      ? "it is no JSON"
      : "it cannot be read";
    throw new ConfigurationError(`Cannot use the seccomp profile ${path}: ${reason}`, {
      location: { file },
      hint: 'name a JSON file, or write "seccomp=unconfined" to have none',
    });
  }
}

function refuseOutside(workingDir: string, file: string): void {
  const inside = relative(Deno.realPathSync(workingDir), Deno.realPathSync(file));
  if (!inside.startsWith("..") && !inside.startsWith("/")) return;
  throw new ConfigurationError(`The seccomp profile ${file} lies outside the project's folder`, {
    hint: "keep it in the stack's folder, or give its absolute path",
  });
}

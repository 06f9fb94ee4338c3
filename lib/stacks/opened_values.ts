/** What must not be shown of encrypted files that a stack uses. */
import { parseDotenv } from "../compose/dotenv.ts";
import type { OpenedFiles } from "./opened_files.ts";

/** The content as a whole, its lines, and what lines say of names: whatever of it a project may have taken. */
export function openedValues(paths: readonly string[], opened: OpenedFiles | undefined): string[] {
  return paths.flatMap((path) => {
    const content = opened?.get(path);
    return content === undefined || content instanceof Error
      ? []
      : valuesIn(new TextDecoder().decode(content), path);
  }).filter((value) => value !== "");
}

function valuesIn(text: string, path: string): string[] {
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  const named = lines.flatMap((line) => {
    const value = /^[^=:]*[=:]\s*(.*)$/.exec(line)?.[1] ?? "";
    return [value, value.replace(/^(["'])(.*)\1$/, "$2")];
  });
  return [text, text.trim(), ...lines, ...named, ...dotenvValues(text, path)];
}

function dotenvValues(text: string, path: string): string[] {
  try {
    return [...parseDotenv(text, path, () => undefined, { onUnset: () => {} }).values()];
  } catch {
    return [];
  }
}

/** How a file is written. `binary`: any content, as one value. */
export type SopsFormat = "dotenv" | "yaml" | "json" | "ini" | "binary";

const ENDINGS: Readonly<Record<string, SopsFormat>> = {
  ".yaml": "yaml",
  ".yml": "yaml",
  ".json": "json",
  ".env": "dotenv",
  ".ini": "ini",
};

/** As sops tells it, by the path alone. */
export function formatOfPath(path: string): SopsFormat {
  return Object.entries(ENDINGS).find(([ending]) => path.endsWith(ending))?.[1] ?? "binary";
}

/** The format of a file that sops encrypted, by the metadata in it; undefined for any other file. */
export function findFormat(text: string): SopsFormat | undefined {
  if (/^\s*\{/.test(text)) return /"sops"\s*:\s*\{/.test(text) && /"mac"\s*:/.test(text) ? "json" : undefined;
  if (/^sops_mac=/m.test(text)) return "dotenv";
  if (/^\[sops\]\s*$/m.test(text) && /^mac\s*=/m.test(text)) return "ini";
  return /^["']?sops["']?\s*:/m.test(text) && /^\s+["']?mac["']?\s*:/m.test(text) ? "yaml" : undefined;
}

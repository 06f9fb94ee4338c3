import { ConfigurationError } from "../errors.ts";

/** A file that is not UTF-8 is refused: characters that took the place of others would be deployed unseen. */
export function decodeYaml(content: Uint8Array, file: string): string {
  try {
    return decoder().decode(content);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new ConfigurationError("Broken YAML: the file is not UTF-8", {
      hint: "save it as UTF-8",
      location: { file, line: brokenLine(content) },
    });
  }
}

function decoder(): TextDecoder {
  return new TextDecoder("utf-8", { fatal: true });
}

/** A line feed is never part of another character. */
function brokenLine(content: Uint8Array): number {
  let start = 0;
  for (let line = 1;; line++) {
    const end = content.indexOf(10, start);
    try {
      decoder().decode(content.subarray(start, end === -1 ? content.length : end));
    } catch {
      return line;
    }
    if (end === -1) return line;
    start = end + 1;
  }
}

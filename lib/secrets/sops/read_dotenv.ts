import { sopsError } from "./sops_error.ts";
import type { SopsEntry, SopsMap } from "./tree.ts";

/** Lines of `NAME=value` and `#comment`. The value is all that follows, quotes included; `\n` in it is a line break. */
export function readDotenv(text: string, file: string): SopsMap[] {
  const entries = text.split("\n").flatMap((line, index): SopsEntry[] => {
    if (line === "") return [];
    if (line.startsWith("#")) return [{ type: "comment", text: line.slice(1), inline: false }];
    const at = line.indexOf("=");
    if (at === -1) {
      throw sopsError("Not a dotenv file of sops: a line is not NAME=value", "encrypt it with sops again", {
        file,
        line: index + 1,
      });
    }
    const value = line.slice(at + 1).replaceAll("\\n", "\n");
    return [{ type: "pair", key: line.slice(0, at), value: { type: "text", text: value }, line: index + 1 }];
  });
  return [{ type: "map", entries }];
}

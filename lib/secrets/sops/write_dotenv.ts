import { valueToText } from "./value_text.ts";
import { sopsError } from "./sops_error.ts";
import { joinBytes, utf8 } from "../bytes.ts";
import type { SopsMap } from "./tree.ts";

/** As `sops -d` prints it. */
export function writeDotenv([map]: readonly SopsMap[], file: string): Uint8Array {
  return joinBytes((map?.entries ?? []).flatMap((entry) => {
    if (entry.type === "comment") return [utf8(`#${entry.text}\n`)];
    const { key, value, line } = entry;
    if (value.type === "map" || value.type === "list" || value.type === "comment") {
      throw sopsError(`${key} is not a plain value`, "encrypt the file with sops again", { file, line });
    }
    const text = value.type === "text"
      ? utf8(value.text.replaceAll("\n", "\\n"))
      : value.type === "raw"
      ? value.bytes
      : utf8(valueToText(value));
    return [utf8(`${key}=`), text, utf8("\n")];
  }));
}

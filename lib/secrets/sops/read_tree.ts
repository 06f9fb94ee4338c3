import { findFormat, type SopsFormat } from "./format.ts";
import { readDotenv } from "./read_dotenv.ts";
import { readJson } from "./read_json.ts";
import { readYaml } from "./read_yaml.ts";
import { sopsError } from "./sops_error.ts";
import type { SopsMap } from "./tree.ts";

/** The documents of a file; only YAML has several. */
export function readTree(text: string, format: SopsFormat, file: string): SopsMap[] {
  switch (format) {
    case "dotenv":
      return readDotenv(text, file);
    case "yaml":
      return readYaml(text, file);
    case "json":
      return readJson(text, file);
    case "binary":
      if (findFormat(text) === "json") return readJson(text, file);
      throw sopsError("Not encrypted: the file holds no metadata of sops", "encrypt it with sops", { file });
    case "ini":
      throw sopsError("INI files of sops are not supported", "use a dotenv, YAML or JSON file", { file });
  }
}

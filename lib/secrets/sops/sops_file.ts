import type { StringMap } from "../../compose/project.ts";
import { openDataKey } from "./data_key.ts";
import { decryptTree } from "./decrypt_tree.ts";
import { findFormat, formatOfPath, type SopsFormat } from "./format.ts";
import type { Identities } from "./identities.ts";
import { takeMetadata } from "./metadata.ts";
import { readTree } from "./read_tree.ts";
import { sopsError } from "./sops_error.ts";
import { pairsOf, type SopsMap } from "./tree.ts";
import { dotenvVariables, namedScalars, treeVariables } from "./variables.ts";
import { utf8 } from "../bytes.ts";
import { writeDotenv } from "./write_dotenv.ts";
import { writeJson } from "./write_json.ts";
import { writeYaml } from "./write_yaml.ts";

export interface OpenedSopsFile {
  /** The file as `sops -d` prints it. Made anew whenever it is asked for, so that no more of it lies in memory than is used. */
  readonly plaintext: Uint8Array;
  /**
   * Worked out when they are asked for, with an error where the content gives none: two values with one name, or a dotenv file that Compose
   * could not read. Of dotenv files what Compose reads from the plaintext; of YAML and JSON every scalar, nested keys joined by `_`; of other files none.
   */
  readonly variables: StringMap;
}

/**
 * Decrypts a file of sops, and verifies its MAC: what was changed, moved, added or left out after sops wrote it is an error.
 * The path tells the format, as for sops. Formats: https://github.com/getsops/sops, the cipher `aes/cipher.go`, the MAC `sops.go`.
 */
export async function openSopsFile(
  path: string,
  bytes: Uint8Array,
  identities: Identities,
): Promise<OpenedSopsFile> {
  return await readSopsFile(path, bytes).open(identities);
}

/** Whether sops encrypted the file. Needs no key. */
export function isSopsFile(bytes: Uint8Array): boolean {
  return findFormat(new TextDecoder().decode(bytes)) !== undefined;
}

/**
 * The names of the variables that {@linkcode openSopsFile} would give, without any key: sops leaves them readable. Without a path the
 * content tells the format; then a file of any content cannot be told from JSON.
 */
export function namesInSopsFile(bytes: Uint8Array, path?: string): readonly string[] {
  return readSopsFile(path, bytes).names();
}

/** A file of sops, still closed. */
export interface ClosedSopsFile {
  names(): readonly string[];
  open(identities: Identities): Promise<OpenedSopsFile>;
}

export function readSopsFile(path: string | undefined, bytes: Uint8Array): ClosedSopsFile {
  const file = path ?? "the file";
  const text = decodeText(bytes, file);
  const format = path === undefined ? findFormat(text) ?? "binary" : formatOfPath(path);
  const documents = readTree(text, format, file);
  const metadata = takeMetadata(documents, format === "dotenv" ? "flat" : "nested", file);
  return {
    names: () => namesIn(documents, format),
    open: async (identities) => {
      const dataKey = await openDataKey(metadata, identities, file);
      return present(decryptTree(documents, metadata, dataKey, file), format, file);
    },
  };
}

function namesIn(documents: readonly SopsMap[], format: SopsFormat): readonly string[] {
  if (format === "binary") return [];
  return documents.flatMap((document) =>
    format === "dotenv"
      ? pairsOf(document).map(({ key }) => key.trim().replace(/^export\s+/, ""))
      : [...namedScalars(document, [])].map(([name]) => name)
  );
}

function decodeText(bytes: Uint8Array, file: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw sopsError("Not a file of sops: it is no UTF-8 text", "encrypt it with sops", { file });
  }
}

function present(documents: readonly SopsMap[], format: SopsFormat, file: string): OpenedSopsFile {
  return {
    get plaintext() {
      return render(documents, format, file);
    },
    get variables() {
      if (format === "dotenv") return dotenvVariables(render(documents, format, file), file);
      return format === "binary" ? {} : treeVariables(documents, file);
    },
  };
}

function render(documents: readonly SopsMap[], format: SopsFormat, file: string): Uint8Array {
  switch (format) {
    case "dotenv":
      return writeDotenv(documents, file);
    case "yaml":
      return writeYaml(documents);
    case "json":
      return writeJson(documents, file);
    default:
      return contentOf(documents, file);
  }
}

function contentOf([map]: readonly SopsMap[], file: string): Uint8Array {
  const value = map === undefined ? undefined : pairsOf(map).find(({ key }) => key === "data")?.value;
  if (value?.type === "text") return utf8(value.text);
  if (value?.type === "raw") return value.bytes;
  throw sopsError("Not a binary file of sops: it has no `data`", "give it the ending of its format", {
    file,
  });
}

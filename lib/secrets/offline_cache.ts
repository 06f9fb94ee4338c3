/** What a provider gave last, encrypted with the host's own key, for times when it cannot be asked. */
import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from "node:crypto";
import { join } from "node:path";
import type { StringMap } from "../compose/project.ts";
import { replacePrivateFile } from "../files/replace_file.ts";
import { joinBytes } from "./bytes.ts";
import { getHostKey } from "./host_key.ts";

export interface CachedVariables {
  readonly variables: StringMap;
  /** When the provider gave them, in milliseconds since 1970. */
  readonly time: number;
}

const FOLDER = "secrets-cache";
const CIPHER = "aes-256-gcm";
const IV_BYTES = 12;
const TAG_BYTES = 16;

/** Replaces what was kept of the provider of this label. */
export function keepVariables(dataDir: string, label: string, cached: CachedVariables): void {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv(CIPHER, keyOf(dataDir), iv).setAAD(new TextEncoder().encode(label));
  const sealed = [iv, cipher.update(JSON.stringify(cached), "utf8"), cipher.final(), cipher.getAuthTag()];
  Deno.mkdirSync(join(dataDir, FOLDER), { recursive: true, mode: 0o700 });
  replacePrivateFile(pathOf(dataDir, label), joinBytes(sealed));
}

/** `undefined` when nothing was kept, or nothing that this host's key opens. */
export function findVariables(dataDir: string, label: string): CachedVariables | undefined {
  try {
    const sealed = Deno.readFileSync(pathOf(dataDir, label));
    const decipher = createDecipheriv(CIPHER, keyOf(dataDir), sealed.subarray(0, IV_BYTES))
      .setAAD(new TextEncoder().encode(label))
      .setAuthTag(sealed.subarray(-TAG_BYTES));
    const plain = [decipher.update(sealed.subarray(IV_BYTES, -TAG_BYTES)), decipher.final()];
    return JSON.parse(new TextDecoder().decode(joinBytes(plain)));
  } catch {
    return undefined;
  }
}

function pathOf(dataDir: string, label: string): string {
  return join(dataDir, FOLDER, createHash("sha256").update(label).digest("hex").slice(0, 32));
}

function keyOf(dataDir: string): Uint8Array {
  return new Uint8Array(hkdfSync("sha256", getHostKey(dataDir), "", "homeport secrets cache", 32));
}

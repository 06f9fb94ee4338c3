/** The host's own key: random, kept in the data folder, and never shown. What it protects is worth nothing without it. */
import { createHmac, randomBytes } from "node:crypto";
import { join } from "node:path";
import { HomeportError } from "../errors.ts";
import { replacePrivateFile } from "../files/replace_file.ts";

const FILE = "host.key";
const BYTES = 32;

/** Reads the key, and makes it where there is none. */
export function getHostKey(dataDir: string): Uint8Array {
  const path = join(dataDir, FILE);
  const key = findKey(path) ?? makeKey(path);
  if (key.length === BYTES) return key;
  throw new HomeportError(`The host's key ${path} is broken: it has ${key.length} bytes and not ${BYTES}`, {
    hint: "remove the file: another key is made, and what the old one protected is fetched again",
  });
}

/** The same value has the same fingerprint on this host, and nobody without its key can try which value it is. */
export function makeFingerprint(dataDir: string): (name: string, value: string) => string {
  let key: Uint8Array | undefined;
  return (name, value) => {
    key ??= getHostKey(dataDir);
    return createHmac("sha256", key).update(`${name}\0${value}`).digest("hex").slice(0, 16);
  };
}

function findKey(path: string): Uint8Array | undefined {
  try {
    return Deno.readFileSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

function makeKey(path: string): Uint8Array {
  const key = new Uint8Array(randomBytes(BYTES));
  replacePrivateFile(path, key);
  return key;
}

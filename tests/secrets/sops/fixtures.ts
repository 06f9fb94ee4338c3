import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Identities, parseIdentities } from "../../../lib/secrets/sops/identities.ts";
import { type OpenedSopsFile, openSopsFile } from "../../../lib/secrets/sops/sops_file.ts";

/** Made by the real sops; see `make.sh` there. */
export const FIXTURES = fileURLToPath(new URL("../../fixtures/sops", import.meta.url));

export type KeyName = "first" | "second" | "stranger" | "quantum";

export function keyText(name: KeyName): string {
  return Deno.readTextFileSync(join(FIXTURES, "keys", `${name}.test-key.txt`));
}

/** Who holds the key. */
export function recipientOf(name: KeyName): string {
  return /public key: (\S+)/.exec(keyText(name))![1]!;
}

export function identities(...names: KeyName[]): Identities {
  return names.flatMap((name) => parseIdentities(keyText(name), name));
}

export function encrypted(name: string): Uint8Array {
  return Deno.readFileSync(join(FIXTURES, "encrypted", name));
}

export function decrypted(name: string): Uint8Array {
  return Deno.readFileSync(join(FIXTURES, "decrypted", name));
}

export function open(name: string, keys: Identities = identities("first")): Promise<OpenedSopsFile> {
  return openSopsFile(name, encrypted(name), keys);
}

/** With the content changed by hand. */
export function openChanged(name: string, change: (text: string) => string): Promise<OpenedSopsFile> {
  const text = new TextDecoder().decode(encrypted(name));
  const changed = change(text);
  assert.notEqual(changed, text, "the change changed nothing");
  return openSopsFile(name, new TextEncoder().encode(changed), identities("first"));
}

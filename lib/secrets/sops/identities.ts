import { HomeportError } from "../../errors.ts";
import { Secret } from "../../secret.ts";

/** The secret keys that open the files. */
export type Identities = readonly Secret[];

/** Reads what `age-keygen` writes: a key a line, and comments. A variable may also hold several, with spaces between. */
export function parseIdentities(text: string, place: string): Identities {
  const words = text.split("\n").filter((line) => !/^\s*(?:#|$)/.test(line)).flatMap((line) =>
    line.trim().split(/\s+/)
  );
  return words.map((word) => {
    if (!/^AGE-SECRET-KEY-(?:PQ-)?1[0-9A-Z]+$/i.test(word)) {
      throw new HomeportError(`${place} holds something that is no age key${kindOf(word)}`, {
        hint: "put in what age-keygen makes, AGE-SECRET-KEY-1…, one a line",
        consequence: "wait",
        exitCode: 2,
      });
    }
    return new Secret(word.toUpperCase());
  });
}

function kindOf(word: string): string {
  if (word.startsWith("AGE-PLUGIN-")) return ": keys of plugins are not supported";
  if (word.startsWith("-----BEGIN")) return ": SSH keys and encrypted keys are not supported";
  return "";
}

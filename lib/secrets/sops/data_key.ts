import type { Identities } from "./identities.ts";
import type { AgeKey, Metadata } from "./metadata.ts";
import { type SopsError, sopsError } from "./sops_error.ts";

const LENGTH = 32;

/** Opens the key that the file's values are encrypted with. Whichever of the identities fits serves. */
export async function openDataKey(
  metadata: Metadata,
  identities: Identities,
  file: string,
): Promise<Uint8Array> {
  if (metadata.ageKeys.length === 0) throw notAge(metadata.otherKeys, file);
  if (identities.length === 0) {
    throw sopsError(
      "There is no age key to open the file with",
      `give Homeport the key of ${recipientsOf(metadata.ageKeys)}`,
      { file },
    );
  }
  const { armor, Decrypter } = await import("./age.ts");
  const decrypter = new Decrypter();
  for (const identity of identities) {
    try {
      decrypter.addIdentity(identity.reveal());
    } catch {
      throw sopsError("An age key is damaged", "copy it again from where age-keygen put it", { file });
    }
  }
  for (const { enc } of metadata.ageKeys) {
    const opened = await decrypter.decrypt(tryDecode(enc, armor.decode)).catch(() => undefined);
    if (opened?.length === LENGTH) return opened;
  }
  throw await noneFits(metadata, identities, file);
}

/** What is no armor opens as nothing does. */
function tryDecode(enc: string, decode: (text: string) => Uint8Array): Uint8Array {
  try {
    return decode(enc);
  } catch {
    return new Uint8Array();
  }
}

async function noneFits(
  { ageKeys, otherKeys }: Metadata,
  identities: Identities,
  file: string,
): Promise<SopsError> {
  const { identityToRecipient } = await import("./age.ts");
  const own = new Set(await Promise.all(identities.map((each) => identityToRecipient(each.reveal()))));
  if (ageKeys.some(({ recipient }) => own.has(recipient))) {
    return sopsError(
      "The data key in the file is damaged",
      "fetch the file again, or run `sops updatekeys`",
      {
        file,
      },
    );
  }
  const others = otherKeys.length === 0 ? "" : ` (${otherKeys.join(", ")} keys are not supported)`;
  return sopsError(
    `None of the age keys opens the file; it is for ${recipientsOf(ageKeys)}${others}`,
    `add ${[...own].join(" or ")} to .sops.yaml and run \`sops updatekeys\``,
    { file },
  );
}

function notAge(kinds: readonly string[], file: string): SopsError {
  return sopsError(
    `The file has no age recipient, only ${kinds.join(", ")}, which Homeport does not ask`,
    "add an age recipient to .sops.yaml and run `sops updatekeys`",
    { file },
  );
}

function recipientsOf(keys: readonly AgeKey[]): string {
  return keys.map(({ recipient }) => recipient).join(", ");
}

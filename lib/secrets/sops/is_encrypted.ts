import { findGoRegex } from "./go_regex.ts";
import type { EncryptionRule } from "./metadata.ts";
import { sopsError, type SopsPlace } from "./sops_error.ts";

/** Where a value stands: its keys, and for every block the comments right before the entry. */
export interface Position {
  readonly path: readonly string[];
  readonly comments: readonly (readonly string[])[];
  readonly isComment: boolean;
}

export type IsEncrypted = (position: Position) => boolean;

/** Whether the value at a position is encrypted, as the rule in the file says. Any key on the way to it counts. */
export function isEncryptedBy({ kind, value }: EncryptionRule, place: SopsPlace): IsEncrypted {
  switch (kind) {
    case "unencrypted_suffix":
      return ({ path }) => !path.some((key) => key.endsWith(value));
    case "encrypted_suffix":
      return ({ path }) => path.some((key) => key.endsWith(value));
  }
  const regex = findGoRegex(value);
  if (regex === undefined) {
    throw sopsError(`${kind} is no regular expression that Homeport can read`, "write it plainer", place);
  }
  switch (kind) {
    case "unencrypted_regex":
      return ({ path }) => !path.some((key) => regex.test(key));
    case "encrypted_regex":
      return ({ path }) => path.some((key) => regex.test(key));
    case "unencrypted_comment_regex":
      return ({ comments }) => !comments.some((each) => each.some((comment) => regex.test(comment)));
    case "encrypted_comment_regex":
      return (position) => commentsBefore(position).some((comment) => regex.test(comment));
  }
}

/** A comment that asks for encryption stays readable itself. */
function commentsBefore({ comments, isComment }: Position): readonly string[] {
  const all = comments.flat();
  const own = isComment && (comments.at(-1)?.length ?? 0) > 0;
  return own ? all.slice(0, -1) : all;
}

import { HomeportError, messageOf } from "../errors.ts";

/** For what a person asked for and the disk refused. */
export function diskError(what: string, cause: unknown): HomeportError {
  const reason = messageOf(cause);
  const isFull = /ENOSPC|EDQUOT|No space left|disk is full/i.test(reason);
  return new HomeportError(`${what}: ${isFull ? "the disk is full" : reason}`, {
    hint: isFull
      ? "make room on it, and run this again"
      : "run this as the user that owns the data folder, and look after its permissions",
    consequence: "retry",
    cause,
  });
}

import { HomeportError } from "../errors.ts";
import { DISK_FULL, diskReason, isDiskFull } from "../files/disk_full.ts";

/** For what a person asked for and the disk refused. */
export function diskError(what: string, cause: unknown): HomeportError {
  return new HomeportError(`${what}: ${diskReason(cause)}`, {
    hint: isDiskFull(cause)
      ? DISK_FULL.hint
      : "run this as the user that owns the data folder, and look after its permissions",
    consequence: "retry",
    cause,
  });
}

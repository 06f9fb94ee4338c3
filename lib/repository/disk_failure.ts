import { HomeportError } from "../errors.ts";
import { DISK_FULL, isDiskFull } from "../files/disk_full.ts";

/** Says what a failed file operation means for a person; `undefined` when the error is none of the file system's. */
export function diskFailure(error: unknown, folder: string): HomeportError | undefined {
  if (error instanceof HomeportError) return undefined;
  const { reason, hint, consequence } = explain(error) ?? {};
  if (reason === undefined) return undefined;
  return new HomeportError(`Cannot write to the data folder ${folder}: ${reason}`, {
    hint,
    consequence,
    cause: error,
  });
}

interface Explanation {
  readonly reason: string;
  readonly hint: string;
  readonly consequence: "retry" | "stalled";
}

function explain(error: unknown): Explanation | undefined {
  if (!(error instanceof Error)) return undefined;
  if (error instanceof Deno.errors.NotCapable) {
    return stalled(error.message, "grant the read and write permission for the data folder");
  }
  if (isDiskFull(error)) return { ...DISK_FULL, consequence: "retry" };
  const code = "code" in error && typeof error.code === "string" ? error.code : undefined;
  const detail = error.message.replace(/^E[A-Z]+: /, "");
  switch (code) {
    case "EACCES":
    case "EPERM":
      return stalled(
        `permission denied (${detail})`,
        "give the folder to the user that runs Homeport, or set another dataDir",
      );
    case "EROFS":
      return stalled("its file system is read-only", "set dataDir to a folder that can be written to");
    case "ENOTDIR":
    case "EEXIST":
      return stalled(
        `there is something in the way that is no folder (${detail})`,
        "move it away, or set another dataDir",
      );
    default:
      return code === undefined || !/^E[A-Z0-9]+$/.test(code)
        ? undefined
        : stalled(detail, "look after the disk and the folder's permissions");
  }
}

function stalled(reason: string, hint: string): Explanation {
  return { reason, hint, consequence: "stalled" };
}

import { messageOf } from "../errors.ts";

export const DISK_FULL = { reason: "the disk is full", hint: "make room on it, and run this again" };

/** The last of these is SQLite's. */
const MESSAGES = /No space left on device|quota exceeded|disk is full/i;

export function isDiskFull(error: unknown): boolean {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return code === "ENOSPC" || code === "EDQUOT" || MESSAGES.test(messageOf(error));
}

/** Why a file could not be read or written, in words that go on after a colon. */
export function diskReason(error: unknown): string {
  return isDiskFull(error) ? DISK_FULL.reason : messageOf(error);
}

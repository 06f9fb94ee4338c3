/** What may be written of a pass. */
import type { PassRecord } from "../reconcile/history/pass_record.ts";

/** Longer texts, such as a build's output, say nothing more. */
const LONGEST = 10_000;
/** Homeport's own words, which a secret may happen to be as well. */
const OWN_WORDS = ["outcome", "action", "trigger"];

/** The same record with every text masked, and cut after that: half of a secret could not be found any more. */
export function redactRecord(pass: PassRecord, redact: (text: string) => string): PassRecord {
  return map(pass, (text) => {
    const masked = redact(text).toWellFormed();
    return masked.length > LONGEST ? `${masked.slice(0, LONGEST)}…`.toWellFormed() : masked;
  }) as PassRecord;
}

function map(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === "string") return change(value);
  if (Array.isArray(value)) return value.map((each) => map(each, change));
  if (typeof value !== "object" || value === null || value instanceof Date) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [key, OWN_WORDS.includes(key) ? each : map(each, change)]),
  );
}

/** Dates as YAML knows them, in the one form that Go writes them in. */
const DATE =
  /^(\d{4})-(\d{1,2})-(\d{1,2})(?:(?:[Tt]|[ \t]+)(\d{1,2}):(\d{1,2}):(\d{1,2})(?:[.,](\d+))?[ \t]*(?:(Z)|([-+])(\d{1,2})(?::?(\d{2}))?)?)?$/;

/** `2024-1-31` → `2024-01-31T00:00:00Z`. The text is known to be a date. */
export function toRfc3339(text: string): string {
  const match = DATE.exec(text);
  if (match === null) return text;
  const [, year, month, day, hour = "0", minute = "0", second = "0", fraction = ""] = match;
  const two = (part: string) => part.padStart(2, "0");
  const digits = fraction.slice(0, 9).replace(/0+$/, "");
  const time = `${two(hour)}:${two(minute)}:${two(second)}${digits === "" ? "" : `.${digits}`}`;
  return `${year}-${two(month!)}-${two(day!)}T${time}${zoneOf(match)}`;
}

function zoneOf(match: RegExpExecArray): string {
  const [sign, hours = "0", minutes = "0"] = match.slice(9);
  if (sign === undefined || Number(hours) + Number(minutes) === 0) return "Z";
  return `${sign}${hours.padStart(2, "0")}:${minutes.padStart(2, "0")}`;
}

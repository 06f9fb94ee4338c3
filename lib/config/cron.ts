/** Times that come again and again, written as cron does: minute, hour, day of the month, month, day of the week. */
import { Cron } from "croner";
import { messageOf } from "../errors.ts";
import type { Fault } from "./value_rules.ts";

export interface CronOptions {
  /** Such as `Europe/Berlin`. Default: the machine's. */
  readonly timeZone?: string | undefined;
  readonly after: Date;
}

/**
 * The next time after a given one, to the second. A time that the clock leaves out in spring comes an hour later, one that comes twice in
 * autumn counts once. `undefined`: it never comes.
 */
export function nextRun(expression: string, { timeZone, after }: CronOptions): Date | undefined {
  return parse(expression, timeZone).nextRun(after) ?? undefined;
}

/** What is wrong with an expression, or nothing. */
export function findCronFault(expression: string): Fault | undefined {
  const fault = (what: string): Fault => ({
    message: `${JSON.stringify(expression)} is no time of cron: ${what}`,
    hint:
      'write minute, hour, day of the month, month and day of the week, such as "30 4 * * *" or "0 18 * * fri"',
  });
  const fields = expression.trim().split(/\s+/);
  if (!expression.trim().startsWith("@") && fields.length !== 5) {
    return fault(`five fields are wanted, and it has ${expression.trim() === "" ? 0 : fields.length}`);
  }
  // The present moment takes the place of this sign.
  if (expression.includes("?")) return fault('"?" is not for here, "*" is');
  try {
    return nextRun(expression, { timeZone: "UTC", after: new Date(0) }) === undefined
      ? fault("that never comes")
      : undefined;
  } catch (error) {
    return fault(messageOf(error).replace(/^CronPattern: /, ""));
  }
}

export function findTimeZoneFault(timeZone: string): Fault | undefined {
  const fault: Fault = {
    message: `${JSON.stringify(timeZone)} is not a time zone`,
    hint: 'write its name as in the time zone database, such as "Europe/Berlin" or "UTC"',
  };
  // An offset knows no summer.
  if (/^[+-]/.test(timeZone)) return fault;
  try {
    new Intl.DateTimeFormat("en", { timeZone });
    return undefined;
  } catch {
    return fault;
  }
}

/** Never started: it only knows when it would. */
function parse(expression: string, timeZone: string | undefined): Cron {
  return new Cron(expression.trim(), {
    mode: "5-part",
    paused: true,
    ...(timeZone !== undefined && { timezone: timeZone }),
  });
}

import {
  CHANGE_KINDS,
  type ChannelCredential,
  type ChannelFilter,
  type NotificationChannel,
} from "../config/notification.ts";
import { type Fault, quote, stackName } from "../config/value_rules.ts";
import { ConfigurationError } from "../errors.ts";

export interface ChannelParts<Options> {
  /** The builder, such as `ntfy()`. */
  readonly builder: string;
  /** What is wrong with the options, whatever was written there in a configuration that was not type-checked. */
  readonly faults: (options: Options, builder: string) => readonly Fault[];
  readonly label: (options: Options) => string;
  readonly credentials: (options: Options) => readonly (ChannelCredential | undefined)[];
  readonly send: (options: Options) => NotificationChannel["send"];
  readonly timeout?: number;
}

/** What all channels have in common. One whose options are wrong is never asked to send: the validation reports the faults before. */
export function makeChannel<Options extends ChannelFilter>(
  given: Options,
  { builder, faults: faultsOf, label, credentials, send, timeout }: ChannelParts<Options>,
): NotificationChannel {
  const options: Options = given ?? {};
  const faults = [...faultsOf(options, builder), ...filterFaults(options, builder)];
  if (faults.length > 0) return unusable(builder, faults);
  const { on, stacks } = options;
  return {
    label: label(options),
    credentials: credentials(options).filter((each) => each !== undefined),
    send: send(options),
    ...(on !== undefined && { on }),
    ...(stacks !== undefined && { stacks }),
    ...(timeout !== undefined && { timeout }),
    faults,
  };
}

function filterFaults({ on, stacks }: ChannelFilter, builder: string): Fault[] {
  const kinds: readonly string[] = CHANGE_KINDS;
  const hint = `write some of ${kinds.map((kind) => JSON.stringify(kind)).join(", ")}`;
  return [
    ...listFaults(
      `${builder}: on`,
      on,
      (kind) => kinds.includes(kind) ? undefined : `${quote(kind)} is no kind of change`,
      hint,
    ),
    ...listFaults(
      `${builder}: stacks`,
      stacks,
      (name) => stackName(name)?.message,
      'write names of stacks, such as stacks: ["immich"]',
    ),
  ];
}

function listFaults(
  place: string,
  list: unknown,
  findFault: (each: string) => string | undefined,
  hint: string,
): Fault[] {
  if (list === undefined) return [];
  if (!Array.isArray(list) || list.length === 0) {
    return [{ message: `${place} is not a list of names`, hint }];
  }
  return list.flatMap((each) => {
    const message = typeof each === "string" ? findFault(each) : "not a name";
    return message === undefined ? [] : [{ message: `${place}: ${message}`, hint }];
  });
}

function unusable(builder: string, faults: readonly Fault[]): NotificationChannel {
  const { message, hint } = faults[0]!;
  const send = () => Promise.reject(new ConfigurationError(message, { hint }));
  return { label: builder, credentials: [], send, faults };
}

/** What is wrong with a text that must be there. */
export function wordFaults(place: string, text: unknown, pattern: RegExp, hint: string): Fault[] {
  if (text === undefined) return [{ message: `${place} is required, and missing`, hint }];
  return typeof text === "string" && pattern.test(text)
    ? []
    : [{ message: `${place} is not as it must be`, hint }];
}

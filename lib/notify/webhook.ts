import type {
  ChannelCredential,
  ChannelFilter,
  Notification,
  NotificationChannel,
} from "../config/notification.ts";
import { credentialFaults, plainHttpFaults, serverFaults } from "../config/option_faults.ts";
import type { Fault } from "../config/value_rules.ts";
import { quote } from "../config/value_rules.ts";
import { makeChannel } from "./channel.ts";

/** Where messages are posted, and in what form. */
export interface WebhookOptions extends ChannelFilter {
  /** The address: as it is, or as a reference where whoever has it may write. */
  readonly url: string | ChannelCredential;
  /** Headers beside `Content-Type`. What holds a credential is a reference to the whole value, such as `Bearer …`. Default: none. */
  readonly headers?: WebhookHeaders;
  /**
   * Makes the body of a message: text is sent as it is, all else as JSON. Default: the message itself as JSON, an object with `host`,
   * `title`, `severity` (`error`, `warning`, `success`, `info`), `at`, `text` (all of it in lines) and `changes`, a list of objects with
   * `kind`, `stack` or `about`, `message`, `details`, `commit`, `author` and `subject`.
   */
  readonly body?: (message: WebhookMessage) => unknown;
  /** Allow `http://` to a server in your own network. Default: false. */
  readonly plainHttp?: boolean;
}

/** Headers by name. Those that carry credentials are references. */
export type WebhookHeaders =
  & Readonly<Record<string, string | ChannelCredential>>
  & { readonly [Name in "Authorization" | "authorization" | "Cookie" | "cookie"]?: ChannelCredential };

/** What there is to tell, and the same as text. */
export interface WebhookMessage extends Notification {
  /** The changes in lines, without the title. */
  readonly text: string;
}

/**
 * Tells another program, by a POST of JSON or of whatever a function makes of the message.
 *
 * @example
 * ```ts
 * import { fromEnv, webhook } from "./lib/mod.ts";
 *
 * export const notifications = [
 *   webhook({ url: "https://hooks.example.org/homeport", headers: { Authorization: fromEnv("HOOK_AUTH") } }),
 *   webhook({
 *     url: fromEnv("MATTERMOST_WEBHOOK"),
 *     body: ({ title, text }) => ({ username: "Homeport", text: `**${title}**\n${text}` }),
 *   }),
 * ];
 * ```
 */
export function webhook(options: WebhookOptions): NotificationChannel {
  return makeChannel(options, {
    builder: "webhook()",
    faults: faultsOf,
    label: ({ url }) => typeof url === "string" ? `webhook at ${new URL(url).host}` : "webhook",
    credentials: ({ url, headers = {} }) => [url, ...Object.values(headers)].filter(isReference),
    send: ({ url, headers = {}, body, plainHttp }) => async (notification, { credential, signal }) => {
      const { checkAddress, post } = await import("./post.ts");
      const { textOf } = await import("./text.ts");
      const reveal = (value: string | ChannelCredential) => isReference(value) ? credential(value) : value;
      const message = { ...notification, text: textOf(notification, { most: 20_000 }) };
      const made = body === undefined ? message : body(message);
      const isText = typeof made === "string";
      const values = await Promise.all(
        Object.entries(headers).map(async ([name, value]) => [name.toLowerCase(), await reveal(value)]),
      );
      await post({
        url: checkAddress(await reveal(url), plainHttp),
        headers: {
          "content-type": isText ? "text/plain; charset=utf-8" : "application/json",
          ...Object.fromEntries(values),
        },
        body: isText ? made : JSON.stringify(made ?? null),
      }, signal);
    },
  });
}

function faultsOf({ url, headers = {}, body, plainHttp }: WebhookOptions, builder: string): Fault[] {
  return [
    ...(isReference(url) ? credentialFaults(`${builder}: url`, url, true) : serverFaults(url, {
      place: `${builder}: url`,
      example: "https://hooks.example.org/homeport",
      plainHttp,
      mayHaveQuery: true,
    })),
    ...Object.entries(headers).flatMap(([name, value]) => headerFaults(name, value, builder)),
    ...(body === undefined || typeof body === "function" ? [] : [{
      message: `${builder}: body is not a function`,
      hint: "write it such as body: ({ title, text }) => ({ title, text })",
    }]),
    ...plainHttpFaults(builder, plainHttp),
  ];
}

/** Names under which credentials are sent. */
const CONFIDENTIAL = /auth|cookie|token|secret|password|api-?key|-key$/i;

function headerFaults(name: string, value: unknown, builder: string): Fault[] {
  const place = `${builder}: header ${quote(name)}`;
  if (!/^[!#$%&'*+.^_`|~\w-]+$/.test(name)) {
    return [{ message: `${place} is not a header's name`, hint: 'write it such as "X-Source"' }];
  }
  if (typeof value !== "string" || CONFIDENTIAL.test(name)) return credentialFaults(place, value, true);
  return /^[\t\x20-\x7e]*$/.test(value) ? [] : [{
    message: `${place} holds what no header can`,
    hint: "write printable characters of ASCII, in one line",
  }];
}

function isReference(value: unknown): value is ChannelCredential {
  return typeof value === "object" && value !== null;
}

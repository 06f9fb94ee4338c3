import type {
  ChannelCredential,
  ChannelFilter,
  Notification,
  NotificationChannel,
} from "../config/notification.ts";
import { credentialFaults, isLoopback, isPrivate } from "../config/option_faults.ts";
import type { Fault } from "../config/value_rules.ts";
import { quote } from "../config/value_rules.ts";
import { makeChannel, wordFaults } from "./channel.ts";
import type { Delivery } from "./smtp/send_mail.ts";

/** Which mail server sends, from whom and to whom. */
export interface EmailOptions extends ChannelFilter {
  /** The mail server that takes mails for sending, such as `smtp.example.org`. */
  readonly host: string;
  /** Its port. Default: 465 with `tls: "implicit"`, else 587. */
  readonly port?: number;
  /** The sender: `homeport@example.org` or `Homeport <homeport@example.org>`. */
  readonly from: string;
  /** Who gets it: one address, or several in a list. */
  readonly to: string | readonly string[];
  /** The user, written as it is or as a reference. Default: nobody logs in. */
  readonly username?: string | ChannelCredential;
  /** The password that belongs to it. */
  readonly password?: ChannelCredential;
  /**
   * `"implicit"`: encrypted from the start. `"starttls"`: encrypted before anything is said, or not at all sent. `"none"`: never encrypted,
   * for a server on this machine or in your own network. Default: `"implicit"` on port 465, else `"starttls"`.
   */
  readonly tls?: "implicit" | "starttls" | "none";
  /** Allow `tls: "none"` over other networks, too. Everybody on the way can read the mails, and the password. Default: false. */
  readonly plainText?: boolean;
}

/** A server may make one wait before it greets. */
const TIMEOUT = 30_000;

/**
 * Tells people by e-mail, as plain text.
 *
 * @example
 * ```ts
 * import { email, fromEnv } from "./lib/mod.ts";
 *
 * export const notifications = [
 *   email({
 *     host: "smtp.example.org",
 *     from: "Homeport <homeport@example.org>",
 *     to: "me@example.org",
 *     username: "homeport@example.org",
 *     password: fromEnv("SMTP_PASSWORD"),
 *   }),
 * ];
 * ```
 */
export function email(options: EmailOptions): NotificationChannel {
  return emailWithTrust(options);
}

/** For tests, whose authority nobody else trusts. */
export function emailWithTrust(
  options: EmailOptions,
  trust: Pick<Delivery, "caCerts"> = {},
): NotificationChannel {
  return makeChannel(options, {
    builder: "email()",
    faults: faultsOf,
    label: ({ host }) => `e-mail by ${host}`,
    credentials: ({ username, password }) => [typeof username === "string" ? undefined : username, password],
    timeout: TIMEOUT,
    send: (given) => async (notification, { credential, signal }) => {
      const { username, password, from, to } = given;
      const [{ sendMail }, { formatMail, parseMailbox }, { textOf, titleOf }] = await Promise.all([
        import("./smtp/send_mail.ts"),
        import("./smtp/format_mail.ts"),
        import("./text.ts"),
      ]);
      const recipients = typeof to === "string" ? [to] : to;
      const tls = tlsOf(given);
      await sendMail({
        host: given.host,
        port: given.port ?? (tls === "implicit" ? 465 : 587),
        tls,
        ...trust,
        ...(username !== undefined && password !== undefined && {
          login: {
            username: typeof username === "string" ? username : await credential(username),
            password: await credential(password),
          },
        }),
        from: parseMailbox(from).address,
        to: recipients.map((each) => parseMailbox(each).address),
        mail: formatMail({
          from,
          to: recipients,
          subject: titleOf(notification, 200),
          date: new Date(notification.at),
          id: crypto.randomUUID(),
          importance: IMPORTANCE[notification.severity],
          text: `${notification.title}\n\n${textOf(notification, { most: 50_000 })}\n`,
        }),
      }, signal);
    },
  });
}

const IMPORTANCE: Readonly<Record<Notification["severity"], "high" | "normal">> = {
  error: "high",
  warning: "high",
  success: "normal",
  info: "normal",
};

function tlsOf({ tls, port }: EmailOptions): "implicit" | "starttls" | "none" {
  return tls ?? (port === 465 ? "implicit" : "starttls");
}

function faultsOf(options: EmailOptions, builder: string): Fault[] {
  const { host, port, from, to } = options;
  const recipients: readonly unknown[] = Array.isArray(to) ? to : [to];
  return [
    ...wordFaults(
      `${builder}: host`,
      host,
      /^[\w.:[\]-]+$/,
      'write the server\'s name, such as "smtp.example.org"',
    ),
    ...(port === undefined || (Number.isInteger(port) && port > 0 && port < 65536) ? [] : [{
      message: `${builder}: port is no port`,
      hint: "write a number from 1 to 65535, or leave it out",
    }]),
    ...mailboxFaults(`${builder}: from`, from),
    ...(recipients.length === 0
      ? [{ message: `${builder}: to is empty`, hint: "write at least one address" }]
      : recipients.flatMap((each) => mailboxFaults(`${builder}: to`, each))),
    ...loginFaults(options, builder),
    ...tlsFaults(options, builder),
  ];
}

/** An address in ASCII, alone or in angle brackets behind a name. Line breaks would begin a header of their own. */
const MAILBOX = /^(?:[^<>\p{Cc}"\\]*<([^\s<>@]+@[^\s<>@]+)>|([^\s<>@]+@[^\s<>@]+))$/u;

function mailboxFaults(place: string, mailbox: unknown): Fault[] {
  const hint = 'write it such as "me@example.org" or "Homeport <homeport@example.org>"';
  if (mailbox === undefined) return [{ message: `${place} is required, and missing`, hint }];
  const [, named, bare] = typeof mailbox === "string" ? MAILBOX.exec(mailbox) ?? [] : [];
  const address = named ?? bare;
  if (address !== undefined && /^[\x21-\x7e]+$/.test(address)) return [];
  return [{ message: `${place}: ${quote(String(mailbox))} is not an address`, hint }];
}

function loginFaults({ username, password }: EmailOptions, builder: string): Fault[] {
  if (username === undefined && password === undefined) return [];
  if (username === undefined || password === undefined) {
    const missing = username === undefined ? "username" : "password";
    return [{
      message: `${builder}: ${missing} is required beside the other, and missing`,
      hint: "write both, or neither",
    }];
  }
  const isName = typeof username === "string" && /^[^\p{Cc}]+$/u.test(username);
  return [
    ...(isName ? [] : credentialFaults(`${builder}: username`, username, true)),
    ...credentialFaults(`${builder}: password`, password, true),
  ];
}

function tlsFaults({ tls, plainText, host }: EmailOptions, builder: string): Fault[] {
  if (tls !== undefined && !["implicit", "starttls", "none"].includes(tls)) {
    return [{
      message: `${builder}: tls is none of its values`,
      hint: 'write "implicit", "starttls" or "none"',
    }];
  }
  if (plainText !== undefined && typeof plainText !== "boolean") {
    return [{
      message: `${builder}: plainText is neither true nor false`,
      hint: "write true or leave it out",
    }];
  }
  if (tls !== "none" || plainText === true || typeof host !== "string") return [];
  if (isLoopback(host) || isPrivate(host)) return [];
  return [{
    message: `${builder}: mails to ${quote(host)} would cross the network in clear`,
    hint:
      'use "implicit" or "starttls", or write plainText: true if you accept that everybody on the way can read them',
  }];
}

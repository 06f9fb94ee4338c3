import type {
  ChannelCredential,
  ChannelFilter,
  Notification,
  NotificationChannel,
} from "../config/notification.ts";
import { makeChannel } from "./channel.ts";
import { emailFaults } from "./email_faults.ts";
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
    faults: emailFaults,
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

import type {
  ChannelCredential,
  ChannelFilter,
  Notification,
  NotificationChannel,
} from "../config/notification.ts";
import { credentialFaults, plainHttpFaults, serverFaults } from "../config/option_faults.ts";
import { makeChannel, wordFaults } from "./channel.ts";

/** Where ntfy is, and what it is told. */
export interface NtfyOptions extends ChannelFilter {
  /** The server's address. Default: `https://ntfy.sh`. */
  readonly url?: string;
  /** The topic. On a server without users, whoever knows it reads along: give it a name that nobody guesses. */
  readonly topic: string;
  /** An access token that may write to the topic. Default: none. */
  readonly token?: ChannelCredential;
  /** Allow `http://` to a server in your own network; the token then crosses it in clear. Default: false. */
  readonly plainHttp?: boolean;
}

const DEFAULT_URL = "https://ntfy.sh";

/**
 * Tells people by [ntfy](https://ntfy.sh), on a phone or a desktop. Failures come with high priority.
 *
 * @example
 * ```ts
 * import { fromEnv, ntfy } from "./lib/mod.ts";
 *
 * export const notifications = [
 *   ntfy({ url: "https://ntfy.example.org", topic: "homelab", token: fromEnv("NTFY_TOKEN") }),
 * ];
 * ```
 */
export function ntfy(options: NtfyOptions): NotificationChannel {
  return makeChannel(options, {
    builder: "ntfy()",
    faults: ({ url, topic, token, plainHttp }, builder) => [
      ...(url === undefined ? [] : serverFaults(url, {
        place: `${builder}: url`,
        example: "https://ntfy.example.org",
        plainHttp,
      })),
      ...wordFaults(
        `${builder}: topic`,
        topic,
        /^[-_A-Za-z0-9]{1,64}$/,
        "write up to 64 letters, digits, hyphens and underscores",
      ),
      ...(token === undefined ? [] : credentialFaults(`${builder}: token`, token, true)),
      ...plainHttpFaults(builder, plainHttp),
    ],
    label: ({ url = DEFAULT_URL }) => `ntfy at ${new URL(url).host}`,
    credentials: ({ token }) => [token],
    send: ({ url = DEFAULT_URL, topic, token }) => async (notification, { credential, signal }) => {
      const { postJson } = await import("./post.ts");
      const { textOf, titleOf, utf8Length } = await import("./text.ts");
      await postJson({
        url,
        headers: token === undefined ? {} : { authorization: `Bearer ${await credential(token)}` },
        body: {
          topic,
          title: titleOf(notification, 200),
          message: textOf(notification, { most: 4096, measure: utf8Length }),
          priority: PRIORITIES[notification.severity],
          tags: [TAGS[notification.severity]],
        },
      }, signal);
    },
  });
}

/** From 1 to 5; 3 is the default. */
const PRIORITIES: Readonly<Record<Notification["severity"], number>> = {
  error: 4,
  warning: 4,
  success: 3,
  info: 3,
};

/** Which ntfy shows as a small picture before the title. */
const TAGS: Readonly<Record<Notification["severity"], string>> = {
  error: "rotating_light",
  warning: "warning",
  success: "white_check_mark",
  info: "information_source",
};

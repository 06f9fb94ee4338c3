import type {
  ChannelCredential,
  ChannelFilter,
  Notification,
  NotificationChannel,
} from "../config/notification.ts";
import { credentialFaults, plainHttpFaults, serverFaults } from "../config/option_faults.ts";
import { makeChannel } from "./channel.ts";

/** Where Gotify is, and what it is told. */
export interface GotifyOptions extends ChannelFilter {
  /** The server's address, such as `https://gotify.example.org`. */
  readonly url: string;
  /** The token of an application. */
  readonly token: ChannelCredential;
  /** Allow `http://` to a server in your own network; the token then crosses it in clear. Default: false. */
  readonly plainHttp?: boolean;
}

/**
 * Tells people by [Gotify](https://gotify.net). Failures come with high priority.
 *
 * @example
 * ```ts
 * import { fromEnv, gotify } from "./lib/mod.ts";
 *
 * export const notifications = [gotify({ url: "https://gotify.example.org", token: fromEnv("GOTIFY_TOKEN") })];
 * ```
 */
export function gotify(options: GotifyOptions): NotificationChannel {
  return makeChannel(options, {
    builder: "gotify()",
    faults: ({ url, token, plainHttp }, builder) => [
      ...serverFaults(url, { place: `${builder}: url`, example: "https://gotify.example.org", plainHttp }),
      ...credentialFaults(`${builder}: token`, token, true),
      ...plainHttpFaults(builder, plainHttp),
    ],
    label: ({ url }) => `Gotify at ${new URL(url).host}`,
    credentials: ({ token }) => [token],
    send: ({ url, token }) => async (notification, { credential, signal }) => {
      const { postJson } = await import("./post.ts");
      const { textOf, titleOf } = await import("./text.ts");
      await postJson({
        url: `${url.replace(/\/+$/, "")}/message`,
        headers: { "x-gotify-key": await credential(token) },
        body: {
          title: titleOf(notification, 200),
          message: textOf(notification, { most: 8000 }),
          priority: PRIORITIES[notification.severity],
          extras: { "client::display": { contentType: "text/plain" } },
        },
      }, signal);
    },
  });
}

/** The app rings from 4 on, and vibrates from 8 on. */
const PRIORITIES: Readonly<Record<Notification["severity"], number>> = {
  error: 8,
  warning: 6,
  success: 4,
  info: 2,
};

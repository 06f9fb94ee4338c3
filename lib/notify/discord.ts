import type {
  ChannelCredential,
  ChannelFilter,
  Notification,
  NotificationChannel,
} from "../config/notification.ts";
import { credentialFaults } from "../config/option_faults.ts";
import { makeChannel } from "./channel.ts";

/** Which channel of Discord is told, and of what. */
export interface DiscordOptions extends ChannelFilter {
  /** The webhook's whole address. Whoever has it can write to the channel: it is a credential. */
  readonly webhook: ChannelCredential;
}

/**
 * Tells people in a channel of Discord, with a colour that says how bad it is. Nobody is ever mentioned.
 *
 * @example
 * ```ts
 * import { discord, fromEnv } from "./lib/mod.ts";
 *
 * export const notifications = [discord({ webhook: fromEnv("DISCORD_WEBHOOK") })];
 * ```
 */
export function discord(options: DiscordOptions): NotificationChannel {
  return makeChannel(options, {
    builder: "discord()",
    faults: ({ webhook }, builder) => credentialFaults(`${builder}: webhook`, webhook, true),
    label: () => "Discord",
    credentials: ({ webhook }) => [webhook],
    send: ({ webhook }) => async (notification, { credential, signal }) => {
      const { checkAddress, postJson } = await import("./post.ts");
      const { textOf, titleOf } = await import("./text.ts");
      await postJson({
        url: checkAddress(await credential(webhook)),
        body: {
          embeds: [{
            title: escapeMarkdown(titleOf(notification, 100)),
            description: textOf(notification, { most: 2000, escape: escapeMarkdown }),
            color: COLORS[notification.severity],
            timestamp: notification.at,
          }],
          allowed_mentions: { parse: [] },
        },
      }, signal);
    },
  });
}

/** Also what would be a mention, a list or a heading. */
function escapeMarkdown(text: string): string {
  return text.replace(/[\\*_~`|<>[\]()]/g, "\\$&").replace(/^(\s*)([-+#]|\d+\.)/, "$1\\$2");
}

const COLORS: Readonly<Record<Notification["severity"], number>> = {
  error: 0xd92d20,
  warning: 0xf79009,
  success: 0x12b76a,
  info: 0x2e90fa,
};

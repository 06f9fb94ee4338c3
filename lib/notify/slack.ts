import type { ChannelCredential, ChannelFilter, NotificationChannel } from "../config/notification.ts";
import { credentialFaults } from "../config/option_faults.ts";
import { makeChannel } from "./channel.ts";

/** Which channel of Slack is told, and of what. */
export interface SlackOptions extends ChannelFilter {
  /** The incoming webhook's whole address. Whoever has it can write to the channel: it is a credential. */
  readonly webhook: ChannelCredential;
}

/**
 * Tells people in a channel of Slack. Nobody is ever mentioned.
 *
 * @example
 * ```ts
 * import { fromSecrets, slack } from "./lib/mod.ts";
 *
 * export const notifications = [slack({ webhook: fromSecrets("SLACK_WEBHOOK"), on: ["failed", "recovered"] })];
 * ```
 */
export function slack(options: SlackOptions): NotificationChannel {
  return makeChannel(options, {
    builder: "slack()",
    faults: ({ webhook }, builder) => credentialFaults(`${builder}: webhook`, webhook, true),
    label: () => "Slack",
    credentials: ({ webhook }) => [webhook],
    send: ({ webhook }) => async (notification, { credential, signal }) => {
      const { checkAddress, postJson } = await import("./post.ts");
      const { textOf, titleOf } = await import("./text.ts");
      const title = titleOf(notification, 150);
      await postJson({
        url: checkAddress(await credential(webhook)),
        body: {
          // What a phone's lock screen shows, and where blocks cannot be.
          text: escapeMarkup(title),
          blocks: [
            { type: "header", text: plain(title) },
            { type: "section", text: plain(textOf(notification, { most: 3000 })) },
          ],
        },
      }, signal);
    },
  });
}

/** Plain text is never read as markup. */
function plain(text: string) {
  return { type: "plain_text", text, emoji: false };
}

function escapeMarkup(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

import type { ChannelCredential, ChannelFilter, NotificationChannel } from "../config/notification.ts";
import { credentialFaults, serverFaults } from "../config/option_faults.ts";
import { HomeportError } from "../errors.ts";
import { makeChannel } from "./channel.ts";

/** Which chat of Telegram is told, and of what. */
export interface TelegramOptions extends ChannelFilter {
  /** The token of a bot, as BotFather gives it. */
  readonly token: ChannelCredential;
  /** The chat's number, or `@name` of a public channel. The bot must be a member, or have been written to. */
  readonly chat: number | string;
  /** The number of a topic in a group that has topics. Default: none. */
  readonly thread?: number;
  /** The address of a Bot API server of your own. Default: `https://api.telegram.org`. */
  readonly server?: string;
}

const DEFAULT_SERVER = "https://api.telegram.org";

/**
 * Tells people by a bot of Telegram. What is no failure comes without a sound.
 *
 * @example
 * ```ts
 * import { fromEnv, telegram } from "./lib/mod.ts";
 *
 * export const notifications = [telegram({ token: fromEnv("TELEGRAM_TOKEN"), chat: -1001234567890 })];
 * ```
 */
export function telegram(options: TelegramOptions): NotificationChannel {
  return makeChannel(options, {
    builder: "telegram()",
    faults: ({ token, chat, thread, server }, builder) => [
      ...credentialFaults(`${builder}: token`, token, true),
      ...(isChat(chat) ? [] : [{
        message: `${builder}: chat is no chat`,
        hint: "write the chat's number, such as -1001234567890, or the channel's name, such as \"@homelab\"",
      }]),
      ...(thread === undefined || Number.isSafeInteger(thread) ? [] : [{
        message: `${builder}: thread is no number`,
        hint: "write the topic's number, or leave it out",
      }]),
      ...(server === undefined ? [] : serverFaults(server, {
        place: `${builder}: server`,
        example: DEFAULT_SERVER,
        plainHttp: false,
      })),
    ],
    label: () => "Telegram",
    credentials: ({ token }) => [token],
    send:
      ({ token, chat, thread, server = DEFAULT_SERVER }) => async (notification, { credential, signal }) => {
        const { postJson } = await import("./post.ts");
        const { textOf, titleOf } = await import("./text.ts");
        const title = `<b>${escapeHtml(titleOf(notification, 200))}</b>`;
        const text = textOf(notification, { most: 4096 - title.length - 20, escape: escapeHtml });
        const isQuiet = notification.severity === "success" || notification.severity === "info";
        await postJson({
          url: `${server.replace(/\/+$/, "")}/bot${checkToken(await credential(token))}/sendMessage`,
          body: {
            chat_id: chat,
            ...(thread !== undefined && { message_thread_id: thread }),
            // Nothing in it becomes a link or a mention.
            text: `${title}\n<pre>${text}</pre>`,
            parse_mode: "HTML",
            link_preview_options: { is_disabled: true },
            disable_notification: isQuiet,
          },
          findRetryAfter,
        }, signal);
      },
  });
}

function isChat(chat: unknown): boolean {
  return typeof chat === "number" ? Number.isSafeInteger(chat) : typeof chat === "string" &&
    /^(-?\d+|@\w{4,64})$/.test(chat);
}

/** It becomes a part of the address. */
function checkToken(token: string): string {
  if (/^\d+:[\w-]+$/.test(token)) return token;
  throw new HomeportError("the token is not that of a bot", { hint: "take it from BotFather as it is" });
}

function escapeHtml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

/** `{"ok":false,"error_code":429,"parameters":{"retry_after":5}}` */
function findRetryAfter(text: string): number | undefined {
  const seconds = /"retry_after"\s*:\s*(\d{1,6})\b/.exec(text)?.[1];
  return seconds === undefined ? undefined : Number(seconds) * 1000;
}

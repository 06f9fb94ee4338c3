/** Every channel that speaks HTTP, with what its service documents of a message. */
import type { Notification, NotificationChannel } from "../../lib/config/notification.ts";
import { discord, fromEnv, gotify, ntfy, slack, telegram, webhook } from "../../lib/mod.ts";
import type { Recorded } from "./recorded_server.ts";

/** Looked up by every channel that needs one; a bot's token is of this form. */
export const TOKEN = "123456:canary-t0ken_x";

export interface ChannelCase {
  /** What `WEBHOOK` is, where the address is the credential. */
  readonly address?: string;
  readonly make: (origin: string) => NotificationChannel;
  /** What the service is sent for {@linkcode NOTIFICATION}. */
  readonly request: Recorded;
  /** All text of a request that people see. */
  readonly shown: (body: never) => string;
  /** What the service takes at most of it, and in which measure. */
  readonly most: number;
  readonly measure?: (text: string) => number;
}

export const NOTIFICATION: Notification = {
  host: "helium",
  title: "helium: immich failed, 2 recovered",
  severity: "error",
  at: "2026-01-02T03:04:05.000Z",
  changes: [
    {
      kind: "failed",
      stack: "immich",
      message: "image a_b:1 <none> & more",
      details: ["→ see @everyone"],
      commit: "c0ffee12345",
      author: "Eva",
      subject: "Move *on*",
    },
    {
      kind: "recovered",
      stack: "web",
      message: "runs",
      commit: "c0ffee12345",
      author: "Eva",
      subject: "Move *on*",
    },
    { kind: "recovered", about: "repository", message: "it can be reached again" },
  ],
};

const TEXT = [
  "✗ immich failed: image a_b:1 <none> & more",
  "  → see @everyone",
  "✓ web recovered: runs",
  "✓ repository back: it can be reached again",
  "c0ffee1 Move *on* (Eva)",
].join("\n");

const JSON_TYPE = { "content-type": "application/json" };

export const CHANNELS: Readonly<Record<string, ChannelCase>> = {
  ntfy: {
    make: (url) => ntfy({ url, topic: "homelab", token: fromEnv("TOKEN") }),
    request: {
      method: "POST",
      path: "/",
      headers: { ...JSON_TYPE, authorization: `Bearer ${TOKEN}` },
      body: {
        topic: "homelab",
        title: "helium: immich failed, 2 recovered",
        message: TEXT,
        priority: 4,
        tags: ["rotating_light"],
      },
    },
    shown: ({ message }: { message: string }) => message,
    most: 4096,
    measure: (text) => new TextEncoder().encode(text).length,
  },
  gotify: {
    make: (origin) => gotify({ url: `${origin}/push/`, token: fromEnv("TOKEN") }),
    request: {
      method: "POST",
      path: "/push/message",
      headers: { ...JSON_TYPE, "x-gotify-key": TOKEN },
      body: {
        title: "helium: immich failed, 2 recovered",
        message: TEXT,
        priority: 8,
        extras: { "client::display": { contentType: "text/plain" } },
      },
    },
    shown: ({ message }: { message: string }) => message,
    most: 8000,
  },
  discord: {
    address: "/api/webhooks/1/canary-hook-x",
    make: () => discord({ webhook: fromEnv("WEBHOOK") }),
    request: {
      method: "POST",
      path: "/api/webhooks/1/canary-hook-x",
      headers: JSON_TYPE,
      body: {
        embeds: [{
          title: "helium: immich failed, 2 recovered",
          description: [
            "✗ immich failed: image a\\_b:1 \\<none\\> & more",
            "  → see @everyone",
            "✓ web recovered: runs",
            "✓ repository back: it can be reached again",
            "c0ffee1 Move \\*on\\* \\(Eva\\)",
          ].join("\n"),
          color: 0xd92d20,
          timestamp: "2026-01-02T03:04:05.000Z",
        }],
        allowed_mentions: { parse: [] },
      },
    },
    shown: ({ embeds }: { embeds: { description: string }[] }) => embeds[0]!.description,
    most: 2000,
  },
  slack: {
    address: "/services/T1/B1/canary-hook-x",
    make: () => slack({ webhook: fromEnv("WEBHOOK") }),
    request: {
      method: "POST",
      path: "/services/T1/B1/canary-hook-x",
      headers: JSON_TYPE,
      body: {
        text: "helium: immich failed, 2 recovered",
        blocks: [
          {
            type: "header",
            text: { type: "plain_text", text: "helium: immich failed, 2 recovered", emoji: false },
          },
          { type: "section", text: { type: "plain_text", text: TEXT, emoji: false } },
        ],
      },
    },
    shown: ({ blocks }: { blocks: { text: { text: string } }[] }) => blocks[1]!.text.text,
    most: 3000,
  },
  telegram: {
    make: (server) => telegram({ token: fromEnv("TOKEN"), chat: -100123, thread: 7, server }),
    request: {
      method: "POST",
      path: `/bot${TOKEN}/sendMessage`,
      headers: JSON_TYPE,
      body: {
        chat_id: -100123,
        message_thread_id: 7,
        text: [
          "<b>helium: immich failed, 2 recovered</b>",
          "<pre>✗ immich failed: image a_b:1 &lt;none&gt; &amp; more",
          "  → see @everyone",
          "✓ web recovered: runs",
          "✓ repository back: it can be reached again",
          "c0ffee1 Move *on* (Eva)</pre>",
        ].join("\n"),
        parse_mode: "HTML",
        link_preview_options: { is_disabled: true },
        disable_notification: false,
      },
    },
    shown: ({ text }: { text: string }) => text,
    most: 4096,
  },
  webhook: {
    make: (origin) =>
      webhook({
        url: `${origin}/hook?a=b`,
        headers: { Authorization: fromEnv("TOKEN"), "X-Source": "homelab" },
      }),
    request: {
      method: "POST",
      path: "/hook?a=b",
      headers: { ...JSON_TYPE, authorization: TOKEN, "x-source": "homelab" },
      body: {
        host: "helium",
        title: "helium: immich failed, 2 recovered",
        severity: "error",
        at: "2026-01-02T03:04:05.000Z",
        changes: NOTIFICATION.changes,
        text: TEXT,
      },
    },
    shown: ({ text }: { text: string }) => text,
    most: 20_000,
  },
};

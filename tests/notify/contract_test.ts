/** What every channel must do, with its service on this machine. */
import assert from "node:assert/strict";
import type { ChannelCredential, Notification, NotificationChannel } from "../../lib/config/notification.ts";
import { HomeportError } from "../../lib/errors.ts";
import { PassingError } from "../../lib/http/retry.ts";
import { makeNotification, makeTestNotification } from "../../lib/notify/make_notification.ts";
import type { StackChange } from "../../lib/reconcile/news/stack_change.ts";
import { type ChannelCase, CHANNELS, NOTIFICATION, TOKEN } from "./channels.ts";
import { recordedServer } from "./recorded_server.ts";

const { signal } = new AbortController();

function sender({ address, make }: ChannelCase, origin: string) {
  const channel: NotificationChannel = make(origin);
  assert.deepEqual(channel.faults, []);
  const credential = (reference: ChannelCredential) => {
    assert.ok(channel.credentials.includes(reference), "a credential that check does not know of");
    return Promise.resolve(
      "name" in reference && reference.name === "WEBHOOK" ? `${origin}${address}` : TOKEN,
    );
  };
  return (notification: Notification) => channel.send(notification, { credential, signal });
}

async function failure(each: ChannelCase, response: () => Response): Promise<HomeportError> {
  await using server = recordedServer(response);
  const error = await sender(each, server.origin)(NOTIFICATION).then(() => undefined, (error) => error);
  assert.ok(error instanceof HomeportError, `${error}`);
  assert.equal(server.requests.length, 1);
  assert.doesNotMatch(`${error.message} ${error.hint}`, /canary/);
  return error;
}

const HOSTILE =
  "</pre></b><script>@everyone @here <!channel> <@U1> `code` ||x|| [a](https://e.org) *b* _c_ \\*d &amp;";

for (const [name, each] of Object.entries(CHANNELS)) {
  Deno.test(`${name} is sent what it documents, in one request`, async () => {
    await using server = recordedServer();
    await sender(each, server.origin)(NOTIFICATION);
    assert.deepEqual(server.requests, [each.request]);
  });

  Deno.test(`${name} takes a test message`, async () => {
    await using server = recordedServer();
    await sender(each, server.origin)(makeTestNotification({ host: "helium", now: new Date(0) }));
    assert.match(JSON.stringify(server.requests[0]!.body), /this is a test.*If you can read this/);
  });

  Deno.test(`${name} never gets more than it takes`, async () => {
    await using server = recordedServer();
    const send = sender(each, server.origin);
    for (const count of [1, 30, 150]) {
      const changes = Array.from({ length: count }, (_, index): StackChange => ({
        kind: "failed",
        stack: `stack-${index}`,
        message: "😀_<&>".repeat(500),
        details: Array.from({ length: 60 }, (_, line) => `${line} ${"é*".repeat(300)}`),
      }));
      await send({ ...NOTIFICATION, title: "t<".repeat(1000), changes });
    }
    const { most, shown, measure = (text: string) => text.length } = each;
    assert.equal(server.requests.length, 3);
    for (const { body } of server.requests) {
      const text = shown(body as never);
      assert.ok(measure(text) <= most, `${measure(text)} of ${most}`);
      assert.ok(text.isWellFormed());
      assert.match(text, /stack-0/);
    }
    assert.match(shown(server.requests[2]!.body as never), /… and \d+ more/);
  });

  Deno.test(`${name} reads no text of Git or Docker as markup`, async () => {
    await using server = recordedServer();
    const changes: StackChange[] = [{
      kind: "failed",
      stack: "a",
      message: HOSTILE,
      details: ["# big", "- list"],
    }];
    await sender(each, server.origin)({ ...NOTIFICATION, title: HOSTILE, changes });
    const { body } = server.requests[0]!;
    assert.deepEqual(HARMLESS[name]!(body as never), true, JSON.stringify(body, null, 1));
  });

  Deno.test(`${name}: what the service refuses is an error that quotes it, and is not tried again`, async () => {
    const error = await failure(each, () => new Response('{"error":\n "no such thing"}', { status: 400 }));
    assert.match(
      error.message,
      /^http:\/\/127\.0\.0\.1:\d+ refused it \(HTTP 400\): \{"error": "no such thing"\}$/,
    );
    assert.ok(!(error instanceof PassingError));
    assert.match((await failure(each, () => new Response("", { status: 404 }))).hint!, /address is right/);
  });

  Deno.test(`${name}: a fault of the service is worth another try, after the time that it asks for`, async () => {
    assert.ok(await failure(each, () => new Response("", { status: 500 })) instanceof PassingError);
    const headers = { "retry-after": "7" };
    const error = await failure(each, () => new Response("", { status: 429, headers }));
    assert.ok(error instanceof PassingError);
    assert.equal(error.retryAfter, 7000);
  });

  Deno.test(`${name}: a redirect is not followed`, async () => {
    const headers = { location: "https://elsewhere.example.org/canary" };
    const error = await failure(each, () => new Response(null, { status: 302, headers }));
    assert.match(error.message, /sends requests on to https:\/\/elsewhere\.example\.org$/);
  });

  Deno.test(`${name}: a port where nobody listens is an error that says so`, async () => {
    const server = recordedServer();
    await server[Symbol.asyncDispose]();
    const error = await sender(each, server.origin)(NOTIFICATION).catch((error) => error);
    assert.match(error.message, /^cannot reach http:\/\/127\.0\.0\.1:\d+: /);
    assert.doesNotMatch(error.message, /canary/);
    assert.ok(error instanceof PassingError);
  });
}

/** By the rules of each service. */
const HARMLESS: Readonly<Record<string, (body: never) => boolean>> = {
  // Both show plain text, and have no mentions.
  ntfy: (body: { markdown?: boolean }) => body.markdown === undefined,
  gotify: (body: { extras: Record<string, { contentType: string }> }) =>
    body.extras["client::display"]!.contentType === "text/plain",
  discord: (body: { embeds: { title: string; description: string }[]; allowed_mentions: unknown }) => {
    const [{ title, description }] = body.embeds as [{ title: string; description: string }];
    return !/(?<!\\)[*_~`|<>[\]()]/.test(`${title}${description}`) && /\\# big/.test(description) &&
      /\\- list/.test(description) && JSON.stringify(body.allowed_mentions) === '{"parse":[]}';
  },
  slack: (body: { text: string; blocks: { text: { type: string } }[] }) =>
    !/[<>]/.test(body.text) && body.blocks.every(({ text }) => text.type === "plain_text"),
  telegram: (body: { text: string }) =>
    /^<b>[^<>]*<\/b>\n<pre>[^<>]*<\/pre>$/.test(body.text) && !/&(?!lt;|gt;|amp;)/.test(body.text),
  webhook: (body: { title: string }) => body.title === HOSTILE,
};

Deno.test("Telegram says in its answer how long to wait", async () => {
  const body = {
    ok: false,
    error_code: 429,
    description: "Too Many Requests",
    parameters: { retry_after: 5 },
  };
  const error = await failure(CHANNELS["telegram"]!, () => Response.json(body, { status: 429 }));
  assert.ok(error instanceof PassingError);
  assert.equal(error.retryAfter, 5000);
});

Deno.test("good news come without a sound where the service can do that, and with a lower priority", async () => {
  const bodies = await Promise.all(["ntfy", "gotify", "telegram", "discord"].map(async (name) => {
    await using server = recordedServer();
    const changes: StackChange[] = [{ kind: "recovered", stack: "web", message: "runs" }];
    const context = { host: "helium", now: new Date(0), redact: (text: string) => text };
    await sender(CHANNELS[name]!, server.origin)(makeNotification(changes, context));
    return server.requests[0]!.body as Record<string, unknown>;
  }));
  const [ntfy, gotify, telegram, discord] = bodies;
  assert.deepEqual(
    [ntfy!["priority"], gotify!["priority"], telegram!["disable_notification"]],
    [3, 4, true],
  );
  assert.deepEqual((discord!["embeds"] as { color: number }[])[0]!.color, 0x12b76a);
});

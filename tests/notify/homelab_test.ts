/** Notifications as a user has them: configured, and sent by the commands. There is no engine here, which is something to tell. */
import assert from "node:assert/strict";
import { createApp } from "../../lib/app.ts";
import type { Config } from "../../lib/config/config.ts";
import { env, fromSecrets, webhook } from "../../lib/mod.ts";
import { Homelab } from "../fakes/homelab.ts";
import { type RecordedServer, recordedServer } from "./recorded_server.ts";

const VARIABLE = "HOMEPORT_TEST_HOOK_AUTH";
const CANARY = "canary-4f1d-hook";

async function withHomelab(
  server: RecordedServer,
  config: Partial<Config>,
  test: (homelab: Homelab) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  Deno.env.set(VARIABLE, CANARY);
  try {
    const headers = { Authorization: fromSecrets(VARIABLE) };
    const homelab = new Homelab({
      folder,
      // The socket's path is part of the error.
      dockerHost: `unix://${folder}/${CANARY}.sock`,
      config: {
        secrets: env(VARIABLE),
        notifications: [webhook({ url: `${server.origin}/hook`, headers })],
        ...config,
      },
    });
    await homelab.commit({ "web/compose.yml": "services: { web: { image: 'app:1' } }" }, "The first");
    await test(homelab);
  } finally {
    Deno.env.delete(VARIABLE);
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("apply tells what failed before it ends, with secrets masked", async () => {
  await using server = recordedServer();
  await withHomelab(server, {}, async (homelab) => {
    const { code, stderr } = await homelab.run("apply");
    assert.equal(code, 1);
    assert.doesNotMatch(stderr, /notification/);
    assert.equal(server.requests.length, 1);
    const { headers, body } = server.requests[0]!;
    assert.equal(headers["authorization"], CANARY);
    const { title, severity, changes: [change] } = body as Message;
    assert.deepEqual([title, severity], ["helium: pass failed", "error"]);
    const { about, author, subject, message } = change!;
    assert.deepEqual([about, author, subject], ["host", "Test", "The first"]);
    assert.match(message!, /\*\*\*\.sock/);
    assert.doesNotMatch(JSON.stringify(body), /canary/);
  });
});

Deno.test("run tells once that there is no engine, and ends when what is under way was sent", async () => {
  const first = Promise.withResolvers<void>();
  await using server = recordedServer(() => {
    first.resolve();
    return new Response("ok");
  });
  await withHomelab(server, {}, async (homelab) => {
    const running = homelab.start("run");
    await first.promise;
    running.interrupt();
    assert.equal((await running.ended).code, 0);
    assert.deepEqual(server.requests.map(({ body }) => (body as Message).title), [
      "helium: Docker Engine lost",
    ]);
  });
});

Deno.test("a channel that does not take it is a warning of apply, and changes nothing else", async () => {
  await using server = recordedServer(() => new Response(`no, ${CANARY}`, { status: 403 }));
  await withHomelab(server, {}, async (homelab) => {
    const { code, stderr } = await homelab.run("apply");
    assert.equal(code, 1);
    assert.match(
      stderr,
      /^warning: notification by webhook at 127\.0\.0\.1:\d+ failed: \S+ refused it \(HTTP 403\): no, \*\*\* \(/m,
    );
  });
});

Deno.test("a test reaches the channels with the credentials of the configuration, without Docker or Git", async () => {
  await using server = recordedServer();
  await withHomelab(server, { repository: { url: "https://git.invalid/x.git" } }, async ({ config }) => {
    const app = createApp(config, { environment: {} });
    const signal = new AbortController().signal;
    assert.deepEqual(await app.testNotifications({ host: "helium", signal }), [{
      channel: `webhook at ${new URL(server.origin).host}`,
    }]);
    assert.equal(server.requests[0]!.headers["authorization"], CANARY);
  });
});

interface Message {
  readonly title: string;
  readonly severity: string;
  readonly changes: readonly Readonly<Record<string, string>>[];
}

/** What is wrong with the options of a channel is reported with the configuration, all at once. */
import assert from "node:assert/strict";
import { findUnknownSecrets } from "../../lib/config/find_unknown_secrets.ts";
import { validateConfig } from "../../lib/config/validate_config.ts";
import { ConfigurationProblems } from "../../lib/errors.ts";
import {
  type Config,
  defineConfig,
  discord,
  email,
  env,
  folder,
  fromEnv,
  fromFile,
  fromSecrets,
  gotify,
  ntfy,
  slack,
  telegram,
  webhook,
} from "../../lib/mod.ts";

function config(notifications: unknown): Config {
  return {
    repository: { url: "https://git.example.org/me/homelab.git" },
    hosts: { helium: { stacks: folder("servers/helium") } },
    secrets: env("GOTIFY_TOKEN"),
    notifications: notifications as never,
  };
}

function problemsOf(notifications: unknown): string[] {
  try {
    validateConfig(config(notifications));
    return [];
  } catch (error) {
    assert.ok(error instanceof ConfigurationProblems);
    return error.problems.map(({ message, path }) => `${path}: ${message}`);
  }
}

const literal = "canary-literal" as never;
const MAIL = { host: "smtp.example.org", from: "a@example.org", to: "b@example.org" };

Deno.test("channels that are right are valid", () => {
  const right = [
    ntfy({ topic: "homelab" }),
    ntfy({ url: "http://ntfy.lan", plainHttp: true, topic: "a_b-C", token: fromFile("/etc/token") }),
    gotify({ url: "https://gotify.example.org/push/", token: fromSecrets("GOTIFY_TOKEN") }),
    discord({ webhook: fromEnv("DISCORD"), on: ["failed", "deployed"], stacks: ["immich"] }),
    slack({ webhook: fromEnv("SLACK") }),
    telegram({ token: fromEnv("TELEGRAM"), chat: -100123 }),
    telegram({ token: fromEnv("TELEGRAM"), chat: "@homelab", thread: 3 }),
    email(MAIL),
    email({
      ...MAIL,
      to: ["Eva Ärmel <b@example.org>"],
      username: "me",
      password: fromEnv("SMTP"),
      port: 465,
    }),
    email({ ...MAIL, host: "mail.lan", tls: "none" }),
    email({ ...MAIL, tls: "none", plainText: true }),
    webhook({ url: "https://hooks.example.org/x?y=z", headers: { "X-A": "b", "X-Api-Key": fromEnv("KEY") } }),
    webhook({ url: fromEnv("HOOK"), body: ({ text }) => text }),
  ];
  assert.deepEqual(problemsOf(right), []);
  assert.equal(validateConfig(config(right)).notifications.length, right.length);
});

const WRONG: Readonly<Record<string, readonly [unknown, readonly string[]]>> = {
  "no list": [ntfy({ topic: "a" }), ["notifications: an object where a list is needed"]],
  "no channel": [["ntfy", {}, undefined], [
    "notifications[0]: not a channel for notifications",
    "notifications[1]: not a channel for notifications",
    "notifications[2]: not a channel for notifications",
  ]],
  "no options at all": [[ntfy(undefined as never), telegram({} as never)], [
    "notifications[0]: ntfy(): topic is required, and missing",
    "notifications[1]: telegram(): token is required, and missing",
    "notifications[1]: telegram(): chat is no chat",
  ]],
  "literals in place of references": [
    [
      ntfy({ topic: "a", token: literal }),
      gotify({ url: "https://gotify.example.org", token: literal }),
      discord({ webhook: literal }),
      slack({ webhook: literal }),
      telegram({ token: literal, chat: 1 }),
      email({ ...MAIL, username: "me", password: literal }),
      webhook({ url: "https://e.org", headers: { Authorization: literal, "X-Api-Key": "canary-literal" } }),
    ],
    [
      "notifications[0]: ntfy(): token: a credential is a reference, never a literal",
      "notifications[1]: gotify(): token: a credential is a reference, never a literal",
      "notifications[2]: discord(): webhook: a credential is a reference, never a literal",
      "notifications[3]: slack(): webhook: a credential is a reference, never a literal",
      "notifications[4]: telegram(): token: a credential is a reference, never a literal",
      "notifications[5]: email(): password: a credential is a reference, never a literal",
      'notifications[6]: webhook(): header "Authorization": a credential is a reference, never a literal',
      'notifications[6]: webhook(): header "X-Api-Key": a credential is a reference, never a literal',
    ],
  ],
  "addresses that are none, or not encrypted": [
    [
      ntfy({ topic: "a b", url: "ntfy.example.org" }),
      gotify({ url: "http://gotify.example.org", token: fromEnv("A") }),
      webhook({ url: "http://hooks.example.org/?canary-literal", plainHttp: true }),
      webhook({ url: "https://me:canary-literal@example.org" }),
    ],
    [
      "notifications[0]: ntfy(): url is not an http(s) address",
      "notifications[0]: ntfy(): topic is not as it must be",
      'notifications[1]: gotify(): url: "http://gotify.example.org/" is not encrypted: anyone on the network could read the credential',
      'notifications[2]: webhook(): url: "http://hooks.example.org" is not encrypted: anyone on the network could read the credential',
      "notifications[3]: webhook(): url: the address of example.org holds a credential",
    ],
  ],
  "kinds and stacks that are none": [
    [
      ntfy({ topic: "a", on: ["fialed" as never, 1 as never], stacks: ["a/b"] }),
      slack({
        webhook: fromEnv("A"),
        on: [],
        stacks: "immich" as never,
      }),
    ],
    [
      'notifications[0]: ntfy(): on: "fialed" is no kind of change',
      "notifications[0]: ntfy(): on: not a name",
      'notifications[0]: ntfy(): stacks: "a/b" is not a stack\'s name',
      "notifications[1]: slack(): on is not a list of names",
      "notifications[1]: slack(): stacks is not a list of names",
    ],
  ],
  "mails that could not be sent, or not safely": [
    [
      email({ host: "a b", port: 0, from: "a@b.org\r\nBcc: x@e.org", to: [] }),
      email({ ...MAIL, to: "Eva <ä@example.org>", username: "me" }),
      email({ ...MAIL, tls: "none" }),
      email({ ...MAIL, tls: "ssl" as never }),
      email({} as never),
    ],
    [
      "notifications[0]: email(): host is not as it must be",
      "notifications[0]: email(): port is no port",
      'notifications[0]: email(): from: "a@b.org\\r\\nBcc: x@e.org" is not an address',
      "notifications[0]: email(): to is empty",
      'notifications[1]: email(): to: "Eva <ä@example.org>" is not an address',
      "notifications[1]: email(): password is required beside the other, and missing",
      'notifications[2]: email(): mails to "smtp.example.org" would cross the network in clear',
      "notifications[3]: email(): tls is none of its values",
      "notifications[4]: email(): host is required, and missing",
      "notifications[4]: email(): from is required, and missing",
      "notifications[4]: email(): to is required, and missing",
    ],
  ],
  "other options": [
    [
      telegram({ token: fromEnv("A"), chat: "homelab", thread: "x" as never, server: "http://t.lan" }),
      webhook({ url: "https://e.org", body: "{}" as never, headers: { "a b": "c", "X-A": "b\r\nX-B: c" } }),
      webhook({ url: fromEnv("a b"), plainHttp: 1 as never }),
    ],
    [
      "notifications[0]: telegram(): chat is no chat",
      "notifications[0]: telegram(): thread is no number",
      'notifications[0]: telegram(): server: "http://t.lan/" is not encrypted: anyone on the network could read the credential',
      'notifications[1]: webhook(): header "a b" is not a header\'s name',
      'notifications[1]: webhook(): header "X-A" holds what no header can',
      "notifications[1]: webhook(): body is not a function",
      "notifications[2]: webhook(): url: not a name of a variable",
      "notifications[2]: webhook(): plainHttp is neither true nor false",
    ],
  ],
};

for (const [name, [notifications, expected]] of Object.entries(WRONG)) {
  Deno.test(`notifications are refused: ${name}`, () => {
    const problems = problemsOf(notifications);
    assert.doesNotMatch(problems.join("\n"), /canary/);
    assert.deepEqual(problems, expected);
  });
}

Deno.test("a secret that no provider has is found before anything is to be sent", () => {
  const valid = validateConfig(config([
    gotify({ url: "https://gotify.example.org", token: fromSecrets("GOTIFY_TOKEN") }),
    webhook({ url: fromSecrets("HOOK"), headers: { Authorization: fromSecrets("GOTIFY_TOKEN") } }),
    email({ ...MAIL, username: fromSecrets("USER"), password: fromEnv("PASSWORD") }),
  ]));
  assert.deepEqual(findUnknownSecrets(valid, ["helium"]).map(({ message, path }) => `${path}: ${message}`), [
    "notifications[1]: the notification by webhook needs secret HOOK, which no provider has",
    "notifications[2]: the notification by e-mail by smtp.example.org needs secret USER, which no provider has",
  ]);
});

Deno.test("a credential of a channel is a reference: a literal is a type error", () => {
  const { repository, hosts } = config([]);
  const channels = [
    ntfy({ topic: "a", token: fromEnv("A") }),
    // @ts-expect-error A literal would be baked into the executable.
    ntfy({ topic: "a", token: "x" }),
    // @ts-expect-error The address of a webhook is a credential.
    discord({ webhook: "https://discord.com/api/webhooks/1/x" }),
    // @ts-expect-error So it is.
    slack({ webhook: "https://hooks.slack.com/services/x" }),
    // @ts-expect-error A header that carries one.
    webhook({ url: "https://e.org", headers: { Authorization: "Bearer x" } }),
    // @ts-expect-error Not a kind of change.
    ntfy({ topic: "a", on: ["fialed"] }),
  ];
  assert.equal(defineConfig({ repository, hosts, notifications: channels }).notifications?.length, 6);
});

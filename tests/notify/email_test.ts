import assert from "node:assert/strict";
import { emailWithTrust } from "../../lib/notify/email.ts";
import { formatMail, type Mail } from "../../lib/notify/smtp/format_mail.ts";
import { fromEnv } from "../../lib/mod.ts";
import { AUTHORITY, SmtpServer } from "../fakes/smtp_server.ts";
import { NOTIFICATION } from "./channels.ts";

const MAIL: Mail = {
  from: "homeport@example.org",
  to: ["me@example.org"],
  subject: "helium: immich failed",
  date: new Date("2026-01-02T03:04:05Z"),
  id: "1-2-3",
  importance: "normal",
  text: "hello",
};

function format(parts: Partial<Mail>): string {
  return formatMail({ ...MAIL, ...parts });
}

Deno.test("a mail is written as RFC 5322 has it", () => {
  assert.equal(
    format({ importance: "high", from: "Homeport <homeport@example.org>", to: ["a@b.org", "C <c@b.org>"] }),
    [
      "From: Homeport <homeport@example.org>",
      "To: a@b.org,",
      " C <c@b.org>",
      "Subject: helium: immich failed",
      "Date: Fri, 02 Jan 2026 03:04:05 +0000",
      "Message-ID: <1-2-3@example.org>",
      "MIME-Version: 1.0",
      "Content-Type: text/plain; charset=utf-8",
      "Content-Transfer-Encoding: quoted-printable",
      "Auto-Submitted: auto-generated",
      "Importance: high",
      "X-Priority: 1",
      "",
      "hello",
    ].join("\r\n"),
  );
});

const SUBJECTS: readonly [string, string][] = [
  ["plain", "plain"],
  ["Größe", "=?UTF-8?B?R3LDtsOfZQ==?="],
  ["a\r\nBcc: x@example.org", "=?UTF-8?B?YQ0KQmNjOiB4QGV4YW1wbGUub3Jn?="],
  ["=?UTF-8?B?YQ==?=", "=?UTF-8?B?PT9VVEYtOD9CP1lRPT0/PQ==?="],
];

for (const [subject, expected] of SUBJECTS) {
  Deno.test(`a subject cannot become more than a subject: ${JSON.stringify(subject)}`, () => {
    const [line] = /^Subject: .*$/m.exec(format({ subject }))!;
    assert.equal(line, `Subject: ${expected}`);
  });
}

Deno.test("a long subject is folded between characters, and read again as it was", () => {
  const subject = "😀é".repeat(80);
  const header = /^Subject: ([\s\S]*?)\r\n(?! )/m.exec(format({ subject }))![1]!;
  const words = header.split("\r\n ");
  assert.ok(words.length > 5 && words.every((word) => word.length <= 75));
  const decoded = words.map((word) => {
    const bytes = Uint8Array.fromBase64(/^=\?UTF-8\?B\?(.*)\?=$/.exec(word)![1]!);
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  });
  assert.equal(decoded.join(""), subject);
});

Deno.test("the name of a mailbox is encoded where it is more than words", () => {
  assert.match(
    format({ from: "Ärmel, Eva <e@example.org>" }),
    /^From: =\?UTF-8\?B\?[\w+/=]+\?= <e@example\.org>\r\n/,
  );
});

const TEXTS: readonly [string, string][] = [
  ["a = b", "a =3D b"],
  ["trailing \nand\ttab\t", "trailing=20\r\nand\ttab=09"],
  ["é\x00\x7f", "=C3=A9=00=7F"],
  [".", "."],
  ["x".repeat(80), `${"x".repeat(75)}=\r\n${"x".repeat(5)}`],
  ["\r\r\n\n", "\r\n\r\n\r\n"],
];

for (const [text, expected] of TEXTS) {
  Deno.test(`the text of a mail is quoted-printable: ${JSON.stringify(text.slice(0, 20))}`, () => {
    assert.equal(format({ text }).split("\r\n\r\n").slice(1).join("\r\n\r\n"), expected);
  });
}

Deno.test("no line of a mail is longer than 76 characters, and none holds more than ASCII", () => {
  const mail = format({ text: `${"😀 ".repeat(500)}\n${"=".repeat(200)}`, subject: "é".repeat(300) });
  for (const line of mail.split("\r\n")) assert.ok(/^[\t\x20-\x7e]{0,85}$/.test(line), line);
});

Deno.test("a notification arrives as a mail, over TLS and with a login", async () => {
  await using server = new SmtpServer({ tls: "starttls", offers: ["AUTH PLAIN"] });
  const channel = emailWithTrust({
    host: "localhost",
    port: server.port,
    from: "Homeport <homeport@example.org>",
    to: ["me@example.org"],
    username: "me",
    password: fromEnv("SMTP_PASSWORD"),
  }, { caCerts: [AUTHORITY] });
  assert.deepEqual(channel.faults, []);
  await channel.send(NOTIFICATION, {
    credential: (reference) => {
      assert.deepEqual(channel.credentials, [reference]);
      return Promise.resolve("hunter2!");
    },
    signal: new AbortController().signal,
  });
  const [mail] = server.mails;
  assert.match(mail!, /^Subject: helium: immich failed, 2 recovered$/m);
  assert.match(mail!, /^Message-ID: <[\w-]{36}@example\.org>$/m);
  const body = mail!.split("\n\n").slice(1).join("\n\n");
  assert.equal(
    body,
    [
      "helium: immich failed, 2 recovered",
      "",
      "=E2=9C=97 immich failed: image a_b:1 <none> & more",
      "  =E2=86=92 see @everyone",
      "=E2=9C=93 web recovered: runs",
      "=E2=9C=93 repository back: it can be reached again",
      "c0ffee1 Move *on* (Eva)",
      "",
    ].join("\n"),
  );
});

import assert from "node:assert/strict";
import { HomeportError } from "../../lib/errors.ts";
import { PassingError } from "../../lib/http/retry.ts";
import { type Delivery, sendMail } from "../../lib/notify/smtp/send_mail.ts";
import { AUTHORITY, SmtpServer, type SmtpServerOptions } from "../fakes/smtp_server.ts";

const never = new AbortController().signal;
const MAIL = "Subject: x\r\n\r\nhello\r\n.\r\n..two\r\nbye";

function delivery(server: SmtpServer, parts: Partial<Delivery> = {}): Delivery {
  return {
    host: "127.0.0.1",
    port: server.port,
    tls: "none",
    from: "homeport@example.org",
    to: ["me@example.org", "you@example.org"],
    mail: MAIL,
    caCerts: [AUTHORITY],
    ...parts,
  };
}

async function failure(options: SmtpServerOptions, parts: Partial<Delivery> = {}): Promise<HomeportError> {
  await using server = new SmtpServer(options);
  const [result] = await Promise.allSettled([sendMail(delivery(server, parts), never)]);
  assert.equal(result!.status, "rejected");
  const { reason } = result as PromiseRejectedResult;
  assert.ok(reason instanceof HomeportError, String(reason));
  assert.deepEqual(server.mails, []);
  return reason;
}

const LOGIN = { username: "me", password: "hunter2!" };
const PLAIN = `AUTH PLAIN ${btoa("\0me\0hunter2!")}`;
const ENVELOPE = [
  "MAIL FROM:<homeport@example.org>",
  "RCPT TO:<me@example.org>",
  "RCPT TO:<you@example.org>",
  "DATA",
  "QUIT",
];

Deno.test("a mail is handed over command by command, and its lines of dots arrive as they are", async () => {
  await using server = new SmtpServer();
  await sendMail(delivery(server), never);
  assert.deepEqual(server.commands, ["EHLO [127.0.0.1]", ...ENVELOPE]);
  assert.deepEqual(server.mails, ["Subject: x\n\nhello\n.\n..two\nbye"]);
});

Deno.test("with STARTTLS nothing but EHLO is said before it is encrypted", async () => {
  await using server = new SmtpServer({ tls: "starttls", offers: ["AUTH LOGIN PLAIN"] });
  await sendMail(delivery(server, { tls: "starttls", login: LOGIN }), never);
  assert.deepEqual(server.commands, ["EHLO [127.0.0.1]", "STARTTLS", "EHLO [127.0.0.1]", PLAIN, ...ENVELOPE]);
  assert.equal(server.mails.length, 1);
});

Deno.test("with implicit TLS all is encrypted, and LOGIN serves where PLAIN is not offered", async () => {
  await using server = new SmtpServer({ tls: "implicit", offers: ["SIZE 1000", "AUTH LOGIN"] });
  await sendMail(delivery(server, { tls: "implicit", login: LOGIN }), never);
  assert.deepEqual(server.commands, ["EHLO [127.0.0.1]", "AUTH LOGIN", btoa("me"), ...ENVELOPE]);
  assert.equal(server.mails.length, 1);
});

Deno.test("a server that offers no STARTTLS gets neither password nor mail", async () => {
  const error = await failure({ offers: ["AUTH PLAIN"] }, { tls: "starttls", login: LOGIN });
  assert.match(error.message, /^127\.0\.0\.1:\d+ offers no STARTTLS$/);
});

Deno.test("what is said before TLS, and was not asked for, ends it", async () => {
  const error = await failure({ tls: "starttls", injected: "250 AUTH PLAIN\r\n" }, { tls: "starttls" });
  assert.match(error.message, /says more than it was asked before TLS$/);
});

for (const tls of ["starttls", "implicit"] as const) {
  Deno.test(`a certificate of an authority that nobody trusts ends it: ${tls}`, async () => {
    const error = await failure({ tls }, { tls, caCerts: [] });
    assert.match(error.message, /^no secure connection to 127\.0\.0\.1:\d+: /);
    assert.ok(!(error instanceof PassingError));
  });
}

Deno.test("a wrong password is an error that does not show it, and is not tried again", async () => {
  for (const offer of ["AUTH PLAIN", "AUTH LOGIN"]) {
    const error = await failure({ offers: [offer], password: "another" }, { login: LOGIN });
    assert.match(error.message, /with 535 5\.7\.8 wrong password$/);
    assert.doesNotMatch(error.message, /hunter2|aHVudGVy/);
    assert.ok(!(error instanceof PassingError));
  }
});

Deno.test("a server that takes no password is an error when there is one", async () => {
  const error = await failure({ offers: ["AUTH CRAM-MD5"] }, { login: LOGIN });
  assert.match(error.message, /takes no password/);
});

const ANSWERS: Readonly<Record<string, readonly [string, RegExp, boolean]>> = {
  "a refused recipient ends it": [
    "RCPT",
    /answered RCPT TO:<me@example\.org> with 550 5\.1\.1 no such user$/,
    false,
  ],
  "a busy server is worth another try": ["MAIL", /with 451 4\.3\.2 later$/, true],
  "a greylisting server is worth another try": ["mail", /answered the mail with 451 /, true],
  "a server that refuses at once is heard": ["connect", /answered the connection with 554 /, false],
};
const REPLIES: Readonly<Record<string, string>> = {
  RCPT: "550-5.1.1 no\r\n550 such user\r\n",
  MAIL: "451 4.3.2 later\r\n",
  mail: "451 later\r\n",
  connect: "554 go away\r\n",
};

for (const [name, [command, expected, passes]] of Object.entries(ANSWERS)) {
  Deno.test(name, async () => {
    await using server = new SmtpServer({
      answer: (line) => line.startsWith(command) ? REPLIES[command] : undefined,
    });
    const [result] = await Promise.allSettled([sendMail(delivery(server), never)]);
    const { reason } = result as PromiseRejectedResult;
    assert.match(reason.message, expected);
    assert.equal(reason instanceof PassingError, passes);
  });
}

Deno.test("a server that hangs up, or is none, is an error that says so", async () => {
  const answer = (line: string) => line.startsWith("MAIL") ? "close" : undefined;
  const closed = await failure({ answer });
  assert.match(closed.message, /closed the connection$/);
  assert.ok(closed instanceof PassingError);
  const http = await failure({ answer: () => "HTTP/1.1 400 Bad Request\r\n" });
  assert.match(http.message, /does not speak SMTP$/);
  const endless = await failure({ answer: () => "220-more\r\n".repeat(300) });
  assert.match(endless.message, /answers without an end$/);
});

Deno.test("a port where nobody listens is an error that says so", async () => {
  const server = new SmtpServer();
  await server[Symbol.asyncDispose]();
  const error = await sendMail(delivery(server), never).catch((error) => error);
  assert.match(error.message, /^cannot reach 127\.0\.0\.1:\d+: .*refused/);
  assert.ok(error instanceof PassingError);
});

Deno.test("an abort ends the waiting for a silent server", async () => {
  await using server = new SmtpServer({ answer: (line) => line.startsWith("EHLO") ? "" : undefined });
  const abort = new AbortController();
  const sent = sendMail(delivery(server), abort.signal);
  setTimeout(() => abort.abort(), 20);
  await assert.rejects(sent, { name: "AbortError" });
});

Deno.test("a mail that the server took is sent, whatever it says to QUIT", async () => {
  await using server = new SmtpServer({ answer: (line) => line === "QUIT" ? "close" : undefined });
  await sendMail(delivery(server), never);
  assert.equal(server.mails.length, 1);
});

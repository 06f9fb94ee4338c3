/** Hands a mail to a server: RFC 5321, with STARTTLS (RFC 3207) and AUTH (RFC 4954). */
import { HomeportError, messageOf } from "../../errors.ts";
import { PassingError } from "../../http/retry.ts";
import { type Reply, SmtpConnection } from "./connection.ts";

export interface Delivery {
  readonly host: string;
  readonly port: number;
  readonly tls: "implicit" | "starttls" | "none";
  /** Authorities beside those that the system trusts. */
  readonly caCerts?: string[];
  readonly login?: { readonly username: string; readonly password: string };
  readonly from: string;
  readonly to: readonly string[];
  /** With lines that end with CR LF. */
  readonly mail: string;
}

/** @throws {PassingError} when another try may help. */
export async function sendMail(delivery: Delivery, signal: AbortSignal): Promise<void> {
  const { host, port } = delivery;
  const server = `${host}:${port}`;
  let connection: SmtpConnection | undefined;
  const stop = () => connection?.close();
  signal.addEventListener("abort", stop);
  try {
    connection = new SmtpConnection(await connect(delivery), server);
    if (signal.aborted) throw signal.reason;
    await deliver(connection, delivery);
  } catch (error) {
    signal.throwIfAborted();
    throw error instanceof HomeportError ? error : explain(error, server);
  } finally {
    signal.removeEventListener("abort", stop);
    connection?.close();
  }
}

async function connect({ host, port, tls, caCerts }: Delivery): Promise<Deno.Conn> {
  const hostname = host.replace(/^\[(.*)\]$/, "$1");
  if (tls !== "implicit") return await Deno.connect({ hostname, port });
  const socket = await Deno.connectTls({ hostname, port, ...(caCerts && { caCerts }) });
  await socket.handshake();
  return socket;
}

async function deliver(connection: SmtpConnection, delivery: Delivery): Promise<void> {
  const { host, tls, caCerts, login, from, to, mail } = delivery;
  await connection.hear([220], "the connection");
  const hello = `EHLO ${addressOf(connection.localAddress)}`;
  let offers = await connection.say(hello, [250]);
  if (tls === "starttls") {
    if (!hasOffer(offers, /^STARTTLS$/i)) {
      throw new HomeportError(`${host}:${delivery.port} offers no STARTTLS`, {
        hint: 'use the port for implicit TLS (465), or tls: "none" for a server in your own network',
      });
    }
    await connection.say("STARTTLS", [220]);
    await connection.startTls({ hostname: host, ...(caCerts && { caCerts }) });
    offers = await connection.say(hello, [250]);
  }
  if (login !== undefined) await authenticate(connection, offers, login);
  await connection.say(`MAIL FROM:<${from}>`, [250]);
  for (const each of to) await connection.say(`RCPT TO:<${each}>`, [250, 251]);
  await connection.say("DATA", [354]);
  await connection.write(`${stuffDots(mail)}\r\n.\r\n`);
  await connection.hear([250], "the mail");
  // It is the server's now, whatever it says to this.
  await connection.say("QUIT", [221]).catch(() => {});
}

async function authenticate(
  connection: SmtpConnection,
  offers: Reply,
  { username, password }: NonNullable<Delivery["login"]>,
): Promise<void> {
  if (hasOffer(offers, /^AUTH[ =](.* )?PLAIN\b/i)) {
    const answer = base64(`\0${username}\0${password}`);
    await connection.say(`AUTH PLAIN ${answer}`, [235], "AUTH PLAIN");
  } else if (hasOffer(offers, /^AUTH[ =](.* )?LOGIN\b/i)) {
    await connection.say("AUTH LOGIN", [334]);
    await connection.say(base64(username), [334], "the user");
    await connection.say(base64(password), [235], "the password");
  } else {
    throw new HomeportError("the mail server takes no password (AUTH PLAIN or LOGIN)", {
      hint: "leave username and password out, or use another port of the server",
    });
  }
}

function hasOffer({ lines }: Reply, pattern: RegExp): boolean {
  return lines.some((line) => pattern.test(line.trim()));
}

/** A line that is a dot ends the mail. */
function stuffDots(mail: string): string {
  return mail.replace(/^\./gm, "..");
}

/** Every server takes an address, and some look a name up. */
function addressOf(address: Deno.Addr): string {
  const { hostname } = address as Deno.NetAddr;
  return hostname.includes(":") ? `[IPv6:${hostname}]` : `[${hostname}]`;
}

function base64(text: string): string {
  return new TextEncoder().encode(text).toBase64();
}

function explain(error: unknown, server: string): HomeportError {
  const reason = messageOf(error);
  if (/certificate|tls|corrupt message|fatal alert|handshake/i.test(reason)) {
    return new HomeportError(`no secure connection to ${server}: ${reason}`, {
      hint: "check the server's certificate, and that the port is the one for this kind of TLS",
      consequence: "wait",
      cause: error,
    });
  }
  return new PassingError(`cannot reach ${server}: ${reason}`, {
    hint: "see that it runs and that this host reaches it",
    cause: error,
  });
}

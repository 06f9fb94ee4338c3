/** A mail as it goes over the wire: RFC 5322 and MIME, in 7 bits, whatever its text is. */

export interface Mail {
  readonly from: string;
  readonly to: readonly string[];
  readonly subject: string;
  readonly date: Date;
  /** Nobody else's. */
  readonly id: string;
  readonly importance: "high" | "normal";
  readonly text: string;
}

/** Lines end with CR LF. */
export function formatMail({ from, to, subject, date, id, importance, text }: Mail): string {
  const sender = parseMailbox(from);
  return [
    `From: ${formatMailbox(from)}`,
    `To: ${to.map(formatMailbox).join(",\r\n ")}`,
    `Subject: ${encodeWords(subject)}`,
    `Date: ${date.toUTCString().replace("GMT", "+0000")}`,
    `Message-ID: <${id}@${sender.address.split("@").at(-1)}>`,
    "MIME-Version: 1.0",
    "Content-Type: text/plain; charset=utf-8",
    "Content-Transfer-Encoding: quoted-printable",
    "Auto-Submitted: auto-generated",
    ...(importance === "high" ? ["Importance: high", "X-Priority: 1"] : []),
    "",
    quotedPrintable(text),
  ].join("\r\n");
}

/** `Homeport <homeport@example.org>`, or the address alone. */
export function parseMailbox(mailbox: string): { readonly name: string; readonly address: string } {
  const match = /^(.*)<([^<>]+)>$/.exec(mailbox);
  return match === null ? { name: "", address: mailbox } : { name: match[1]!.trim(), address: match[2]! };
}

function formatMailbox(mailbox: string): string {
  const { name, address } = parseMailbox(mailbox);
  if (name === "") return address;
  return /^[\w !#$%&'*+/=?^`{|}~-]+$/.test(name)
    ? `${name} <${address}>`
    : `${encodeWords(name, true)} <${address}>`;
}

/** Of an encoded word, at most 75 characters; its frame takes 12 of them, and base64 four for each three bytes. */
const WORD_BYTES = 45;
/** With the name of the header, a line is shorter than 78 characters. */
const SHORT = 60;

/** RFC 2047. No line break of the text gets out: what is not plain ASCII is encoded whole. */
function encodeWords(text: string, always = false): string {
  if (!always && text.length <= SHORT && /^[\x20-\x7e]*$/.test(text) && !text.includes("=?")) return text;
  const words: string[] = [];
  let word = "";
  for (const character of text) {
    if (ENCODER.encode(word + character).length > WORD_BYTES) {
      words.push(word);
      word = "";
    }
    word += character;
  }
  return [...words, word].map((each) => `=?UTF-8?B?${ENCODER.encode(each).toBase64()}?=`).join("\r\n ");
}

const ENCODER = new TextEncoder();
const LINE = 75;

/** RFC 2045: lines of at most 76 characters, and no other bytes than those that print. */
function quotedPrintable(text: string): string {
  return text.split(/\r\n|\r|\n/).map(quotedLine).join("\r\n");
}

function quotedLine(line: string): string {
  const lines: string[] = [];
  let current = "";
  const bytes = ENCODER.encode(line);
  bytes.forEach((byte, index) => {
    const isSpace = byte === 0x20 || byte === 0x09;
    const isPlain = byte > 0x20 && byte < 0x7f && byte !== 0x3d;
    const isLast = index === bytes.length - 1;
    const piece = isPlain || (isSpace && !isLast)
      ? String.fromCharCode(byte)
      : `=${byte.toString(16).toUpperCase().padStart(2, "0")}`;
    if (current.length + piece.length > LINE) {
      lines.push(`${current}=`);
      current = "";
    }
    current += piece;
  });
  return [...lines, current].join("\r\n");
}

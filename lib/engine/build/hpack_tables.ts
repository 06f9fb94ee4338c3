/** The fixed tables of HPACK, RFC 7541, appendices A and B. */
import type { Header } from "./hpack.ts";

const WITH_VALUES: readonly Header[] = [
  [":authority", ""],
  [":method", "GET"],
  [":method", "POST"],
  [":path", "/"],
  [":path", "/index.html"],
  [":scheme", "http"],
  [":scheme", "https"],
  [":status", "200"],
  [":status", "204"],
  [":status", "206"],
  [":status", "304"],
  [":status", "400"],
  [":status", "404"],
  [":status", "500"],
  ["accept-charset", ""],
  ["accept-encoding", "gzip, deflate"],
];

const NAMES_ONLY =
  "accept-language accept-ranges accept access-control-allow-origin age allow authorization " +
  "cache-control content-disposition content-encoding content-language content-length " +
  "content-location content-range content-type cookie date etag expect expires from host if-match " +
  "if-modified-since if-none-match if-range if-unmodified-since last-modified link location " +
  "max-forwards proxy-authenticate proxy-authorization range referer refresh retry-after server " +
  "set-cookie strict-transport-security transfer-encoding user-agent vary via www-authenticate";

export const STATIC_TABLE: readonly Header[] = [
  ...WITH_VALUES,
  ...NAMES_ONLY.split(" ").map((name): Header => [name, ""]),
];

/** How many bits the code of each byte has, a letter from 5 to u (30) each. */
const CODE_LENGTHS = "dnsssssssoussussssssssusssssssss6aacd68baa8b8666555666666678f6ca" +
  "d67777777777777777777777878djde6f56565666577666567655677777fbeds" +
  "kmkkmmmnmnnnnnonoomnonnnnlmnmnnomlkmmnnlnmmolmnnllmlnmnnkmmmnmmn" +
  "qqkjmnmpqqqrrqopjlqrrqrollqqsrrrkoklmllnmmppooqnqrqqrrrrrsrrrrrq";

/** Codes of one length follow each other in the order of the bytes. Each is written with a leading 1. */
export const SYMBOLS_BY_CODE: ReadonlyMap<number, number> = new Map(assignCodes());

function* assignCodes(): Generator<[code: number, symbol: number]> {
  const symbols = [...CODE_LENGTHS].map((letter, symbol) => ({ symbol, length: parseInt(letter, 36) }))
    .sort((a, b) => a.length - b.length || a.symbol - b.symbol);
  let code = 0;
  let bits = symbols[0]!.length;
  for (const { symbol, length } of symbols) {
    code *= 2 ** (length - bits);
    bits = length;
    yield [2 ** length + code, symbol];
    code++;
  }
}

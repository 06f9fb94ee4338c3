import assert from "node:assert/strict";
import { unreachable, UnreachableError } from "../../lib/engine/request_error.ts";
import { unreachableReason } from "../../lib/engine/unreachable_reason.ts";

const SENT = "error sending request for url (http://localhost/v1.51/containers/json): client error";

/** The words of Deno 2.9, where the cause has them, and of 2.7. */
const CASES: readonly [string, string | undefined][] = [
  [`${SENT} (Connect): No such file or directory (os error 2)`, "ENOENT"],
  [`${SENT} (Connect): Permission denied (os error 13)`, "EACCES"],
  [`${SENT} (Connect): Operation not permitted (os error 1)`, "EPERM"],
  [`${SENT} (Connect): Not a directory (os error 20)`, "ENOTDIR"],
  [`${SENT} (Connect): path must be shorter than SUN_LEN`, "EINVAL"],
  [`${SENT} (Connect): Connection refused (os error 111)`, "ECONNREFUSED"],
  [`${SENT} (Connect): tcp connect error: Connection refused (os error 111)`, "ECONNREFUSED"],
  [`${SENT} (Connect): tcp connect error: No route to host (os error 113)`, "EHOSTUNREACH"],
  [`${SENT} (Connect): tcp connect error: Network is unreachable (os error 101)`, "ENETUNREACH"],
  [`${SENT} (Connect): tcp connect error: Connection timed out (os error 110)`, "ETIMEDOUT"],
  [`${SENT} (Connect): Resource temporarily unavailable (os error 11)`, "EAGAIN"],
  [`${SENT} (Connect): Too many open files (os error 24)`, "EMFILE"],
  [
    `${SENT} (Connect): dns error: failed to lookup address information: Name or service not known`,
    "ENOTFOUND",
  ],
  [
    `${SENT} (Connect): dns error: failed to lookup address information: Temporary failure in name resolution`,
    "EAI_AGAIN",
  ],
  [`${SENT} (SendRequest): connection closed before message completed`, "ECONNRESET"],
  [`${SENT} (SendRequest): connection error: Connection reset by peer (os error 104)`, "ECONNRESET"],
  [`${SENT} (SendRequest): error writing a body to connection: Broken pipe (os error 32)`, "EPIPE"],
  [`${SENT} (SendRequest): invalid HTTP version parsed`, "HPE_INVALID_CONSTANT"],
  ["error reading a body from connection", "ECONNRESET"],
  ["peer closed connection without sending TLS close_notify", "ECONNRESET"],
  [`${SENT} (Connect): invalid peer certificate: UnknownIssuer`, "UNABLE_TO_GET_ISSUER_CERT"],
  [
    `${SENT} (Connect): invalid peer certificate: certificate expired: verification time 2`,
    "CERT_HAS_EXPIRED",
  ],
  [
    `${SENT} (Connect): invalid peer certificate: certificate not valid yet: verification`,
    "CERT_NOT_YET_VALID",
  ],
  [
    `${SENT} (Connect): invalid peer certificate: certificate not valid for name "nas"; certificate is only valid for`,
    "ERR_TLS_CERT_ALTNAME_INVALID",
  ],
  [`${SENT} (SendRequest): connection error: received fatal alert: CertificateRequired`, "EPROTO"],
  [`${SENT} (Connect): received corrupt message of type InvalidContentType`, "EPROTO"],
  ["No certificates found in certificate data", "ERR_TLS_CERT_UNUSABLE"],
  ["No keys found in key data", "ERR_TLS_CERT_UNUSABLE"],
  ["keys may not be consistent: KeyMismatch", "ERR_TLS_CERT_UNUSABLE"],
  ["Fetch failed: Requests to port 6000 are blocked", "ERR_PORT_BLOCKED"],
  ["Unexpected end of JSON input", undefined],
];

Deno.test("why an engine is not reached is known by the names that people look up", () => {
  for (const [words, code] of CASES) {
    assert.equal(unreachableReason(new TypeError(words)), code, words);
    const cause = new Error(words);
    assert.equal(unreachableReason(new TypeError("fetch failed", { cause })), code, words);
  }
  assert.equal(unreachableReason("no error"), undefined);
});

const HINTS: readonly [string | undefined, RegExp][] = [
  ["EACCES", /group docker/],
  ["ENOENT", /nothing is at unix:\/\/\/x: start Docker/],
  ["UNABLE_TO_GET_ISSUER_CERT", /check the certificates/],
  ["ERR_TLS_CERT_UNUSABLE", /check the certificates/],
  ["EPROTO", /check the certificates/],
  ["ERR_PORT_BLOCKED", /on a port that no browser blocks/],
  ["ECONNREFUSED", /^start Docker/],
  [undefined, /^start Docker/],
];

Deno.test("what to do about it depends on why an engine is not reached", () => {
  for (const [code, hint] of HINTS) {
    const error = unreachable(new UnreachableError("unix:///x", code, undefined), "Cannot see what runs");
    assert.match(error.hint ?? "", hint, code);
    const reason = code === undefined ? "" : ` (${code})`;
    assert.equal(error.message, `Cannot reach the Docker Engine at unix:///x${reason} to see what runs`);
  }
});

/** Deno says in words only why a request failed, in others from one release to the next: as codes they have names that people look up. */
const REASONS: readonly (readonly [RegExp, code: string])[] = [
  [/No such file or directory/, "ENOENT"],
  [/Permission denied/, "EACCES"],
  [/Operation not permitted/, "EPERM"],
  [/Not a directory/, "ENOTDIR"],
  [/path must be shorter than/, "EINVAL"],
  [/Connection refused/, "ECONNREFUSED"],
  [/Connection reset by peer/, "ECONNRESET"],
  [/Broken pipe/, "EPIPE"],
  [/No route to host/, "EHOSTUNREACH"],
  [/Network is unreachable/, "ENETUNREACH"],
  [/timed out/, "ETIMEDOUT"],
  [/Too many open files/, "EMFILE"],
  [/Resource temporarily unavailable/, "EAGAIN"],
  [/Temporary failure in name resolution/, "EAI_AGAIN"],
  [/dns error/, "ENOTFOUND"],
  [/certificate not valid for name/, "ERR_TLS_CERT_ALTNAME_INVALID"],
  [/certificate expired/, "CERT_HAS_EXPIRED"],
  [/certificate not valid yet/, "CERT_NOT_YET_VALID"],
  [/invalid peer certificate/, "UNABLE_TO_GET_ISSUER_CERT"],
  [/received fatal alert|corrupt message/, "EPROTO"],
  [/found in (certificate|key) data|keys may not be consistent/, "ERR_TLS_CERT_UNUSABLE"],
  [/Requests to port \d+ are blocked/, "ERR_PORT_BLOCKED"],
  [/invalid HTTP/, "HPE_INVALID_CONSTANT"],
  // It ended where more was announced.
  [/connection closed before message completed|error reading a body|close_notify/, "ECONNRESET"],
];

/** Such as `ECONNREFUSED`; `undefined` where the words are none of these. */
export function unreachableReason(error: unknown): string | undefined {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    const { message } = cause;
    const reason = REASONS.find(([words]) => words.test(message));
    if (reason !== undefined) return reason[1];
  }
  return undefined;
}

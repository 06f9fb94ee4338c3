/** Sends a message over HTTP, once. */
import { serverFaults } from "../config/option_faults.ts";
import { HomeportError } from "../errors.ts";
import { type HttpRequest, requestOnce } from "../http/http_request.ts";
import { shorten } from "./text.ts";

const EXCERPT = 200;

export async function postJson(
  { body, headers = {}, ...asked }: Omit<HttpRequest, "method" | "body"> & { readonly body: unknown },
  signal: AbortSignal,
): Promise<void> {
  const text = JSON.stringify(body);
  await post({ ...asked, body: text, headers: { "content-type": "application/json", ...headers } }, signal);
}

export async function post(asked: Omit<HttpRequest, "method">, signal: AbortSignal): Promise<void> {
  const { status, text } = await requestOnce({ ...asked, method: "POST" }, signal);
  if (status < 300) return;
  const said = shorten(text.replace(/\s+/g, " ").trim(), EXCERPT);
  throw new HomeportError(
    `${new URL(asked.url).origin} refused it (HTTP ${status})${said === "" ? "" : `: ${said}`}`,
    { hint: HINTS[status] },
  );
}

const HINTS: Readonly<Record<number, string>> = {
  401: "see that the credential is the one of this service, and still valid",
  403: "see that the credential is still valid, and may send here",
  404: "see that the address is right, and that what it names still exists",
};

/** An address that is a credential: it is checked when it is known, and never shown. */
export function checkAddress(url: string, plainHttp = false): string {
  const [fault] = serverFaults(url, {
    place: "the webhook's address",
    example: "https://…",
    plainHttp,
    mayHaveQuery: true,
  });
  if (fault === undefined) return url;
  throw new HomeportError(fault.message, { hint: fault.hint, consequence: "wait" });
}

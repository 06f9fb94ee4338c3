/** One request to the Docker Engine and its answer, over HTTP. */
import { Buffer } from "node:buffer";
import { type Agent as HttpAgent, type IncomingMessage, request as requestPlain } from "node:http";
import { type Agent as HttpsAgent, request as requestTls } from "node:https";
import { addAbortSignal, Readable } from "node:stream";
import type { EngineAddress } from "./address.ts";

export interface Exchange {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  /** With its query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string | number>>;
  readonly data: string | Uint8Array | Readable | undefined;
  readonly signal: AbortSignal;
}

/** Gives the answer as soon as it begins. */
export function exchange(
  address: EngineAddress,
  agent: HttpAgent | HttpsAgent,
  { data, ...request }: Exchange,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const sent = isSecure(address)
      ? requestTls({ ...request, ...address.tls, host: address.host, port: address.port, agent })
      : requestPlain({ ...request, ...placeOf(address), agent });
    sent.on("response", resolve);
    sent.on("error", reject);
    if (data instanceof Readable) {
      data.on("error", (error) => sent.destroy(error));
      data.pipe(sent);
    } else sent.end(data);
  });
}

/** The whole text of an answer. */
export async function readAnswer(answer: IncomingMessage, signal: AbortSignal): Promise<string> {
  // A request that is answered does not hear of the abort any more.
  addAbortSignal(signal, answer);
  const chunks: Buffer[] = [];
  for await (const chunk of answer) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

type SecureAddress = Extract<EngineAddress, { readonly kind: "tcp" }>;

export function isSecure(address: EngineAddress): address is SecureAddress {
  return address.kind === "tcp" && address.tls !== undefined;
}

function placeOf(address: EngineAddress) {
  return address.kind === "unix" ? { socketPath: address.path } : { host: address.host, port: address.port };
}

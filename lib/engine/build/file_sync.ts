/**
 * Sends a folder to BuildKit, in the way that it calls `diffcopy`: first what there is, then the contents that it asks for because it
 * does not have them yet.
 */
import { HomeportError } from "../../errors.ts";
import type { ContextEntry } from "./context_files.ts";
import type { IncomingCall } from "./grpc.ts";
import { MessageReader, MessageWriter } from "./protobuf.ts";

const PACKET = { stat: 0, request: 1, data: 2, end: 3, error: 4 } as const;

/** As Go numbers the kinds of files. */
const GO_MODE = {
  file: 0,
  folder: 2 ** 31,
  symlink: 2 ** 27,
  setuid: 2 ** 23,
  setgid: 2 ** 22,
  sticky: 2 ** 20,
} as const;

export async function sendFiles(call: IncomingCall, entries: AsyncIterable<ContextEntry>): Promise<void> {
  const files = new Map<number, ContextEntry>();
  const listing = list(call, entries, files);
  // Its failure is thrown below; until then it must not count as nobody's.
  listing.catch(() => {});
  let sending: Promise<void> = Promise.resolve();
  const answers = call.messages[Symbol.asyncIterator]();
  for (;;) {
    // A folder that cannot be read ends the call, which the engine would otherwise wait for.
    const next = await Promise.race([answers.next(), failureOf(listing), failureOf(sending)]);
    if (next.done) throw new Error("the engine broke the transfer of files off");
    const packet = new MessageReader(next.value);
    switch (packet.number(1)) {
      case PACKET.request: {
        const id = packet.number(3);
        sending = sending.then(() => send(call, id, files));
        sending.catch(() => {});
        break;
      }
      case PACKET.end:
        await listing;
        await sending;
        return await call.send(new MessageWriter().number(1, PACKET.end).finish());
      case PACKET.error:
        throw new Error(packet.text(4));
    }
  }
}

/** Never settles but by a failure. */
function failureOf(work: Promise<void>): Promise<never> {
  return new Promise((_, reject) => work.catch(reject));
}

async function list(
  call: IncomingCall,
  entries: AsyncIterable<ContextEntry>,
  files: Map<number, ContextEntry>,
): Promise<void> {
  let id = 0;
  for await (const entry of entries) {
    if (entry.kind === "file") files.set(id, entry);
    id++;
    await call.send(new MessageWriter().message(2, statOf(entry)).finish());
  }
  await call.send(new Uint8Array());
}

async function send(call: IncomingCall, id: number, files: Map<number, ContextEntry>): Promise<void> {
  const file = files.get(id);
  if (file === undefined) throw new HomeportError(`The engine asked for a file that was not sent (${id})`);
  const packet = () => new MessageWriter().number(1, PACKET.data).number(3, id);
  for await (const chunk of file.read()) await call.send(packet().bytes(4, chunk).finish());
  await call.send(packet().finish());
}

/** The owner is always root, as with `docker build`. */
function statOf({ path, kind, mode, size, modified, target }: ContextEntry): Uint8Array {
  return new MessageWriter()
    .text(1, path)
    .number(2, goMode(kind, mode))
    .number(5, size)
    .number(6, BigInt(Math.trunc(modified)) * 1_000_000n)
    .text(7, target)
    .finish();
}

function goMode(kind: ContextEntry["kind"], mode: number): number {
  const special = ((mode & 0o4000) === 0 ? 0 : GO_MODE.setuid) +
    ((mode & 0o2000) === 0 ? 0 : GO_MODE.setgid) +
    ((mode & 0o1000) === 0 ? 0 : GO_MODE.sticky);
  return GO_MODE[kind] + special + (mode & 0o777);
}

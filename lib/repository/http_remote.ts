import { HomeportError } from "../errors.ts";
import type { Secret } from "../secret.ts";
import { explainConversation } from "./http_failure.ts";
import { HttpSession } from "./http_session.ts";
import { FLUSH, PacketReader, pktLine } from "./pkt_line.ts";
import { branchOf, noSuchCommit } from "./remote_branches.ts";
import type { Remote, RemoteBranch } from "./remote.ts";
import { writeAll } from "../files/write_all.ts";

export interface HttpRemoteOptions {
  readonly url: string;
  readonly username: string;
  /** Asked once a conversation, so that a renewed token is seen. */
  readonly token?: (() => Promise<Secret | undefined>) | undefined;
  /** How long the server may stay silent, in milliseconds. */
  readonly stallTimeout: number;
}

const SERVICE = "git-upload-pack";
const NO_COMMIT = /^0+$/;

/**
 * A repository behind Git's smart HTTP protocol, version 0: it answers the question where the branch stands in one request, and
 * hands a commit over in a second one.
 */
export function httpRemote(options: HttpRemoteOptions): Remote {
  const { url } = options;
  return {
    name: url,
    find: async (branch, signal) => {
      const { refs, ...opened } = await open(options, signal);
      const commit = branchOf(refs, branch, url);
      return {
        commit,
        fetch: (packFile, fetchSignal) =>
          explained(url, () => receivePack({ ...opened, commit, url, refused }, packFile, fetchSignal)),
      } satisfies RemoteBranch;
    },
    fetchCommit: async (commit, packFile, signal) => {
      const opened = await open(options, signal);
      const conversation = {
        ...opened,
        commit,
        url,
        refused: (text: string) => refusedCommit(text, commit, url),
      };
      await explained(url, () => receivePack(conversation, packFile, signal));
    },
  };
}

async function open(
  { url, username, token: ask, stallTimeout }: HttpRemoteOptions,
  signal: AbortSignal,
): Promise<Advertisement & { readonly session: HttpSession }> {
  const token = await ask?.();
  const session = new HttpSession(url, token === undefined ? undefined : { username, token }, stallTimeout);
  const advertisement = await explained(url, () => readAdvertisement(session, signal));
  refuseOtherHashes(advertisement.capabilities, url);
  return { ...advertisement, session };
}

interface Advertisement {
  /** Ref → commit. */
  readonly refs: ReadonlyMap<string, string>;
  readonly capabilities: ReadonlySet<string>;
}

async function readAdvertisement(session: HttpSession, signal: AbortSignal): Promise<Advertisement> {
  const refs = new Map<string, string>();
  let capabilities: ReadonlySet<string> = new Set();
  const request = {
    suffix: `/info/refs?service=${SERVICE}`,
    accept: `application/x-${SERVICE}-advertisement`,
  };
  const packets = new PacketReader(session.send(request, signal));
  try {
    for (let packet = await packets.nextLine(); packet !== "end"; packet = await packets.nextLine()) {
      if (packet === "flush" || packet.text.startsWith("# service=")) continue;
      const [ref = "", listed] = packet.text.split("\0");
      if (listed !== undefined) capabilities = new Set(listed.split(" "));
      const [oid = "", name = ""] = ref.split(" ");
      if (!NO_COMMIT.test(oid)) refs.set(name, oid);
    }
  } finally {
    await packets.close();
  }
  return { refs, capabilities };
}

interface Conversation {
  readonly session: HttpSession;
  readonly commit: string;
  readonly capabilities: ReadonlySet<string>;
  readonly url: string;
  /** What the server's last word means. */
  readonly refused: (message: string, url: string) => HomeportError;
}

async function receivePack(conversation: Conversation, packFile: string, signal: AbortSignal): Promise<void> {
  const { session, url } = conversation;
  const request = {
    suffix: `/${SERVICE}`,
    accept: `application/x-${SERVICE}-result`,
    post: { contentType: `application/x-${SERVICE}-request`, body: wants(conversation) },
  };
  const packets = new PacketReader(session.send(request, signal));
  using file = await Deno.open(packFile, { write: true, create: true, truncate: true });
  try {
    await skipToPack(packets, conversation);
    for (let packet = await packets.next(); packet !== "flush"; packet = await packets.next()) {
      if (packet === "end") throw brokenOff(url);
      // Side band 1 is the pack, 2 is progress for people, 3 is the server's last word.
      if (packet[0] === 1) writeAll(file, packet.subarray(1));
      else if (packet[0] === 3) throw conversation.refused(new TextDecoder().decode(packet.subarray(1)), url);
    }
  } finally {
    await packets.close();
  }
}

/** No commit is named as present: what comes back is complete in itself, and the packs before it can go. */
function wants({ commit, capabilities, url }: Conversation): string {
  if (!capabilities.has("side-band-64k")) {
    throw new HomeportError(`Cannot fetch from ${url}: the server is too old (it lacks side-band-64k)`, {
      hint: "serve the repository with a newer Git server",
    });
  }
  const spoken = ["side-band-64k", "ofs-delta", "agent=git/homeport"].join(" ");
  const depth = capabilities.has("shallow") ? pktLine("deepen 1\n") : "";
  return pktLine(`want ${commit} ${spoken}\n`) + depth + FLUSH + pktLine("done\n");
}

async function skipToPack(packets: PacketReader, { url, refused }: Conversation): Promise<void> {
  for (let packet = await packets.nextLine(); packet !== "end"; packet = await packets.nextLine()) {
    if (packet === "flush" || /^(un)?shallow /.test(packet.text)) continue;
    if (packet.text === "NAK") return;
    throw refused(packet.text.replace(/^ERR /, ""), url);
  }
  throw brokenOff(url);
}

function refused(message: string, url: string): HomeportError {
  return new HomeportError(`Cannot fetch from ${url}: the server says: ${message.trim()}`, {
    consequence: "retry",
    hint: "try again; if it stays, look at the server's log",
  });
}

/** Git's own words, and JGit's. */
function refusedCommit(message: string, commit: string, url: string): HomeportError {
  return message.includes(commit) && /not our ref|not valid/.test(message)
    ? noSuchCommit(commit, url)
    : refused(message, url);
}

function brokenOff(url: string): HomeportError {
  return new HomeportError(`Cannot fetch from ${url}: the connection ended in the middle of the answer`, {
    consequence: "retry",
    hint: "check the network and the server, and try again",
  });
}

function refuseOtherHashes(capabilities: ReadonlySet<string>, url: string): void {
  if (!capabilities.has("object-format=sha256")) return;
  throw new HomeportError(
    `Cannot read the repository ${url}: it uses SHA-256 object IDs, which are not supported`,
    {
      hint: "use a repository with SHA-1 object IDs, which is what `git init` makes",
    },
  );
}

async function explained<T>(url: string, converse: () => Promise<T>): Promise<T> {
  try {
    return await converse();
  } catch (error) {
    throw explainConversation(error, url) ?? error;
  }
}

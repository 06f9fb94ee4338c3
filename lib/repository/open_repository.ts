import { resolve } from "node:path";
import type { Secret } from "../secret.ts";
import { GitRepository } from "./git_repository.ts";
import { httpRemote } from "./http_remote.ts";
import { localRemote } from "./local_remote.ts";
import type { Remote } from "./remote.ts";
import { parseRemoteAddress } from "./remote_address.ts";

export interface RepositoryOptions {
  /** `https://…`, `http://…`, `file:///…` or an absolute path; never with credentials in it. */
  readonly url: string;
  readonly branch: string;
  /** What the server wants beside a token. Default: `git`. */
  readonly username?: string | undefined;
  /** The access token, asked for at every request for news. */
  readonly token?: (() => Promise<Secret | undefined>) | undefined;
  /** The checkout is in its subfolder `checkout`. */
  readonly dataDir: string;
  /** How long a server may stay silent, in milliseconds. Default: 30 seconds. */
  readonly stallTimeout?: number | undefined;
}

const STALL_TIMEOUT = 30_000;

/** The repository that says what runs. Reads nothing yet; {@linkcode GitRepository.sync} does. */
export function openRepository(options: RepositoryOptions): GitRepository {
  return new GitRepository(remoteOf(options), options.branch, resolve(options.dataDir));
}

function remoteOf({ url, username = "git", token, stallTimeout = STALL_TIMEOUT }: RepositoryOptions): Remote {
  const address = parseRemoteAddress(url);
  if (address.kind === "local") return localRemote(address.path);
  return httpRemote({ url: address.url, username, token, stallTimeout });
}

/**
 * Infisical's public API, as far as secrets are read: https://infisical.com/docs/api-reference/endpoints/universal-auth/login and the list
 * of a folder's secrets below `/api/v3/secrets/raw`. Infisical's own client asks for the same; it is not used here, since it cannot be
 * aborted, waits for ever for an answer that stops halfway, takes any page for secrets, and weighs 590 kB.
 */
import type { Secret } from "../../secret.ts";
import { type HttpAnswer, type HttpRequest, parseJson, request } from "../../http/http_request.ts";
import type { InfisicalOptions } from "../infisical.ts";
import { resolveCredential } from "../resolve_credential.ts";
import type { Pace } from "../../http/retry.ts";
import { parseListing, parseToken } from "./answers.ts";
import type { FolderListing } from "./merge_listings.ts";
import { explainList, explainLogin, type Identity, TokenRefused } from "./refusals.ts";

export { mergeListings } from "./merge_listings.ts";

export type ClientOptions = InfisicalOptions & { readonly server: string };

interface Session extends Identity {
  readonly token: Secret;
}

/** Asks one Infisical server for the secrets of one environment. Keeps its token, so that most passes need no login. */
export class InfisicalClient {
  readonly #options: ClientOptions;
  /** For errors. */
  readonly #server: string;
  /** For requests; a server may live below a path. */
  readonly #base: string;
  readonly #pace: Pace | undefined;
  #session: Session | undefined;

  constructor(options: ClientOptions, pace: Pace | undefined) {
    this.#options = options;
    const { origin, href } = new URL(options.server);
    this.#server = origin;
    this.#base = href.replace(/\/+$/, "");
    this.#pace = pace;
  }

  /** In the order of the paths. */
  async list(signal: AbortSignal): Promise<FolderListing[]> {
    const clientId = await resolveCredential(this.#options.clientId);
    const clientSecret = await resolveCredential(this.#options.clientSecret);
    if (isOf(this.#session, clientId, clientSecret)) {
      try {
        return await this.#listAll(this.#session, signal);
      } catch (error) {
        if (!(error instanceof TokenRefused)) throw error;
      }
    }
    const token = await this.#logIn({ clientId, clientSecret }, signal);
    this.#session = { clientId, clientSecret, token };
    return await this.#listAll(this.#session, signal);
  }

  async #logIn(identity: Identity, signal: AbortSignal): Promise<Secret> {
    const { clientId, clientSecret } = identity;
    const answer = await this.#request({
      url: `${this.#base}/api/v1/auth/universal-auth/login`,
      method: "POST",
      headers: { "content-type": "application/json", accept: "application/json" },
      body: JSON.stringify({ clientId: clientId.reveal(), clientSecret: clientSecret.reveal() }),
    }, signal);
    if (answer.status !== 200) throw explainLogin(answer, this.#server, identity);
    return parseToken(parseJson(answer, this.#server), this.#server);
  }

  /** Side by side. Where one fails, the others are not waited for. */
  async #listAll(session: Session, signal: AbortSignal): Promise<FolderListing[]> {
    const failure = new AbortController();
    const either = AbortSignal.any([signal, failure.signal]);
    const { paths = ["/"] } = this.#options;
    const listings = paths.map((path) => this.#listFolder(path, session, either));
    try {
      return await Promise.all(listings);
    } catch (error) {
      failure.abort();
      await Promise.allSettled(listings);
      throw error;
    }
  }

  async #listFolder(path: string, session: Session, signal: AbortSignal): Promise<FolderListing> {
    const { project, environment, recursive = false } = this.#options;
    const query = new URLSearchParams({
      [isId(project) ? "workspaceId" : "workspaceSlug"]: project,
      environment,
      secretPath: path,
      recursive: String(recursive),
      include_imports: "true",
      expandSecretReferences: "true",
      viewSecretValue: "true",
    });
    const answer = await this.#request({
      url: `${this.#base}/api/v3/secrets/raw?${query}`,
      headers: { authorization: `Bearer ${session.token.reveal()}`, accept: "application/json" },
    }, signal);
    if (answer.status === 200) {
      return { path, recursive, ...parseListing(parseJson(answer, this.#server), this.#server) };
    }
    const place = `folder ${path} of environment ${environment} in project ${project}`;
    throw explainList(answer, this.#server, place, session);
  }

  #request(asked: HttpRequest, signal: AbortSignal): Promise<HttpAnswer> {
    return request(asked, signal, this.#pace);
  }
}

/** Where the owner named another identity meanwhile, the token is of no use. */
function isOf(session: Session | undefined, clientId: Secret, clientSecret: Secret): session is Session {
  return session?.clientId.reveal() === clientId.reveal() &&
    session.clientSecret.reveal() === clientSecret.reveal();
}

/** Projects of older servers kept their ID of 24 digits. */
function isId(project: string): boolean {
  return /^([0-9a-f]{24}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$/i.test(project);
}

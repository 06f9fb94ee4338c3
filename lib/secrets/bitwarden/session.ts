import { type HttpAnswer, parseJson, request } from "../../http/http_request.ts";
import type { SymmetricKey } from "./enc_string.ts";
import { type Connection, type Login, logIn, refused } from "./log_in.ts";

/**
 * What one pass asks Bitwarden's API for.
 *
 * Source: https://github.com/bitwarden/server, `src/Api/SecretsManager/Controllers`.
 */
export class Session {
  readonly #connection: Connection;
  #login: Login;

  private constructor(connection: Connection, login: Login) {
    this.#connection = connection;
    this.#login = login;
  }

  static async open(connection: Connection): Promise<Session> {
    return new Session(connection, await logIn(connection));
  }

  get organization(): string {
    return this.#login.organization;
  }

  get key(): SymmetricKey {
    return this.#login.key;
  }

  /** Asks the API. A bearer token that ran out meanwhile is replaced once. */
  async get(path: string): Promise<unknown> {
    const { server, token } = this.#connection;
    let answer = await this.#ask(path);
    if (answer.status === 401) {
      this.#login = await logIn(this.#connection);
      answer = await this.#ask(path);
    }
    if (answer.status !== 200) throw refused(server.api, answer.status, token.place);
    return parseJson(answer, server.api);
  }

  #ask(path: string): Promise<HttpAnswer> {
    const { server, signal, pace } = this.#connection;
    const headers = { accept: "application/json", authorization: `Bearer ${this.#login.bearer.reveal()}` };
    return request({ url: `${server.api}${path}`, headers }, signal, pace);
  }
}

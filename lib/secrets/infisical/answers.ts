import { HomeportError } from "../../errors.ts";
import { Secret } from "../../secret.ts";

/** What a folder gives. */
export interface Listing {
  /** Those of the folder, and of the folders below it where these were asked for too. */
  readonly own: readonly Entry[];
  /** In Infisical's order. Those of one import begin with the imported folder's own. */
  readonly imports: readonly (readonly Entry[])[];
}

export interface Entry {
  readonly name: string;
  /** `undefined` where the machine identity may see the name alone. */
  readonly value: string | undefined;
  /** Where it is kept. */
  readonly folder: string;
}

type Fields = Readonly<Record<string, unknown>>;

export function parseToken(answer: unknown, server: string): Secret {
  const { accessToken } = fieldsOf(answer, server);
  // What a header cannot hold is no token.
  if (typeof accessToken !== "string" || !/^[\x21-\x7e]+$/.test(accessToken)) throw strange(server);
  return new Secret(accessToken);
}

export function parseListing(answer: unknown, server: string): Listing {
  const { secrets, imports } = fieldsOf(answer, server);
  const own = listOf(secrets, server).map((each) => fieldsOf(each, server));
  return {
    // A personal override is for the person who made it.
    own: own.filter(({ type }) => type !== "personal")
      .map((each) => parseEntry(each, each["secretPath"], server)),
    imports: listOf(imports ?? [], server).map((each) => {
      const { secrets, secretPath, environment } = fieldsOf(each, server);
      const folder = `${environment}:${secretPath}`;
      return listOf(secrets, server).map((secret) => parseEntry(fieldsOf(secret, server), folder, server));
    }),
  };
}

function parseEntry(
  { secretKey, secretValue, secretValueHidden }: Fields,
  folder: unknown,
  server: string,
): Entry {
  if (typeof secretKey !== "string" || typeof secretValue !== "string") throw strange(server);
  return {
    name: secretKey,
    value: secretValueHidden === true ? undefined : secretValue,
    folder: typeof folder === "string" ? folder : "/",
  };
}

function fieldsOf(value: unknown, server: string): Fields {
  if (typeof value !== "object" || value === null) throw strange(server);
  return value as Fields;
}

function listOf(value: unknown, server: string): readonly unknown[] {
  if (!Array.isArray(value)) throw strange(server);
  return value;
}

/** The answer is not quoted, for it may hold secrets. */
function strange(server: string): HomeportError {
  return new HomeportError(`${server} did not answer as Infisical does`, {
    hint: "see that the address is that of Infisical, and that no proxy answers in its place",
    consequence: "retry",
  });
}

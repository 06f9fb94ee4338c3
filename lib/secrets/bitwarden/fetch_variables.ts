import type { StringMap } from "../../compose/project.ts";
import type { CredentialReference } from "../../config/config.ts";
import { HomeportError } from "../../errors.ts";
import type { Pace } from "../../http/retry.ts";
import { getAccessToken } from "./access_token.ts";
import { type EncryptedSecret, readProjects, readSecrets } from "./answers.ts";
import { decryptIn } from "./decrypt_in.ts";
import type { SymmetricKey } from "./enc_string.ts";
import { chooseProjects, type ProjectNames, projectNames } from "./projects.ts";
import { Session } from "./session.ts";
import type { ServerAddresses } from "./server_addresses.ts";

export interface Wanted {
  readonly accessToken: CredentialReference;
  readonly organization: string | undefined;
  readonly server: ServerAddresses;
  /** Names or IDs; all if undefined. */
  readonly projects: readonly string[] | undefined;
  readonly isIgnored: (name: string) => boolean;
  /** Whether a variable can be named so. */
  readonly isName: (name: string) => boolean;
}

/** Two requests, however many secrets and projects: the log-in and all secrets that the machine account may read. */
export async function fetchVariables(wanted: Wanted, signal: AbortSignal, pace?: Pace): Promise<StringMap> {
  const { server, accessToken } = wanted;
  const token = await getAccessToken(accessToken);
  const session = await Session.open({ server, token, signal, pace });
  checkOrganization(wanted, session);
  const path = `/organizations/${encodeURIComponent(session.organization)}`;
  const secrets = readSecrets(await session.get(`${path}/secrets/sync`), server.api);
  const names = projectNames(secrets.flatMap(({ projects }) => projects), session.key);
  const listProjects = async () => {
    const listed = readProjects(await session.get(`${path}/projects`), server.api);
    return projectNames(listed, session.key);
  };
  const chosen = wanted.projects && await chooseProjects(wanted.projects, names, listProjects);
  const taken = secrets.filter(({ projects }) => !chosen || projects.some(({ id }) => chosen.has(id)));
  const opened = taken.map((secret) => open(secret, session.key, names));
  return toVariables(opened.filter(({ name }) => !wanted.isIgnored(name)), wanted.isName);
}

function checkOrganization({ organization, server }: Wanted, session: Session): void {
  if (organization === undefined || organization.toLowerCase() === session.organization.toLowerCase()) return;
  throw new HomeportError(
    `the access token belongs to organization ${session.organization} at ${server.api}, not to ${organization}`,
    {
      hint: "set organization to the right one in stacks.config.ts, or leave it out",
      consequence: "wait",
      exitCode: 2,
    },
  );
}

interface OpenedSecret {
  readonly name: string;
  readonly value: string;
  /** In words, for errors. */
  readonly place: string;
}

function open(secret: EncryptedSecret, key: SymmetricKey, names: ProjectNames): OpenedSecret {
  const projects = secret.projects.map(({ id }) => names.get(id) ?? id);
  const place = projects.length === 0 ? "no project" : `project ${projects.join(", ")}`;
  const what = `secret ${secret.id} in ${place}`;
  return { name: decryptIn(what, secret.key, key), value: decryptIn(what, secret.value, key), place };
}

function toVariables(secrets: readonly OpenedSecret[], isName: (name: string) => boolean): StringMap {
  const odd = secrets.filter(({ name }) => !isName(name));
  if (odd.length > 0) {
    const list = odd.map(({ name, place }) => `${JSON.stringify(name)} (${place})`).sort().join(", ");
    throw new HomeportError(`names of secrets that no variable can have: ${list}`, {
      hint: "rename them in Secrets Manager, or list them in ignore in stacks.config.ts",
      consequence: "wait",
    });
  }
  const taken = new Map<string, OpenedSecret>();
  for (const secret of secrets) {
    const other = taken.get(secret.name);
    if (other !== undefined) throw twice(secret.name, [other.place, secret.place]);
    taken.set(secret.name, secret);
  }
  return Object.fromEntries([...taken].map(([name, { value }]) => [name, value]));
}

function twice(name: string, places: readonly string[]): HomeportError {
  const [first, second] = places.toSorted();
  const where = first === second ? `twice in ${first}` : `in ${first} and in ${second}`;
  return new HomeportError(`secret ${name} is ${where}, and nothing says which one is meant`, {
    hint: "rename one, or list in stacks.config.ts only the projects that are meant, or ignore the name",
    consequence: "wait",
  });
}

import type { StringMap } from "../../compose/project.ts";
import type { CredentialReference } from "../../config/config.ts";
import { HomeportError } from "../../errors.ts";
import type { Pace } from "../retry.ts";
import { getAccessToken } from "./access_token.ts";
import { type EncryptedProject, type EncryptedSecret, readProjects, readSecrets } from "./answers.ts";
import { decrypt, DecryptionError, type SymmetricKey } from "./enc_string.ts";
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
  const names = await projectNames(secrets.flatMap(({ projects }) => projects), session.key);
  const listProjects = async () => {
    const listed = readProjects(await session.get(`${path}/projects`), server.api);
    return await projectNames(listed, session.key);
  };
  const chosen = wanted.projects && await chooseProjects(wanted.projects, names, listProjects);
  const taken = secrets.filter(({ projects }) => !chosen || projects.some(({ id }) => chosen.has(id)));
  const opened = await Promise.all(taken.map((secret) => open(secret, session.key, names)));
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

/** By ID. */
type ProjectNames = ReadonlyMap<string, string>;

async function projectNames(projects: readonly EncryptedProject[], key: SymmetricKey): Promise<ProjectNames> {
  const encrypted = new Map(projects.map(({ id, name }) => [id, name]));
  return new Map(
    await Promise.all(
      [...encrypted].map(async ([id, name]) => [id, await decryptIn(`project ${id}`, name, key)] as const),
    ),
  );
}

/** A project without a secret is in no secret's answer: only then the projects are asked for. */
async function chooseProjects(
  wanted: readonly string[],
  names: ProjectNames,
  listProjects: () => Promise<ProjectNames>,
): Promise<ReadonlySet<string>> {
  const isKnown = (each: string) => [...names].some((project) => isCalled(project, each));
  const all = wanted.every(isKnown) ? names : new Map([...names, ...await listProjects()]);
  return new Set(wanted.map((each) => getProject(each, all)));
}

function isCalled([id, name]: readonly [string, string], wanted: string): boolean {
  return name === wanted || id.toLowerCase() === wanted.toLowerCase();
}

function getProject(wanted: string, names: ProjectNames): string {
  const [found, ...more] = [...names].filter((project) => isCalled(project, wanted));
  if (found === undefined) {
    const readable = [...names.values()].sort().join(", ") || "none";
    throw new HomeportError(`there is no project ${wanted} that the machine account may read`, {
      hint:
        `give the machine account read access to it, or correct its name in stacks.config.ts; it may read: ${readable}`,
      consequence: "wait",
    });
  }
  if (more.length > 0) {
    const ids = [found, ...more].map(([id]) => id).sort().join(", ");
    throw new HomeportError(`several projects are called ${wanted}`, {
      hint: `write the ID of the one that is meant in stacks.config.ts: ${ids}`,
      consequence: "wait",
    });
  }
  return found[0];
}

interface OpenedSecret {
  readonly name: string;
  readonly value: string;
  /** In words, for errors. */
  readonly place: string;
}

async function open(secret: EncryptedSecret, key: SymmetricKey, names: ProjectNames): Promise<OpenedSecret> {
  const projects = secret.projects.map(({ id }) => names.get(id) ?? id);
  const place = projects.length === 0 ? "no project" : `project ${projects.join(", ")}`;
  const what = `secret ${secret.id} in ${place}`;
  const [name, value] = await Promise.all([
    decryptIn(what, secret.key, key),
    decryptIn(what, secret.value, key),
  ]);
  return { name, value, place };
}

async function decryptIn(what: string, text: string, key: SymmetricKey): Promise<string> {
  try {
    return await decrypt(text, key);
  } catch (error) {
    if (!(error instanceof DecryptionError)) throw error;
    throw new HomeportError(`cannot decrypt ${what}: ${error.message}`, {
      hint: "save it again in Secrets Manager; should all be so, make a new access token",
      consequence: "wait",
    });
  }
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

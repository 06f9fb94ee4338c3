import { HomeportError } from "../../errors.ts";

/** A secret as the API gives it: names and value still encrypted. */
export interface EncryptedSecret {
  readonly id: string;
  readonly key: string;
  readonly value: string;
  readonly projects: readonly EncryptedProject[];
}

export interface EncryptedProject {
  readonly id: string;
  readonly name: string;
}

/** Of `GET /organizations/<ID>/secrets/sync`: every secret that the machine account may read. Half an answer is none. */
export function readSecrets(answer: unknown, server: string): readonly EncryptedSecret[] {
  const given = isRecord(answer) && answer["hasChanges"] === true ? answer["secrets"] : undefined;
  return readList(given, server, "secrets").map(({ id, key, value, projects }) => {
    if (!isText(id) || !isText(key) || !isText(value)) throw strangeAnswer(server, "secrets");
    return {
      id,
      key,
      value,
      projects: (Array.isArray(projects) ? projects : []).map((each) => readProject(each, server)),
    };
  });
}

/** Of `GET /organizations/<ID>/projects`: those that the machine account may read. */
export function readProjects(answer: unknown, server: string): readonly EncryptedProject[] {
  return readList(answer, server, "projects").map((each) => readProject(each, server));
}

function readProject(project: unknown, server: string): EncryptedProject {
  const { id, name } = isRecord(project) ? project : {};
  if (!isText(id) || !isText(name)) throw strangeAnswer(server, "a project");
  return { id, name };
}

/** These lists come whole; one that announces more is refused rather than taken for all. */
function readList(list: unknown, server: string, what: string): readonly Readonly<Record<string, unknown>>[] {
  const { data, continuationToken = null } = isRecord(list) ? list : {};
  if (!Array.isArray(data) || continuationToken !== null || !data.every(isRecord)) {
    throw strangeAnswer(server, what);
  }
  return data;
}

export function strangeAnswer(server: string, what: string): HomeportError {
  return new HomeportError(`${server} did not answer as Bitwarden does when it is asked for ${what}`, {
    hint: "see that the address is a Bitwarden server with Secrets Manager, and a recent one",
    consequence: "wait",
  });
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}

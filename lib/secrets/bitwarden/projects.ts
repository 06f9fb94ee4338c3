import { HomeportError } from "../../errors.ts";
import type { EncryptedProject } from "./answers.ts";
import { decryptIn } from "./decrypt_in.ts";
import type { SymmetricKey } from "./enc_string.ts";

/** By ID. */
export type ProjectNames = ReadonlyMap<string, string>;

export function projectNames(projects: readonly EncryptedProject[], key: SymmetricKey): ProjectNames {
  const encrypted = new Map(projects.map(({ id, name }) => [id, name]));
  return new Map([...encrypted].map(([id, name]) => [id, decryptIn(`project ${id}`, name, key)]));
}

/** A project without a secret is in no secret's answer: only then the projects are asked for. */
export async function chooseProjects(
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

import { ConfigurationError, HomeportError } from "../errors.ts";

const HEADS = "refs/heads/";
const MOST_NAMES = 10;

/** It exists nowhere, or the server hands out only what its branches and tags hold. */
export function noSuchCommit(commit: string, repository: string): HomeportError {
  return new HomeportError(`The repository ${repository} does not give commit ${commit} out`, {
    hint:
      "check the ID; a commit that no branch holds any more comes back when a branch or a tag is pushed that does",
  });
}

export function notACommit(id: string, type: string): HomeportError {
  return new ConfigurationError(`${id} is a ${type}, and no commit`, {
    hint: "give the commit's own ID: `git log` prints it",
  });
}

/** The branch's commit among a repository's refs. */
export function branchOf(refs: ReadonlyMap<string, string>, branch: string, repository: string): string {
  const commit = refs.get(HEADS + branch);
  if (commit !== undefined) return commit;
  const branches = [...refs.keys()].filter((ref) => ref.startsWith(HEADS)).map((ref) =>
    ref.slice(HEADS.length)
  ).sort();
  if (branches.length === 0) {
    throw new HomeportError(`The repository ${repository} is empty`, {
      consequence: "wait",
      hint: `push a commit to its branch ${branch}`,
    });
  }
  const names = branches.slice(0, MOST_NAMES).join(", ");
  const more = branches.length > MOST_NAMES ? ` and ${branches.length - MOST_NAMES} more` : "";
  throw new ConfigurationError(
    `The repository ${repository} has no branch ${branch}; it has ${names}${more}`,
    {
      path: "repository.branch",
      hint: "set repository.branch to one of them, or push the branch",
    },
  );
}

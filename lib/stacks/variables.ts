/** The variables that a stack sees, and where they come from. */
import type { OpenedFiles } from "./opened_files.ts";
import type { Project, StringMap } from "../compose/project.ts";

/** Where variables come from, from the strongest to the weakest. The stack's own `.env` is weaker than all of these. */
export interface VariableSources {
  readonly secrets: StringMap;
  /** The host's envs of the configuration. */
  readonly host: StringMap;
  /** The envs of the host folder's `stack.yml`. */
  readonly hostFile: StringMap;
  /** The configuration's envs for all hosts. */
  readonly shared: StringMap;
}

/** What the secrets providers gave in this pass. */
export interface GivenSecrets {
  /** For every stack; later providers won. */
  readonly variables: StringMap;
  /** For single stacks, by name: all that such a stack gets, in place of `variables`. */
  readonly ofStack?: Readonly<Record<string, StringMap>>;
  readonly sources: readonly SecretSource[];
  /** A keyed fingerprint of a value. Without it, plans do not say which secret changed. */
  readonly fingerprint?: (name: string, value: string) => string;
  /** Encrypted files of the repository. */
  readonly files?: OpenedFiles;
  /** Of the providers, such as of a key that others can read. */
  readonly warnings?: readonly string[];
}

export function secretsOf({ variables, ofStack }: GivenSecrets, stack: string): StringMap {
  return ofStack?.[stack] ?? variables;
}

/** A secrets provider, as far as stacks are concerned. */
export interface SecretSource {
  readonly label: string;
  /** Whether it can have a variable of this name for this stack. */
  mayProvide(name: string, stack: string): boolean | "unknown";
  /** Whether it gave the stack a value for it this time; absent where none was asked for. */
  gives?(name: string, stack: string): boolean;
  /** Why it gave the stack less than it should. */
  error?(stack: string): Error | undefined;
  /** Why its values are those of an earlier time. */
  readonly stale?: string;
}

export function mergeVariables({ secrets, host, hostFile, shared }: VariableSources): StringMap {
  return Object.assign(Object.create(null), shared, hostFile, host, secrets);
}

/** Names that a text takes values of: `$NAME`, `${NAME}` and its operators. `$$` is a dollar sign. */
export function referencedVariables(text: string): ReadonlySet<string> {
  const names = [...text.matchAll(/\$(?:\$|\{?([A-Za-z_][A-Za-z0-9_]*))/g)].map((match) => match[1]);
  return new Set(names.filter((name) => name !== undefined));
}

/** Names that a project takes values of without a `$`: variables without a value, and those that hold a config or a secret. */
export function passedThroughVariables(project: Project): ReadonlySet<string> {
  const files = [...Object.values(project.configs), ...Object.values(project.secrets)];
  return new Set([
    ...files.flatMap(({ environment }) => environment ?? []),
    ...Object.values(project.services).flatMap(({ environment = {} }) =>
      Object.keys(environment).filter((name) => environment[name] === null)
    ),
  ]);
}

/** Of the secrets given: those that a project took without a `$`, by a variable without a value or as a config or a secret. */
export function takenByName(project: Project, given: StringMap): ReadonlySet<string> {
  const environments = Object.values(project.services).flatMap(({ environment = {} }) =>
    Object.keys(environment).filter((name) => Object.hasOwn(given, name) && environment[name] === given[name])
  );
  const passedThrough = [...passedThroughVariables(project)].filter((name) => Object.hasOwn(given, name));
  return new Set([...environments, ...passedThrough]);
}

/** Variables that steer Compose itself: no provider is meant to set them by a broad pattern. */
export function isComposeVariable(name: string): boolean {
  return /^(COMPOSE_|DOCKER_)|^(PWD|HOME)$/.test(name);
}

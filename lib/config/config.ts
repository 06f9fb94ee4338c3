/**
 * The owner's configuration, as `stacks.config.ts` writes it.
 */
import type { Layout } from "../stacks/stack.ts";
import type { SecretsProvider } from "./secrets_provider.ts";

/** Values of variables. Numbers and booleans become their usual text. */
export type Envs = Readonly<Record<string, string | number | boolean>>;

/** A length of time: a number with a unit, such as `"90s"`, `"5m"` or `"1h30m"`. */
export type Duration = string;

/** The whole configuration. Everything but `repository.url` and one host has a default. */
export interface Config {
  /** The Git repository that says what runs. */
  readonly repository: RepositoryConfig;
  /** The machines, by name. `--host` picks one; without it the machine's hostname does. */
  readonly hosts: Readonly<Record<string, HostConfig>>;
  /** Variables for the stacks of all hosts. Default: none. */
  readonly envs?: Envs;
  /** Where secret variables come from. With several, later ones win. Default: none. */
  readonly secrets?: SecretsProvider | readonly SecretsProvider[];
  /** Folder for the checkout and the lock. Default: `/var/lib/homeport`. */
  readonly dataDir?: string;
  /** What happens to stacks that are gone from Git. */
  readonly prune?: PruneConfig;
  /** How long deploying may take. */
  readonly deploy?: DeployConfig;
}

export interface RepositoryConfig {
  /** `https://…`, `file://…` or an absolute path. Never with a user or a token in it. */
  readonly url: string;
  /** Default: `main`. */
  readonly branch?: string;
  /** Default: none, for a public repository. */
  readonly auth?: RepositoryAuth;
}

export interface RepositoryAuth {
  /** An access token: a reference, `fromEnv("NAME")` or `fromFile("/path")`, so that it is never baked into the executable. */
  readonly token: CredentialReference;
  /** The user that the server wants beside a token. Default: `git`; most servers take any. */
  readonly username?: string;
}

/** Where a credential is found when it is needed. Made by `fromEnv` and `fromFile`. */
export type CredentialReference =
  | { readonly kind: "credential-from-env"; readonly name: string }
  | { readonly kind: "credential-from-file"; readonly path: string };

export interface HostConfig {
  /** Where the host's stacks are: `folder("servers/helium")`. */
  readonly stacks: Layout;
  /** Stacks that are deployed first, one after the other. Before those of `stack.yml`. Default: none. */
  readonly startupOrder?: readonly string[];
  /** Variables for this host's stacks. They win over `stack.yml` and the shared ones. Default: none. */
  readonly envs?: Envs;
  /**
   * Marks on the engine what this repository and host deployed; only that is ever pruned.
   * Default: `<host>@<repository>`, such as `helium@git.example.org/me/homelab`. Set it to the old value when the URL changes.
   */
  readonly instance?: string;
}

export interface PruneConfig {
  /** Take down stacks that are gone from Git. Volumes always stay. Default: `true`. */
  readonly enabled?: boolean;
}

export interface DeployConfig {
  /** How long a service may take to fulfil a `depends_on` condition. Default: `"5m"`. */
  readonly waitTimeout?: Duration;
  /** How long one image may take to be pulled. Default: `"15m"`. */
  readonly pullTimeout?: Duration;
  /** How many stacks are deployed side by side, after those of the startup order. Default: 4. */
  readonly parallel?: number;
}

/**
 * The owner's configuration, as `stacks.config.ts` writes it.
 */
import type { Layout } from "../stacks/stack.ts";
import type { Duration, GivenSettings, HealthGateConfig } from "../stacks/stack_settings.ts";
import type { NotificationChannel } from "./notification.ts";
import type { SecretsProvider } from "./secrets_provider.ts";

/**
 * Values of variables. Numbers and booleans become their usual text: `1000` is `"1000"`, `true` is `"true"`.
 *
 * Not for secrets: what is written here becomes part of the executable.
 */
export type Envs = Readonly<Record<string, string | number | boolean>>;

export type { Duration, GivenSettings, HealthGateConfig };

/** The whole configuration. Everything but `repository.url` and one host has a default. */
export interface Config {
  /** The Git repository that says what runs. */
  readonly repository: RepositoryConfig;
  /**
   * The machines, by name. `--host` picks one; without it the machine's own hostname does, when it is one of these names.
   *
   * Names consist of letters, digits, `.`, `-` and `_`.
   */
  readonly hosts: Readonly<Record<string, HostConfig>>;
  /**
   * Variables for the stacks of all hosts, such as `{ TZ: "Europe/Berlin" }`. They win over a stack's own `.env`; a host's `stack.yml`,
   * a host's `envs` and secrets win over them. Default: none.
   */
  readonly envs?: Envs;
  /**
   * Where secret variables come from: `env()`, `dotenvFiles()`, `secretFiles()`, `sops()`, `infisical()`, `bitwarden()`, or several in a
   * list, of which later ones win. They win over every other source of variables. Default: none.
   */
  readonly secrets?: SecretsProvider | readonly SecretsProvider[];
  /**
   * Credentials for image registries, by host: `{ "ghcr.io": { username: "me", password: fromEnv("GHCR_TOKEN") } }`. They are sent to
   * that registry only, and win over the logins in Docker's `config.json`. Default: none.
   */
  readonly registries?: Registries;
  /**
   * Folder on the host for the checkout, the state, the journal and the locks: an absolute path. Keep it where it is once something was
   * deployed: containers mount files from the checkout by their absolute paths. Default: `/var/lib/homeport`.
   */
  readonly dataDir?: string;
  /** How often `homeport run` looks for news. */
  readonly poll?: PollConfig;
  /** What happens to stacks that are gone from Git. Default: they are taken down, and their volumes stay. */
  readonly prune?: PruneConfig;
  /** How long deploying may take, and how much happens at a time. */
  readonly deploy?: DeployConfig;
  /** What happens when somebody changes by hand what runs. Default: it is put back. */
  readonly drift?: DriftConfig;
  /** When `homeport run` looks for newer images of the tags that run. Default: never. */
  readonly updates?: UpdatesConfig;
  /** How long it is remembered what was done. */
  readonly journal?: JournalConfig;
  /**
   * Who is told what changed: `ntfy()`, `gotify()`, `discord()`, `slack()`, `telegram()`, `email()`, `webhook()`. Each is told once of a
   * change, in one message a pass. Default: nobody.
   */
  readonly notifications?: readonly NotificationChannel[];
  /** When images that are of no use any more are removed, and which. */
  readonly cleanup?: CleanupConfig;
}

/** The Git repository that says what runs. */
export interface RepositoryConfig {
  /**
   * `https://…`, `file:///…` or an absolute path; `http://` only for this machine (`localhost`). Never with a user or a token in it.
   */
  readonly url: string;
  /** The branch that is deployed. Default: `main`. */
  readonly branch?: string;
  /** What to present to the server, for `https://`. Default: nothing, which suits a public repository. */
  readonly auth?: RepositoryAuth;
}

/** What to present to a Git server. */
export interface RepositoryAuth {
  /**
   * An access token that may read the repository: a reference, `fromEnv("NAME")`, `fromFile("/path")` or `fromSecrets("NAME")`, so that
   * it is never baked into the executable. A literal is a type error.
   *
   * Of the secrets providers, those serve that can be asked before the repository is there: not the encrypted files in it.
   */
  readonly token: CredentialReference | SecretReference;
  /** The user that the server wants beside a token. Default: `git`; most servers take any. */
  readonly username?: string;
}

/** Where a credential is found when it is needed. Made by `fromEnv` and `fromFile`. */
export type CredentialReference =
  | { readonly kind: "credential-from-env"; readonly name: string }
  | { readonly kind: "credential-from-file"; readonly path: string };

/** A variable that the secrets providers give. Made by `fromSecrets`. */
export type SecretReference = { readonly kind: "credential-from-secrets"; readonly name: string };

/** Credentials by the registry's host, such as `ghcr.io` or `registry.example.org:5000`. Docker Hub is `docker.io`. */
export type Registries = Readonly<Record<string, RegistryConfig>>;

/**
 * What to present to a registry. Passwords and tokens can only be references: `fromEnv("NAME")`, `fromFile("/path")` or
 * `fromSecrets("NAME")`. A literal is a type error.
 */
export type RegistryConfig = {
  /** The user, written as it is or as a reference. */
  readonly username: string | RegistryCredential;
  /** The password, or the access token that serves as one. */
  readonly password: RegistryCredential;
} | {
  /** The token that `docker login` leaves in the place of a password, for registries that issue one. */
  readonly identityToken: RegistryCredential;
};

/** Where a registry's credential is found when it is needed. */
export type RegistryCredential = CredentialReference | SecretReference;

/** One machine with a Docker Engine. */
export interface HostConfig {
  /** Where the host's stacks are in the repository: `folder("servers/helium")`. */
  readonly stacks: Layout;
  /**
   * Names of stacks that are deployed first, one after the other; those of `startup_order` in the host folder's `stack.yml` come after
   * them, and then all others side by side. Default: none.
   */
  readonly startupOrder?: readonly string[];
  /** Variables for this host's stacks. They win over `stack.yml` and over the shared `envs`. Default: none. */
  readonly envs?: Envs;
  /**
   * By the stack's name, how it is deployed and looked after: `{ postgres: { rollback: "off" } }`. A stack's own `x-homeport` wins, but
   * for `suspend`: either of them suspends. Default: none.
   */
  readonly stackSettings?: Readonly<Record<string, GivenSettings>>;
  /**
   * While one of them is open, `homeport run` deploys nothing new; it only puts back what was changed by hand. `homeport apply` is not
   * bound by them. Default: none.
   */
  readonly maintenanceWindows?: readonly MaintenanceWindow[];
  /** Credentials for image registries, for this host. They win over the shared `registries`. Default: none. */
  readonly registries?: Registries;
  /**
   * Marks on the engine what this repository and host deployed; only that is ever pruned. Set it to the old value when the repository
   * moves to another URL, so that what runs keeps its owner.
   *
   * Default: `<host>@<repository>`, such as `helium@git.example.org/me/homelab`.
   */
  readonly instance?: string;
}

/** How often `homeport run` looks for news. */
export interface PollConfig {
  /**
   * How long after one look at the repository the next one is due, at least `"5s"`. Up to a tenth is added or taken away by chance, so
   * that several hosts do not ask at once. Default: `"60s"`.
   */
  readonly interval?: Duration;
}

/** What happens to stacks that are gone from Git. */
export interface PruneConfig {
  /** Take down stacks that are gone from Git: containers and networks go, volumes stay. Default: `true`. */
  readonly enabled?: boolean;
}

/** How long deploying may take, and how much happens at a time. */
export interface DeployConfig {
  /** How long a service may take to fulfil a `depends_on` condition. Default: `"5m"`. */
  readonly waitTimeout?: Duration;
  /** How long one image may take to be pulled. Default: `"15m"`. */
  readonly pullTimeout?: Duration;
  /** How many stacks are deployed side by side after those of the startup order, from 1 to 64. Default: 4. */
  readonly parallel?: number;
  /**
   * The release of `docker compose` that is used beside Homeport, whose `config-hash` is written to new containers and networks:
   * `"2.40"`, or `"5"` for every 5.x. What carries the other's hash counts as unchanged and is left alone. With `"5"`, files may have
   * `pre_start`. Default: `"2.40"`.
   */
  readonly composeHash?: "2.40" | "5";
  /**
   * How it is watched whether a deployment went well: `"off"`, or for how long. A stack's own `x-homeport: health_gate` and
   * `stackSettings` win over it. Default: `{ timeout: "60s", stable: "5s" }`.
   */
  readonly healthGate?: "off" | HealthGateConfig;
  /**
   * Whether a stack whose deployment fails goes back to what ran well before. A stack's own `x-homeport: rollback` and `stackSettings`
   * win over it. Default: `"on"`.
   */
  readonly rollback?: "on" | "off";
}

/** What happens when somebody changes by hand what runs. */
export interface DriftConfig {
  /**
   * `"heal"`: it is put back. `"report"`: it is told, and left. A stack's own `x-homeport: drift` and `stackSettings` win over it.
   * Default: `"heal"`.
   */
  readonly mode?: "heal" | "report";
  /** How often a stack is put back within `within`, from 1 to 100, before it is left alone and told. Default: 5. */
  readonly attempts?: number;
  /** The time in which they are counted, and after which a stack that was left alone is put back again. Default: `"10m"`. */
  readonly within?: Duration;
}

/** A time in which `homeport run` changes nothing of its own accord. */
export interface MaintenanceWindow {
  /** When it opens, as cron has it: minute, hour, day of the month, month, day of the week. `"0 18 * * 5"`: Fridays at 18:00. */
  readonly cron: string;
  /** How long it stays open, `"30d"` at most. */
  readonly duration: Duration;
  /** Such as `"Europe/Berlin"`. Default: that of the machine. */
  readonly timeZone?: string;
}

/**
 * Newer images of the tags that the Compose files name. What must stay as it is has the label `homeport.updates=off`, or is pinned by
 * its digest.
 */
export interface UpdatesConfig {
  /** When, as cron has it: minute, hour, day of the month, month, day of the week. Default: `"0 4 * * *"`, every day at 04:00. */
  readonly schedule?: string;
  /** Such as `"Europe/Berlin"`. Default: that of the machine. */
  readonly timeZone?: string;
  /** Up to so much later, by chance, so that not all hosts ask at once; `"0s"`: on time. Default: `"10m"`. */
  readonly jitter?: Duration;
  /** `"apply"`: stacks get the newer images. `"notify"`: it is told that there are some. Default: `"apply"`. */
  readonly mode?: "apply" | "notify";
  /** Stacks that are left out: names, in which `*` stands for anything. Default: none. */
  readonly exclude?: readonly string[];
}

/** How long it is remembered what was done. */
export interface JournalConfig {
  /** For how long, counted from the last time that it came; of the newest, 10,000 at most. Default: `"90d"`. */
  readonly keep?: Duration;
}

/** When images that are of no use any more are removed, and which. One that is in use, asked for or kept to go back to always stays. */
export interface CleanupConfig {
  /**
   * When `homeport run` does it, as cron writes times: minute, hour, day of the month, month, day of the week. `"off"`: never; then
   * `homeport cleanup` does it. Default: `"30 4 * * *"`, which is every night.
   */
  readonly schedule?: string;
  /** The time zone of `schedule`, such as `"Europe/Berlin"`. Default: the machine's. */
  readonly timeZone?: string;
  /**
   * `"own"`: those that the deployments of this host ran or built, as far as the journal knows. `"all"`: every image that no container
   * uses, as `docker image prune --all` does, also those of others. Default: `"own"`.
   */
  readonly images?: "own" | "all";
}

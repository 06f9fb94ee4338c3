import type { HashFlavour } from "../compose/hash.ts";
import type { StringMap } from "../compose/project.ts";
import type { Layout } from "../stacks/stack.ts";
import type { GivenSettings, StackSettings } from "../stacks/stack_settings.ts";
import type { CredentialReference, Registries, SecretReference } from "./config.ts";
import type { NotificationChannel } from "./notification.ts";
import type { SecretsProvider } from "./secrets_provider.ts";

/** A configuration that was validated, with every default filled in. Durations are milliseconds, and variables are text. */
export interface ValidConfig {
  readonly repository: {
    readonly url: string;
    readonly branch: string;
    readonly auth?: { readonly token: CredentialReference | SecretReference; readonly username: string };
  };
  readonly hosts: Readonly<Record<string, ValidHost>>;
  readonly envs: StringMap;
  readonly secrets: readonly SecretsProvider[];
  /** For all hosts; those of a host win. */
  readonly registries: Registries;
  readonly dataDir: string;
  readonly poll: { readonly interval: number };
  readonly prune: { readonly enabled: boolean };
  readonly deploy: {
    readonly waitTimeout: number;
    readonly pullTimeout: number;
    readonly parallel: number;
    readonly composeHash: HashFlavour;
    readonly healthGate: StackSettings["healthGate"];
    readonly rollback: StackSettings["rollback"];
  };
  readonly drift: {
    readonly mode: StackSettings["drift"];
    readonly attempts: number;
    readonly within: number;
  };
  /** Absent: nobody looks for newer images by himself. */
  readonly updates?: ValidUpdates;
  readonly journal: { readonly keep: number };
  readonly notifications: readonly NotificationChannel[];
  /** Without a schedule: only when it is asked for. */
  readonly cleanup: {
    readonly schedule?: string;
    readonly timeZone?: string;
    readonly images: "own" | "all";
  };
}

export interface ValidHost {
  /** Its path is clean: no `.` segments, no trailing slash. */
  readonly stacks: Layout;
  readonly startupOrder: readonly string[];
  readonly envs: StringMap;
  /** By the registry's one name, as `registryHost` gives it. */
  readonly registries: Registries;
  readonly instance: string;
  readonly stackSettings: Readonly<Record<string, GivenSettings>>;
  readonly maintenanceWindows: readonly ValidWindow[];
}

export interface ValidUpdates {
  readonly schedule: string;
  readonly timeZone?: string;
  readonly jitter: number;
  readonly mode: "apply" | "notify";
  readonly exclude: readonly string[];
}

export interface ValidWindow {
  readonly cron: string;
  readonly duration: number;
  readonly timeZone?: string;
}

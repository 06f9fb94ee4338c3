/**
 * What a `stacks.config.ts` imports: the builders of the configuration, and its types.
 *
 * The configuration says which Git repository holds the stacks, which machines there are, and where variables and secrets come from.
 * Everything but `repository.url` and one host has a default.
 *
 * @example The whole of it
 * ```ts
 * import { defineConfig, dotenvFiles, env, folder, fromEnv, fromSecrets, ntfy } from "./lib/mod.ts";
 *
 * export default defineConfig({
 *   repository: {
 *     url: "https://git.example.org/me/homelab.git",
 *     branch: "main",
 *     auth: { token: fromEnv("GIT_TOKEN") },
 *   },
 *   hosts: {
 *     helium: {
 *       stacks: folder("servers/helium"),
 *       startupOrder: ["traefik"],
 *       envs: { PUID: 1000, PGID: 1000 },
 *       stackSettings: { postgres: { rollback: "off" } },
 *       maintenanceWindows: [{ cron: "0 18 * * 5", duration: "60h", timeZone: "Europe/Berlin" }],
 *     },
 *   },
 *   envs: { TZ: "Europe/Berlin" },
 *   secrets: [env("SMTP_*", "DB_PASSWORD"), dotenvFiles("/etc/homeport/secrets.env")],
 *   registries: { "ghcr.io": { username: "me", password: fromSecrets("GHCR_TOKEN") } },
 *   dataDir: "/var/lib/homeport",
 *   poll: { interval: "60s" },
 *   prune: { enabled: true },
 *   deploy: { waitTimeout: "5m", pullTimeout: "15m", parallel: 4, healthGate: { timeout: "60s", stable: "5s" } },
 *   drift: { mode: "heal", attempts: 5, within: "10m" },
 *   updates: { schedule: "0 4 * * *", timeZone: "Europe/Berlin", mode: "apply", exclude: ["postgres"] },
 *   notifications: [ntfy({ topic: "homelab-7f3a", token: fromEnv("NTFY_TOKEN") })],
 *   journal: { keep: "90d" },
 *   cleanup: { schedule: "30 4 * * *" },
 * });
 * ```
 *
 * @example Telling people what changed
 * ```ts
 * import { defineConfig, email, folder, fromEnv, ntfy } from "./lib/mod.ts";
 *
 * export default defineConfig({
 *   repository: { url: "https://git.example.org/me/homelab.git" },
 *   hosts: { helium: { stacks: folder("servers/helium") } },
 *   notifications: [
 *     ntfy({ topic: "homelab-7f3a", token: fromEnv("NTFY_TOKEN") }),
 *     email({
 *       host: "smtp.example.org",
 *       from: "homeport@example.org",
 *       to: "me@example.org",
 *       username: "homeport@example.org",
 *       password: fromEnv("SMTP_PASSWORD"),
 *       on: ["failed", "rolled-back"],
 *     }),
 *   ],
 * });
 * ```
 *
 * @example The least
 * ```ts
 * import { defineConfig, folder } from "./lib/mod.ts";
 *
 * export default defineConfig({
 *   repository: { url: "https://git.example.org/me/homelab.git" },
 *   hosts: { helium: { stacks: folder("servers/helium") } },
 * });
 * ```
 *
 * @example Secrets from several providers, of which later ones win
 * ```ts
 * import { defineConfig, env, folder, forStacks, fromEnv, fromSecrets, infisical, sops } from "./lib/mod.ts";
 *
 * export default defineConfig({
 *   repository: { url: "https://git.example.org/me/homelab.git", auth: { token: fromSecrets("GIT_TOKEN") } },
 *   hosts: { helium: { stacks: folder("servers/helium") } },
 *   secrets: [
 *     sops(), // encrypted files beside the stacks
 *     infisical({
 *       clientId: fromEnv("INFISICAL_CLIENT_ID"),
 *       clientSecret: fromEnv("INFISICAL_CLIENT_SECRET"),
 *       project: "homelab-x1-y2",
 *       environment: "prod",
 *     }),
 *     forStacks(["mail"], env("SMTP_*")),
 *   ],
 * });
 * ```
 *
 * The stacks themselves are Compose files as `docker compose` reads them:
 * https://github.com/compose-spec/compose-spec/blob/main/spec.md
 *
 * @module
 */
export { defineConfig } from "./config/define_config.ts";
export { folder, fromEnv, fromFile, fromSecrets } from "./config/references.ts";
export { discord } from "./notify/discord.ts";
export { email } from "./notify/email.ts";
export { gotify } from "./notify/gotify.ts";
export { ntfy } from "./notify/ntfy.ts";
export { slack } from "./notify/slack.ts";
export { telegram } from "./notify/telegram.ts";
export { webhook } from "./notify/webhook.ts";
export { bitwarden } from "./secrets/bitwarden.ts";
export { dotenvFiles } from "./secrets/dotenv_files.ts";
export { env } from "./secrets/env.ts";
export { forStacks } from "./secrets/for_stacks.ts";
export { infisical } from "./secrets/infisical.ts";
export { secretFiles } from "./secrets/secret_files.ts";
export { sops } from "./secrets/sops.ts";
export { withOfflineCache } from "./secrets/with_offline_cache.ts";

export type {
  CleanupConfig,
  Config,
  CredentialReference,
  DeployConfig,
  DriftConfig,
  Duration,
  Envs,
  GivenSettings,
  HealthGateConfig,
  HostConfig,
  JournalConfig,
  MaintenanceWindow,
  PollConfig,
  PruneConfig,
  Registries,
  RegistryConfig,
  RegistryCredential,
  RepositoryAuth,
  RepositoryConfig,
  SecretReference,
  UpdatesConfig,
} from "./config/config.ts";
export type {
  ChangeKind,
  ChannelContext,
  ChannelCredential,
  ChannelFilter,
  HostNews,
  HostPart,
  News,
  Notification,
  NotificationChannel,
  StackChange,
  StackNews,
} from "./config/notification.ts";
export type { DiscordOptions } from "./notify/discord.ts";
export type { EmailOptions } from "./notify/email.ts";
export type { GotifyOptions } from "./notify/gotify.ts";
export type { NtfyOptions } from "./notify/ntfy.ts";
export type { SlackOptions } from "./notify/slack.ts";
export type { TelegramOptions } from "./notify/telegram.ts";
export type { WebhookHeaders, WebhookMessage, WebhookOptions } from "./notify/webhook.ts";
export type { BitwardenOptions, BitwardenServer } from "./secrets/bitwarden.ts";
export type { SecretsProvider } from "./config/secrets_provider.ts";
export type { InfisicalOptions } from "./secrets/infisical.ts";
export type { SopsOptions } from "./secrets/sops.ts";
export type { FolderLayout, Layout } from "./stacks/stack.ts";

/**
 * What runs where. Change the URL and the host to yours, then run `deno task check`.
 * Your editor explains every key; `lib/mod.ts` has all of them.
 */
import { defineConfig, folder } from "./lib/mod.ts";

export default defineConfig({
  repository: {
    // Where the stacks are in Git: https://, file:// or an absolute path.
    url: "https://git.example.org/me/homelab.git",
    branch: "main",
    // A private repository wants a token. It is looked up when it is needed, and never stands here
    // (import fromEnv above, as every name from lib/mod.ts that you use):
    // auth: { token: fromEnv("GIT_TOKEN") },
  },

  hosts: {
    // The machine's hostname. Its stacks are the folders in servers/helium: servers/helium/traefik/compose.yml, ...
    helium: {
      stacks: folder("servers/helium"),
      // Deployed first, one after the other; the others follow side by side:
      // startupOrder: ["traefik"],
      // Variables for this host's stacks:
      // envs: { PUID: 1000, PGID: 1000 },
    },
  },

  // Variables for the stacks of all hosts.
  envs: { TZ: "Europe/Berlin" },
  // Secret variables; of several providers that have a name, the last one wins. See "Secrets" in README.md.
  // secrets: [
  //   env("SMTP_*", "DB_PASSWORD"), // of Homeport's own process
  //   dotenvFiles("/etc/homeport/secrets.env"), // a file on the host
  //   secretFiles("/run/secrets"), // a folder on the host: every file is one secret
  //   sops(), // *.secret.env and *.secret.yaml beside a stack, encrypted; the key is age.key in dataDir
  //   infisical({
  //     server: "https://infisical.example.org",
  //     clientId: fromEnv("INFISICAL_CLIENT_ID"),
  //     clientSecret: fromEnv("INFISICAL_CLIENT_SECRET"),
  //     project: "homelab-x1-y2",
  //     environment: "prod",
  //   }),
  //   bitwarden({ accessToken: fromFile("/etc/homeport/bitwarden-token"), project: "homelab" }),
  //   forStacks(["immich"], dotenvFiles("/etc/homeport/immich.env")), // for this stack alone
  //   withOfflineCache(secretFiles("/mnt/nas/secrets"), { maxAge: "12h" }), // also while it is away
  // ],
  // Who is told what changed; `homeport notify --test` tries it. See "Notifications" in README.md.
  // notifications: [ntfy({ topic: "homelab-7f3a" })],
  // Private registries. Where there is none, what `docker login` left on the host counts:
  // registries: { "ghcr.io": { username: "me", password: fromEnv("GHCR_TOKEN") } },
});

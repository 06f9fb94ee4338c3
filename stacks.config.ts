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
  // Secret variables, from Homeport's own environment and from files on the host. Later ones win.
  // secrets: [env("SMTP_*", "DB_PASSWORD"), dotenvFiles("/etc/homeport/secrets.env")],
  // Private registries. Where there is none, what `docker login` left on the host counts:
  // registries: { "ghcr.io": { username: "me", password: fromEnv("GHCR_TOKEN") } },
});

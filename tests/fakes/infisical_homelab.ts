import type { StoredProject } from "./infisical_store.ts";

export const IDENTITY = { clientId: "identity-of-helium", clientSecret: "hunter2-hunter2" };

/** A project with everything that Infisical knows in folders: references, imports of imports, subfolders, overrides, permissions. */
export const HOMELAB: StoredProject = {
  id: "5f0c1f5e-2f4c-4a7e-9d0a-0d6d2f1c7b11",
  slug: "homelab-x1-y2",
  environments: {
    prod: {
      "/": {
        secrets: {
          DB_USER: "app",
          DB_URL: "postgres://${DB_USER}@${prod.shared.DB_HOST}/main",
          TZ: "Europe/Berlin",
        },
        personal: { TZ: "Asia/Tokyo" },
      },
      "/shared": {
        secrets: { DB_HOST: "db.internal" },
        imports: [{ environment: "prod", path: "/mail" }],
      },
      "/mail": { secrets: { SMTP_PASSWORD: "mail-123456" } },
      "/media": {
        secrets: { PLEX_CLAIM: "claim-123456" },
        imports: [{ environment: "prod", path: "/shared" }],
      },
      "/media/sonarr": { secrets: { SONARR_KEY: "sonarr-123456" } },
      "/forbidden": { secrets: { A: "1" }, access: "none" },
      "/names": { secrets: { LOCKED: "hunter2-locked" }, access: "names" },
    },
  },
};

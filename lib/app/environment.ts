/** What Homeport takes of the process that it runs in. */
import type { EngineEnvironment } from "../engine/environment.ts";

/** Only what is named here is read. `HOME` also for `~` in Compose files. */
export type ProcessEnvironment = EngineEnvironment;

export function processEnvironment(): ProcessEnvironment {
  const names = ["DOCKER_HOST", "DOCKER_TLS_VERIFY", "DOCKER_CERT_PATH", "DOCKER_CONFIG", "HOME"] as const;
  return Object.fromEntries(names.map((name) => [name, Deno.env.get(name)]));
}

export function homeDir({ HOME }: ProcessEnvironment): { readonly homeDir?: string } {
  return HOME === undefined || HOME === "" ? {} : { homeDir: HOME };
}

/** Where the Docker Engine and the logins to registries are, as the environment says for the `docker` program, too. */
import { ConfigurationError } from "../errors.ts";
import type { TlsFiles } from "./address.ts";
import { connectEngine, type ConnectOptions, type DockerEngine } from "./client.ts";

export interface EngineEnvironment {
  readonly DOCKER_HOST?: string | undefined;
  readonly DOCKER_TLS_VERIFY?: string | undefined;
  readonly DOCKER_CERT_PATH?: string | undefined;
  readonly DOCKER_CONFIG?: string | undefined;
  readonly HOME?: string | undefined;
}

export async function connectByEnvironment(
  environment: EngineEnvironment,
  options: Pick<ConnectOptions, "credentialsFor"> = {},
): Promise<DockerEngine> {
  const { DOCKER_HOST, DOCKER_CONFIG, HOME } = environment;
  return connectEngine({
    ...options,
    dockerHost: DOCKER_HOST,
    tls: await readTlsFiles(environment),
    dockerConfig: DOCKER_CONFIG || (HOME ? `${HOME}/.docker` : undefined),
  });
}

async function readTlsFiles(
  { DOCKER_TLS_VERIFY, DOCKER_CERT_PATH }: EngineEnvironment,
): Promise<TlsFiles | undefined> {
  if (!DOCKER_TLS_VERIFY || !DOCKER_CERT_PATH) return undefined;
  const read = async (name: string): Promise<string> => {
    const path = `${DOCKER_CERT_PATH}/${name}`;
    try {
      return await Deno.readTextFile(path);
    } catch (cause) {
      const hint = "put the client's certificates there, or unset DOCKER_TLS_VERIFY";
      throw new ConfigurationError(`cannot read ${path}, which DOCKER_CERT_PATH wants`, { hint, cause });
    }
  };
  const [ca, cert, key] = await Promise.all([read("ca.pem"), read("cert.pem"), read("key.pem")]);
  return { ca, cert, key };
}

/** What the secrets providers give to one pass. */
import type { ValidConfig } from "../config/valid_config.ts";
import type { CredentialReference, SecretReference } from "../config/config.ts";
import { HomeportError } from "../errors.ts";
import type { Redactor, Secret } from "../secret.ts";
import type { Snapshot } from "../reconcile/ports.ts";
import { type Answer, askProviders } from "../secrets/ask_providers.ts";
import { gather, type GatheredVariables } from "../secrets/gather_variables.ts";
import { getCredential, type SecretSources } from "../secrets/get_credential.ts";
import { makeFingerprint } from "../secrets/host_key.ts";
import type { RepositoryFiles } from "../secrets/open_files.ts";
import { findRegistryCredentials, type RegistryCredentials } from "../secrets/registry_credentials.ts";
import { findStacks } from "../stacks/find_stacks.ts";
import { openedValues } from "../stacks/opened_values.ts";
import type { Files } from "../stacks/stack.ts";
import type { GivenSecrets } from "../stacks/variables.ts";
import { getHost } from "./get_host.ts";

export class PassSecrets {
  readonly #config: ValidConfig;
  readonly #host: string;
  readonly #signal: AbortSignal;
  #answers: Promise<readonly Answer[]> | undefined;

  constructor(config: ValidConfig, host: string, signal: AbortSignal) {
    this.#config = config;
    this.#host = host;
    this.#signal = signal;
  }

  /** For the stacks of a snapshot. */
  async ofSnapshot(
    { folder: root, tracked }: Pick<Snapshot, "folder" | "tracked">,
    files: Files,
  ): Promise<GivenSecrets & GatheredVariables> {
    const { secrets, dataDir } = this.#config;
    const opens = secrets.some(({ inRepository }) => inRepository !== undefined);
    const gathered = await gather(await this.#ask(), {
      signal: this.#signal,
      dataDir,
      ...(opens && { repository: this.#filesOf(root, tracked, files) }),
    });
    return { ...gathered, fingerprint: makeFingerprint(dataDir) };
  }

  /** What the configuration has for a registry. `redactor` learns it before anybody else does. */
  async credentialsFor(registry: string, redactor: Redactor): Promise<RegistryCredentials | undefined> {
    const registries = { ...this.#config.registries, ...getHost(this.#config, this.#host).registries };
    return await findRegistryCredentials(registry, { registries, ...this.#sourcesFor(redactor) });
  }

  /** For Homeport's own use, such as a notification. `redactor` learns it before anybody else does. */
  async credential(reference: CredentialReference | SecretReference, redactor: Redactor): Promise<Secret> {
    return await getCredential(reference, this.#sourcesFor(redactor));
  }

  /** Also from the providers, which are then asked before the repository is there. */
  async repositoryToken(
    reference: CredentialReference | SecretReference,
    redactor: Redactor,
  ): Promise<Secret> {
    try {
      return await getCredential(reference, this.#sourcesFor(redactor));
    } catch (error) {
      if (!(error instanceof HomeportError)) throw error;
      const { message, hint, location, consequence, exitCode, cause } = error;
      const details = { hint, location, consequence, exitCode, cause, path: "repository.auth.token" };
      throw new HomeportError(`Cannot log in to the repository: ${message}`, details);
    }
  }

  #sourcesFor(redactor: Redactor): SecretSources {
    return {
      secrets: async () =>
        await gather(await this.#ask(), { signal: this.#signal, dataDir: this.#config.dataDir }),
      onSecret: (value) => redactor.add([value]),
    };
  }

  /** Every pass asks the providers, and asks them once. */
  #ask(): Promise<readonly Answer[]> {
    const { secrets, dataDir } = this.#config;
    return this.#answers ??= askProviders(secrets, { signal: this.#signal, dataDir, now: new Date() });
  }

  /** Those of other hosts' stacks are none of this host's. */
  #filesOf(root: string, tracked: Snapshot["tracked"], files: Files): RepositoryFiles {
    const { hosts } = this.#config;
    const layout = getHost(this.#config, this.#host).stacks;
    const others = Object.values(hosts).map(({ stacks }) => stacks.path).filter((path) =>
      path !== layout.path
    );
    const isOfOther = (path: string) => others.some((other) => path.startsWith(`${root}/${other}/`));
    return {
      root,
      paths: tracked.filesBelow(root).map(({ path }) => path).filter((path) => !isOfOther(path)),
      stacks: findStacks(layout, root, files).stacks,
      read: (path) => files.read(path),
    };
  }
}

/** Nothing that is printed from now on holds one of these. */
export function hideSecrets(redactor: Redactor, { variables, ofStack, files }: GatheredVariables): void {
  for (const each of [variables, ...Object.values(ofStack)]) redactor.add(Object.values(each));
  redactor.add(openedValues([...files.keys()], files));
}

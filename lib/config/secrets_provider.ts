import type { StringMap } from "../compose/project.ts";
import type { HomeportError } from "../errors.ts";

/** Gives variables to stacks. With several providers, later ones win. */
export interface SecretsProvider {
  /** Names it in errors, such as `the environment` or `dotenv file /etc/homeport/secrets.env`. */
  readonly label: string;
  /** Every variable that the provider grants. Called once a pass. Throws a HomeportError when they cannot be had. */
  variables(context: ProviderContext): Promise<StringMap>;
  /**
   * Whether the provider can have a variable of this name, without being asked for its value. `"unknown"`: that cannot be told here,
   * such as on a machine that lacks the provider's file. `check` reports a variable that no provider may have; a deployment stops
   * a stack when a provider should have had one of its variables and did not.
   */
  mayProvide(name: string): boolean | "unknown";
  /** Names of the stacks that may have its variables. Default: all. */
  readonly stacks?: readonly string[];
  /**
   * How old values may be, in milliseconds, that are used while the provider cannot be asked. They are kept in the data folder, encrypted.
   * Default: none are kept.
   */
  readonly maxAgeOffline?: number;
  /** Secrets that lie encrypted in the repository. Default: none. */
  readonly inRepository?: (context: ProviderContext) => Promise<EncryptedFiles>;
  /** What a person should know of the last reading and is no error. */
  readonly warnings?: () => readonly string[];
  /** What is wrong with the arguments that the provider was made from. The validation of the configuration reports it. */
  readonly faults?: readonly { readonly message: string; readonly hint: string }[];
}

/** What a provider may need of the host. */
export interface ProviderContext {
  /** Homeport's data folder, where a key may lie. */
  readonly dataDir: string;
  /** Ends the pass. */
  readonly signal: AbortSignal;
}

/**
 * Files of the repository that a provider opens in memory. What a stack reads of such a file, and what is mounted of it as a config or
 * secret, is its plain content; nothing of that is written to the disk. Paths are relative to the repository, `/`-separated.
 */
export interface EncryptedFiles {
  /** Whether the file is this provider's to open. */
  covers(path: string, read: () => Uint8Array): boolean;
  /**
   * Names of the variables that the file gives to the stack in whose folder it lies; none where it is only there to be read. Needs no key.
   * Throws a HomeportError when the file is not encrypted.
   */
  namesIn(path: string, content: Uint8Array): readonly string[];
  /** Decrypts a file. Throws a HomeportError when that cannot be done; the stacks that need the file wait. */
  open(path: string, content: Uint8Array): Promise<OpenedFile>;
  /** What lies in clear and should not, of these files and of those that say so. `check` refuses it. Default: nothing. */
  findUnencrypted?(
    paths: readonly string[],
    read: (path: string) => Uint8Array | undefined,
  ): readonly HomeportError[];
}

/** A decrypted file. */
export interface OpenedFile {
  /** The file as it was before it was encrypted. */
  readonly content: Uint8Array;
  /** What the file gives to the stack in whose folder it lies: those of {@linkcode EncryptedFiles.namesIn}, with their values. */
  readonly variables: StringMap;
}

import type { Location } from "../errors.ts";
import type { Locate } from "../compose/locate.ts";
import type { Project, StringMap } from "../compose/project.ts";
import type { StackSettings } from "./stack_settings.ts";

/** A stack that the host should run: loaded, and hashed together with the files that it uses. */
export interface DesiredStack {
  /** The stack's folder name. */
  readonly name: string;
  readonly project: Project;
  /** SHA-256 over the resolved project and over the content of every file of the repository that it uses. */
  readonly stackHash: string;
  /** Per service: what it mounts from the repository. Services without such files are absent. */
  readonly serviceFiles: Readonly<Record<string, ServiceFiles>>;
  /** Found when first asked for: it takes further loads. Absent where the stack's files name no secret. */
  readonly secretPrints?: () => SecretPrints;
  /** Where a path of the project is written, relative to the repository. Absent: that is not known. */
  readonly locate?: Locate;
  /** Per service with `build`. */
  readonly builds?: Readonly<Record<string, ServiceBuild>>;
  /** Absent: the defaults; see `settingsOf`. */
  readonly settings?: StackSettings;
}

export interface ServiceBuild {
  /** SHA-256 over the build's definition and the files of the repository that the builder sees. */
  readonly hash: string;
  /** Services whose images the build takes; sorted. */
  readonly needs: readonly string[];
}

/** By service: the names of the secrets that go into it, each with a keyed fingerprint of its value. */
export type SecretPrints = Readonly<Record<string, StringMap>>;

export interface ServiceFiles {
  /** SHA-256 over the paths and contents of the files, folders, configs and secrets that the service mounts. */
  readonly hash: string;
  /** When the newest of them last changed on disk, in seconds since 1970. For containers that carry no hash of ours. */
  readonly modified: number;
}

/** A stack that could not be loaded. It is left as it runs, and never pruned. */
export interface BrokenStack {
  readonly name: string;
  readonly error: Error;
  /** Nothing is wrong with its files: it can be deployed once the secrets that it needs are there. */
  readonly waitsFor?: "secrets";
}

/** Something that a person should know about a stack and that does not stop it. */
export interface StackWarning {
  /** The host's name where it concerns all of its stacks. */
  readonly stack: string;
  readonly message: string;
  readonly location?: Location;
}

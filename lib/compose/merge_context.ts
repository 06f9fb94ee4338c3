import type { Location } from "../errors.ts";
import type { ExtendedFile } from "./extended_file.ts";
import type { Files } from "./files.ts";
import type { LayContext } from "./lay_document.ts";

/** What it takes to make one model of several files. A file that is included has a context of its own. */
export interface MergeContext extends LayContext {
  readonly variables: ReadonlyMap<string, string>;
  readonly onUnset: (name: string, location: Location | undefined) => void;
  readonly files: Files;
  readonly homeDir: string | undefined;
  /** Absolute paths of the files that were read. */
  readonly usedFiles: string[];
  /** Absolute: where `docker compose` is called. */
  readonly callFolder: string;
  /** Absolute: where the files are searched that `include` and `extends` name. */
  readonly searchFolder: string;
  /** What the model's own paths begin from: absolute, or relative to the folder of the including file. */
  readonly workingDir: string;
  /** Absolute paths of the files that include this one, the outermost first. */
  readonly includedBy: readonly string[];
  /** Counts the included models, so that a few small files cannot grow without end. */
  readonly included: { count: number };
  /** Files that services are extended from, as far as they were read; by their written path. */
  readonly extended: Map<string, ExtendedFile>;
}

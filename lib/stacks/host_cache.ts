/**
 * The last load of a host, for as long as what it was made from stays the same: most passes find nothing new, and loading is most of what
 * they would do. For one host of one configuration.
 */
import type { StringMap } from "../compose/project.ts";
import { AskedFiles, sameBytes } from "./asked_files.ts";
import { type HostInput, type LoadedHost, loadHost } from "./load_host.ts";
import type { GivenSecrets } from "./variables.ts";

export class HostCache {
  #last: Load | undefined;

  /** @throws {ConfigurationError} as `loadHost` does. */
  load(input: HostInput): LoadedHost {
    const { files, tracked, secrets } = input;
    const last = this.#last;
    if (last !== undefined && isSame(last, secrets) && last.asked.answerAlike(files, tracked)) {
      return last.loaded;
    }
    this.#last = undefined;
    const asked = new AskedFiles(files, tracked);
    const loaded = loadHost({ ...input, files: asked.files, tracked: asked.tracked });
    if (isWhole(secrets, loaded)) this.#last = { asked, secrets, loaded };
    return loaded;
  }
}

interface Load {
  readonly asked: AskedFiles;
  readonly secrets: GivenSecrets;
  readonly loaded: LoadedHost;
}

/** What the providers may have is as it was, where each of them says what it has: they are those of the configuration. */
function isSame({ secrets, loaded }: Load, now: GivenSecrets): boolean {
  return isWhole(now, loaded) && sameStrings(secrets.variables, now.variables) &&
    sameEntries(secrets.ofStack ?? {}, now.ofStack ?? {}, sameStrings) &&
    sameEntries(filesOf(secrets), filesOf(now), sameContent) &&
    sameEntries({ ...secrets.warnings }, { ...now.warnings }, Object.is);
}

/** Every provider answered, and opened what it should. */
function isWhole(given: GivenSecrets, { stacks, broken }: LoadedHost): boolean {
  const names = [...stacks, ...broken].map(({ name }) => name);
  return given.sources.every(({ stale, ...source }) =>
    stale === undefined && !names.some((name) => source.error?.(name))
  ) && !Object.values(filesOf(given)).some((content) => content instanceof Error);
}

function filesOf({ files = new Map() }: GivenSecrets): Readonly<Record<string, Uint8Array | Error>> {
  return Object.fromEntries(files);
}

function sameStrings(one: StringMap, other: StringMap): boolean {
  return sameEntries(one, other, Object.is);
}

function sameContent(one: Uint8Array | Error, other: Uint8Array | Error): boolean {
  return one instanceof Uint8Array && other instanceof Uint8Array && sameBytes(one, other);
}

function sameEntries<Value>(
  one: Readonly<Record<string, Value>>,
  other: Readonly<Record<string, Value>>,
  same: (one: Value, other: Value) => boolean,
): boolean {
  const names = Object.keys(one);
  return names.length === Object.keys(other).length &&
    names.every((name) => Object.hasOwn(other, name) && same(one[name]!, other[name]!));
}

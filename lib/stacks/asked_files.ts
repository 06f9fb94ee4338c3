/** What somebody asked of the files of a checkout, and was told: as long as the answers stay the same, so does what was made of them. */
import type { Files } from "./stack.ts";
import type { TrackedFile, TrackedFiles } from "./tracked_files.ts";

export class AskedFiles {
  readonly files: Files;
  readonly tracked: TrackedFiles;
  readonly #read = new Answers<Uint8Array | undefined>(sameBytes);
  readonly #kind = new Answers<ReturnType<Files["kind"]>>(Object.is);
  readonly #list = new Answers<readonly string[]>((one, other) => sameItems(one, other, Object.is));
  readonly #below = new Answers<readonly TrackedFile[]>((one, other) => sameItems(one, other, sameFile));

  constructor(files: Files, tracked: TrackedFiles) {
    this.files = {
      read: (path) => this.#read.keep(path, () => files.read(path)),
      kind: (path) => this.#kind.keep(path, () => files.kind(path)),
      list: (path) => this.#list.keep(path, () => files.list(path)),
    };
    this.tracked = { filesBelow: (path) => this.#below.keep(path, () => tracked.filesBelow(path)) };
  }

  /** Asks everything again. */
  answerAlike(files: Files, tracked: TrackedFiles): boolean {
    return this.#list.stay((path) => files.list(path)) && this.#kind.stay((path) => files.kind(path)) &&
      this.#read.stay((path) => files.read(path)) && this.#below.stay((path) => tracked.filesBelow(path));
  }
}

/** By path. Who asks twice gets the first answer. */
class Answers<Answer> {
  readonly #known = new Map<string, { readonly answer: Answer } | { readonly refusal: unknown }>();
  readonly #same: (one: Answer, other: Answer) => boolean;

  constructor(same: (one: Answer, other: Answer) => boolean) {
    this.#same = same;
  }

  keep(path: string, ask: () => Answer): Answer {
    const known = this.#known.get(path);
    if (known !== undefined) {
      if ("refusal" in known) throw known.refusal;
      return known.answer;
    }
    try {
      const answer = ask();
      this.#known.set(path, { answer });
      return answer;
    } catch (refusal) {
      this.#known.set(path, { refusal });
      throw refusal;
    }
  }

  /** What was refused may be refused for another reason by now: nothing can be said of it. */
  stay(ask: (path: string) => Answer): boolean {
    try {
      return [...this.#known].every(([path, known]) =>
        "answer" in known && this.#same(known.answer, ask(path))
      );
    } catch {
      return false;
    }
  }
}

export function sameBytes(one: Uint8Array | undefined, other: Uint8Array | undefined): boolean {
  return one === other ||
    (one !== undefined && other !== undefined && one.length === other.length &&
      one.every((byte, at) => byte === other[at]));
}

function sameItems<Item>(
  one: readonly Item[],
  other: readonly Item[],
  same: (one: Item, other: Item) => boolean,
): boolean {
  return one.length === other.length && one.every((item, at) => same(item, other[at]!));
}

function sameFile(one: TrackedFile, other: TrackedFile): boolean {
  return one.path === other.path && one.oid === other.oid && one.mode === other.mode &&
    one.modified === other.modified;
}

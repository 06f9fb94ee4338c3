/** Compares what is with what was told. */
import type {
  ChangeKind,
  Changes,
  HostPart,
  StackChange,
  Told,
  ToldStatus,
  ToldSubject,
} from "./stack_change.ts";

export type About = { readonly stack: string } | { readonly about: HostPart };
export type Words = About & {
  readonly commit?: string;
  readonly message: string;
  readonly details?: readonly string[];
};

export class Teller {
  readonly #changes: StackChange[] = [];
  readonly #status: Map<string, ToldStatus>;

  constructor(told: Told) {
    this.#status = new Map(Object.entries(told));
  }

  isTold(subject: ToldSubject): boolean {
    return this.#status.has(subject);
  }

  say(change: StackChange): void {
    this.#changes.push(change);
  }

  /** It is told unless it was. What was rolled back is held from then on: that is no news. */
  ill(words: Words, status: ToldStatus): void {
    const subject = subjectOf(words);
    const known = this.#status.get(subject);
    if (known?.state === "rolled-back" && status.state === "held") return;
    if (known !== undefined && known.state === status.state && known.of === status.of) return;
    this.#status.set(subject, status);
    this.say({ kind: KINDS[status.state], ...words });
  }

  /** `true`: it was told that it was not, and that it is now. */
  well(words: Words): boolean {
    const isNews = this.#status.delete(subjectOf(words));
    if (isNews) this.say({ kind: "recovered", ...words });
    return isNews;
  }

  /** A newer image, told once for each that comes. */
  update(words: Words & { readonly stack: string }, reference: string, digest: string): void {
    const subject: ToldSubject = `update ${words.stack} ${reference}`;
    if (this.#status.get(subject)?.of === digest) return;
    this.#status.set(subject, { state: "update-available", of: digest });
    this.say({ kind: "update-available", ...words });
  }

  /** What registries have no more is news again when it comes again. */
  keepUpdates(subjects: ReadonlySet<string>): void {
    for (const subject of this.#status.keys()) {
      if (subject.startsWith("update ") && !subjects.has(subject)) this.#status.delete(subject);
    }
  }

  forget(subject: ToldSubject): void {
    this.#status.delete(subject);
  }

  /** Stacks that are not named are gone. */
  keepStacks(names: ReadonlySet<string>): void {
    for (const subject of this.#status.keys()) {
      if (subject.startsWith("stack ") && !names.has(subject.slice("stack ".length))) {
        this.#status.delete(subject);
      }
    }
  }

  end(): Changes {
    return { changes: this.#changes, status: Object.fromEntries(this.#status) };
  }
}

const KINDS: Readonly<Record<ToldStatus["state"], ChangeKind>> = {
  "update-available": "update-available",
  failed: "failed",
  broken: "failed",
  waiting: "failed",
  "rolled-back": "rolled-back",
  held: "held",
};

function subjectOf(words: Words): ToldSubject {
  return "stack" in words ? `stack ${words.stack}` : words.about;
}

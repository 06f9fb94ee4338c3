/**
 * Answers of the engine that hold until it tells otherwise. What cannot be known to hold is asked anew: nothing is kept while nobody
 * follows the engine's events, nothing from before they were followed, and nothing that was asked while it might have changed.
 */
import type { EventMessage } from "./events.ts";

/** What an answer is about, and what makes it void. */
export type Topic = "container" | "network" | "volume" | "image";

/** The engine may be changed behind its own back: no answer is relied on for longer, in milliseconds. */
const LONGEST = 60 * 60_000;

interface Answer {
  readonly topic: Topic;
  readonly at: number;
  readonly value: unknown;
}

export class KnownAnswers {
  readonly #now: () => number;
  readonly #answers = new Map<string, Answer>();
  /** Counts what may have changed what is asked at the same time. */
  readonly #changes: Record<Topic, number> = { container: 0, network: 0, volume: 0, image: 0 };
  #isFollowed = false;
  #operations = 0;

  /** `now`: milliseconds that only ever grow. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** What is known, or else what `ask` gives. `key` tells questions about one topic from each other. */
  async get<T>(topic: Topic, key: string, ask: () => Promise<T>): Promise<T> {
    const id = `${topic} ${key}`;
    const known = this.#answers.get(id);
    if (known !== undefined && this.#now() - known.at < LONGEST) return known.value as T;
    const at = this.#now();
    const changes = this.#changes[topic];
    const value = await ask();
    const holds = this.#isFollowed && this.#operations === 0 && changes === this.#changes[topic];
    if (holds) this.#answers.set(id, { topic, at, value });
    return value;
  }

  /** From here on every event is heard. */
  followed(): void {
    this.forget();
    this.#isFollowed = true;
  }

  /** Events may be missed. */
  lost(): void {
    this.#isFollowed = false;
    this.forget();
  }

  hear({ Type: type }: Pick<EventMessage, "Type">): void {
    if (isTopic(type)) this.#forget(type);
  }

  /** An operation's events come some time after it: until then, and while it goes on, nothing is known. */
  async during<T>(operation: () => Promise<T>): Promise<T> {
    this.#operations++;
    this.forget();
    try {
      return await operation();
    } finally {
      this.#operations--;
      this.forget();
    }
  }

  forget(): void {
    for (const topic of TOPICS) this.#forget(topic);
  }

  #forget(topic: Topic): void {
    this.#changes[topic]++;
    for (const [id, answer] of this.#answers) if (answer.topic === topic) this.#answers.delete(id);
  }
}

const TOPICS: readonly Topic[] = ["container", "network", "volume", "image"];

function isTopic(type: string): type is Topic {
  return (TOPICS as readonly string[]).includes(type);
}

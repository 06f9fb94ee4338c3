/** Sends to every channel what it is to be told, one message after the other, beside the passes. */
import type { ChannelCredential, Notification, NotificationChannel } from "../config/notification.ts";
import { HomeportError, messageOf } from "../errors.ts";
import { type Pace, retry } from "../http/retry.ts";
import type { ChannelTest, Notifier as NotifierPort } from "../reconcile/ports.ts";
import type { StackChange } from "../reconcile/news/stack_change.ts";
import { makeNotification, makeTestNotification, pick } from "./make_notification.ts";

export interface NotifierOptions {
  readonly host: string;
  readonly channels: readonly NotificationChannel[];
  readonly credential: (reference: ChannelCredential) => Promise<string>;
  /** Masks secrets in what is sent, and in warnings. */
  readonly redact: (text: string) => string;
  readonly now: () => Date;
  /** Told what a person should know. It must not throw. */
  readonly onWarning: (message: string) => void;
  readonly pace?: Omit<Pace, "timeout">;
}

const PACE: Omit<Pace, "timeout"> = { tries: 3, firstWait: 1000, within: 90_000 };
const TIMEOUT = 10_000;
/** A channel that is away for long is not to be told everything at once when it is back. */
const MOST_WAITING = 20;

export class Notifier implements NotifierPort {
  readonly #options: NotifierOptions;
  readonly #queues: readonly Queue[];
  readonly #end = new AbortController();

  constructor(options: NotifierOptions) {
    this.#options = options;
    this.#queues = options.channels.map((channel) => ({ channel, waiting: [], running: undefined }));
  }

  /** Never throws, and waits for nothing. */
  send(changes: readonly StackChange[]): void {
    const { host, redact, now } = this.#options;
    for (const queue of this.#queues) {
      const picked = pick(changes, queue.channel);
      if (picked.length === 0) continue;
      queue.waiting.push(makeNotification(picked, { host, redact, now: now() }));
      if (queue.waiting.length > MOST_WAITING) {
        const dropped = queue.waiting.shift()!;
        this.#warn(queue.channel, `too many wait; left out: ${dropped.title}`);
      }
      queue.running ??= this.#work(queue);
    }
  }

  /** Waits for what is under way, so many milliseconds at most; what is not sent then is a warning. */
  async close(limit: number): Promise<void> {
    const timer = setTimeout(() => {
      const reason = new HomeportError("there was no time left");
      this.#end.abort(reason);
    }, limit);
    await Promise.all(this.#queues.map(({ running }) => running));
    clearTimeout(timer);
  }

  /** Sends a test message to every channel, and tries once. */
  async test(signal: AbortSignal): Promise<readonly ChannelTest[]> {
    const { channels, host, now, redact } = this.#options;
    const notification = makeTestNotification({ host, now: now() });
    return await Promise.all(channels.map(async (channel): Promise<ChannelTest> => {
      try {
        await this.#deliver(channel, notification, AbortSignal.any([signal, this.#end.signal]), 1);
        return { channel: channel.label };
      } catch (error) {
        signal.throwIfAborted();
        const { message, hint } = asHomeportError(error);
        return {
          channel: channel.label,
          error: new HomeportError(redact(message), { hint: hint === undefined ? undefined : redact(hint) }),
        };
      }
    }));
  }

  async #work(queue: Queue): Promise<void> {
    for (let next = queue.waiting.shift(); next !== undefined; next = queue.waiting.shift()) {
      try {
        await this.#deliver(queue.channel, next, this.#end.signal);
      } catch (error) {
        this.#warn(queue.channel, describe(error));
      }
    }
    queue.running = undefined;
  }

  async #deliver(
    channel: NotificationChannel,
    notification: Notification,
    signal: AbortSignal,
    tries = (this.#options.pace ?? PACE).tries,
  ): Promise<void> {
    const known = new Map<string, Promise<string>>();
    const credential = (reference: ChannelCredential) => {
      const key = JSON.stringify(reference);
      const value = known.get(key) ?? this.#options.credential(reference);
      known.set(key, value);
      return value;
    };
    const pace = { ...this.#options.pace ?? PACE, tries, timeout: channel.timeout ?? TIMEOUT };
    await retry(
      channel.label,
      (each) => channel.send(notification, { credential, signal: each }),
      signal,
      pace,
    );
  }

  #warn({ label }: NotificationChannel, message: string): void {
    this.#options.onWarning(this.#options.redact(`notification by ${label} failed: ${message}`));
  }
}

interface Queue {
  readonly channel: NotificationChannel;
  readonly waiting: Notification[];
  running: Promise<void> | undefined;
}

function asHomeportError(error: unknown): HomeportError {
  if (error instanceof HomeportError) return error;
  return new HomeportError(messageOf(error));
}

/** What is over with the next try needs no advice. */
function describe(error: unknown): string {
  const { message, hint, consequence } = asHomeportError(error);
  return hint === undefined || consequence === "retry" ? message : `${message} (${hint})`;
}

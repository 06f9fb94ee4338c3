/** Pass after pass, never two at a time: when it is time, when the engine tells of drift, and when somebody asks. */
import { asError } from "../../errors.ts";
import type { EngineEvent } from "../../plan/engine_event.ts";
import { Drift } from "./drift.ts";
import { ToldEvents } from "./describe_event.ts";
import { followEngine } from "./follow_engine.ts";
import { linkedSignal } from "../../linked_signal.ts";
import type { LoopEvent } from "./loop_events.ts";
import { LoopPasses } from "./loop_pass.ts";
import { OwnEvents } from "./own_events.ts";
import type { PassDependencies } from "../pass.ts";
import type { OpenWindow } from "./maintenance_window.ts";
import type { Clock, EngineEvents, StateWatch } from "../ports.ts";
import { type PassTrigger, Schedule } from "./schedule.ts";
import type { Timetable } from "./timetable.ts";
import type { UpdateFinder } from "../updates.ts";
import { Waits } from "./waits.ts";

export interface LoopOptions {
  readonly host: string;
  /** Milliseconds between two looks at the repository. */
  readonly interval: number;
  readonly engine: EngineEvents;
  /** For one pass. */
  readonly dependencies: (signal: AbortSignal) => PassDependencies;
  readonly clock: Clock;
  /** The time of day. */
  readonly today: () => Date;
  /** Default: none is ever open. */
  readonly findWindow?: (now: Date) => OpenWindow | undefined;
  /** Others that work in the data folder wait meanwhile, and are waited for. */
  readonly lock?: (signal: AbortSignal) => Promise<Disposable>;
  readonly watch?: StateWatch;
  /** From 0 to 1. */
  readonly random: () => number;
  readonly onEvent: (event: LoopEvent) => void;
  /** Absent: images are never removed. */
  readonly cleanup?: LoopCleanup;
  /** Absent: nobody looks for newer images. */
  readonly updates?: LoopUpdates;
}

export interface LoopCleanup {
  readonly timetable: Timetable;
  readonly run: (signal: AbortSignal) => Promise<void>;
}

export interface LoopUpdates {
  readonly timetable: Timetable;
  /** Up to so many milliseconds later, by chance. */
  readonly jitter: number;
  readonly finder: UpdateFinder;
}

/** The first pass waits so long for the engine's events, so that nothing is missed in between. */
const CONNECT_LIMIT = 5_000;
const END_LIMIT = 1_000;
/** A timer cannot wait for ever. */
const LONGEST_REST = 3_600_000;

export class Loop {
  readonly #options: LoopOptions;
  readonly #schedule: Schedule;
  readonly #passes: LoopPasses;
  readonly #drift = new Drift();
  readonly #own = new OwnEvents();
  readonly #told = new ToldEvents();
  #window: OpenWindow | undefined;
  /** Ends the rest before the next pass. */
  #wake = () => {};
  readonly #waits: Waits;

  constructor(options: LoopOptions) {
    this.#options = options;
    const { interval, random, onEvent } = options;
    this.#schedule = new Schedule(interval, random);
    this.#waits = new Waits(options.clock);
    this.#passes = new LoopPasses({
      ...options,
      updates: options.updates?.finder,
      onLoaded: (stacks) => this.#drift.watch(stacks),
      onEvent: (event) => {
        if (event.kind === "pass-event") {
          this.#own.note(event.event, options.clock.now());
          this.#waits.hear(event.event);
        }
        onEvent(event);
      },
    });
  }

  /** Asks for a pass. While one runs, it is remembered, once. */
  trigger(
    trigger: Exclude<PassTrigger, "start" | "poll" | "retry" | "resume">,
    at = this.#options.clock.now(),
  ): void {
    this.#schedule.trigger(trigger, at);
    // Somebody who asks knows something new: whether what was there before gets well no longer matters.
    if (trigger === "reload" || trigger === "request") this.#waits.end();
    this.#wake();
  }

  /** Until the signal is aborted, and what is in hand then is through. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, host, interval, onEvent } = this.#options;
    onEvent({ kind: "started", host, interval });
    const sayStopping = () => onEvent({ kind: "stopping" });
    signal.addEventListener("abort", sayStopping, { once: true });
    const { following, tried } = this.#follow(signal);
    await this.#untilTried(tried, signal);
    this.#schedule.trigger("start", clock.now());
    this.#options.watch?.follow(() => this.trigger("request"), signal);
    while (!signal.aborted) {
      const untilClosed = this.#lookAtWindow();
      const now = clock.now();
      this.#scheduleUpdates(now);
      const window = this.#window;
      const triggers = this.#schedule.take(now).filter((each) =>
        window === undefined || (each !== "poll" && each !== "update")
      );
      if (triggers.length === 0) {
        if (await this.#cleanUp(signal)) continue;
        const { cleanup, updates } = this.#options;
        const own = [cleanup, updates].map((each) => each?.timetable.dueIn() ?? Infinity);
        const untilPass = this.#schedule.dueAt() - now;
        await this.#rest(Math.min(LONGEST_REST, untilClosed, untilPass, ...own), signal);
        continue;
      }
      using own = linkedSignal(signal);
      using waits = this.#waits.begin(own.signal);
      const occasion = { triggers, told: this.#told.take(), window, endWaits: waits.ended };
      const end = await this.#passes.run(occasion, own.signal);
      this.#schedule.ended(end, clock.now());
    }
    // Nothing that the engine still has to say keeps the process from its end.
    const limit = new AbortController();
    await Promise.race([following, clock.sleep(END_LIMIT, limit.signal)]);
    limit.abort();
    onEvent({ kind: "stopped" });
  }

  /** Between two passes: what the one has pulled is used by then, and the other has not begun to pull. */
  async #cleanUp(signal: AbortSignal): Promise<boolean> {
    const { cleanup, onEvent } = this.#options;
    if (cleanup === undefined || !cleanup.timetable.take()) return false;
    using own = linkedSignal(signal);
    try {
      using _lock = await this.#options.lock?.(own.signal);
      await cleanup.run(own.signal);
    } catch (thrown) {
      const error = asError(thrown);
      if (!signal.aborted) onEvent({ kind: "cleanup-failed", error });
    }
    return true;
  }

  #scheduleUpdates(now: number): void {
    const { updates, random } = this.#options;
    if (updates?.timetable.take()) this.#schedule.trigger("update", now + updates.jitter * random());
  }

  /** Milliseconds until it closes. */
  #lookAtWindow(): number {
    const { today, findWindow, onEvent } = this.#options;
    const now = today();
    const before = this.#window;
    const window = this.#window = findWindow?.(now);
    if (window !== undefined) {
      if (before === undefined) onEvent({ kind: "window-opened", closesAt: window.closesAt });
      return window.closesAt.getTime() - now.getTime();
    }
    if (before !== undefined) {
      onEvent({ kind: "window-closed" });
      this.trigger("window");
    }
    return Infinity;
  }

  async #rest(milliseconds: number, signal: AbortSignal): Promise<void> {
    using rest = linkedSignal(signal);
    this.#wake = () => rest.abort();
    await this.#options.clock.sleep(milliseconds, rest.signal);
    this.#wake = () => {};
  }

  /** `tried`: the engine was reached for the first time, or could not be. */
  #follow(signal: AbortSignal): { readonly following: Promise<void>; readonly tried: Promise<void> } {
    const { engine, clock, onEvent } = this.#options;
    const tried = Promise.withResolvers<void>();
    let isLost = false;
    const following = followEngine({
      engine,
      clock,
      signal,
      onEvent: (event) => this.#answer(event),
      onConnected: () => {
        tried.resolve();
        if (!isLost) return;
        isLost = false;
        onEvent({ kind: "engine-back" });
        this.trigger("engine");
      },
      onLost: (error) => {
        tried.resolve();
        if (!isLost) onEvent({ kind: "engine-lost", error });
        isLost = true;
      },
    });
    return { following, tried: tried.promise };
  }

  async #untilTried(tried: Promise<void>, signal: AbortSignal): Promise<void> {
    using rest = linkedSignal(signal);
    await Promise.race([tried, this.#options.clock.sleep(CONNECT_LIMIT, rest.signal)]);
    rest.abort();
  }

  #answer(event: EngineEvent): void {
    const now = this.#options.clock.now();
    if (this.#own.isOwn(event, now)) return;
    const at = this.#drift.answerAt(event, now);
    if (at === undefined) return;
    this.#told.add(event);
    this.trigger("drift", at);
    this.#waits.endFor(this.#drift.stackOf(event)!, at);
  }
}

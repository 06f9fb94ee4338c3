/** Hears how passes end, and lets people be told what changed since they were last told. */
import { asError } from "../../errors.ts";
import { changesOf, engineChanges, type PassEnd, type RemoteState } from "./changes_of.ts";
import type { LoopEvent } from "../loop/loop_events.ts";
import type { CommitRecord } from "../history/pass_record.ts";
import type { Notifier, Snapshot, ToldStore } from "../ports.ts";
import type { ApplyReport, PassEvent } from "../report.ts";
import { type Changes, withCommit } from "./stack_change.ts";

export interface NewsOptions {
  readonly notifier: Notifier;
  readonly store: ToldStore;
  /** The passes are over one stack only. */
  readonly onlyStack?: boolean;
}

/** Milliseconds that the end of a command may wait for messages that are under way. */
const SENDING_LIMIT = 30_000;

export class News {
  readonly #options: NewsOptions;
  #snapshot: Snapshot | undefined;
  /** The remote repository was asked. */
  #asked = true;
  #isInWindow = false;
  /** Commits are looked up one after the other, so that changes are told in their order. */
  #telling: Promise<void> = Promise.resolve();

  constructor(options: NewsOptions) {
    this.#options = options;
  }

  hearLoop(event: LoopEvent): void {
    switch (event.kind) {
      case "engine-lost":
        return this.#tell(engineChanges(event.error, this.#options.store.told()));
      case "engine-back":
        return this.#tell(engineChanges(undefined, this.#options.store.told()));
      case "window-opened":
        this.#isInWindow = true;
        return;
      case "window-closed":
        this.#isInWindow = false;
        return;
      case "pass-started":
        this.#snapshot = undefined;
        // Drift is mended from the last checkout, and so is everything in a window.
        this.#asked = !this.#isInWindow && event.triggers.some((trigger) => trigger !== "drift");
        return;
      case "pass-event":
        return this.#hearPass(event.event);
      case "pass-done":
        return this.#passDone(event.report);
      case "pass-failed":
        return this.#passFailed(event.error);
      default:
    }
  }

  /** Hears of a pass that is no loop's. */
  async follow<Options extends { readonly onEvent?: (event: PassEvent) => void }>(
    options: Options,
    run: (options: Options) => Promise<ApplyReport>,
  ): Promise<ApplyReport> {
    try {
      const report = await run({
        ...options,
        onEvent: (event) => {
          options.onEvent?.(event);
          this.#hearPass(event);
        },
      });
      this.#passDone(report);
      return report;
    } catch (error) {
      this.#passFailed(error);
      throw error;
    }
  }

  #hearPass(event: PassEvent): void {
    if (event.kind === "snapshot") this.#snapshot = event.snapshot;
  }

  #passDone(report: ApplyReport): void {
    const { onlyStack = false } = this.#options;
    this.#passEnded({ kind: "done", report, onlyStack, remote: this.#remote() });
  }

  /** One that was interrupted did not fail; one over a single stack failed before the person who asked for it. */
  #passFailed(error: unknown): void {
    if (this.#options.onlyStack) return;
    if (error instanceof DOMException && error.name === "AbortError") return;
    const failure = asError(error);
    this.#passEnded({
      kind: "failed",
      error: failure,
      ...(this.#snapshot !== undefined && { commit: this.#snapshot.commit }),
      remote: this.#snapshot === undefined ? { unreachable: failure } : this.#remote(),
    });
  }

  /** Waits until everything is told, so many milliseconds at most. */
  async close(limit = SENDING_LIMIT): Promise<void> {
    await this.#telling;
    await this.#options.notifier.close(limit);
  }

  #remote(): RemoteState {
    if (this.#snapshot?.unreachable !== undefined) return { unreachable: this.#snapshot.unreachable };
    return this.#asked ? "reached" : "unasked";
  }

  #passEnded(end: PassEnd): void {
    this.#tell(changesOf(end, this.#options.store.told()));
  }

  #tell({ changes, status }: Changes): void {
    const { store, notifier } = this.#options;
    store.setTold(status);
    if (changes.length === 0) return;
    const snapshot = this.#snapshot;
    this.#telling = this.#telling.then(async () => {
      notifier.send(snapshot === undefined ? changes : withCommit(changes, await describe(snapshot)));
    });
  }
}

/** Without its words where they cannot be had. */
async function describe({ commit: id, describeCommit }: Snapshot): Promise<CommitRecord> {
  try {
    return { id, ...await describeCommit?.() };
  } catch {
    return { id };
  }
}

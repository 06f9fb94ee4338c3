/** The passes of the loop: each knows what failed before, and leaves it alone until its time has come. */
import { asError } from "../../errors.ts";
import type { DesiredStack } from "../../stacks/desired_stack.ts";
import { Failures, type Retry, type Subject } from "./failures.ts";
import { InterruptedGates } from "../health/interrupted_gates.ts";
import { judgeOutcomes } from "./judge_outcomes.ts";
import type { LoopEvent, RetryIn } from "./loop_events.ts";
import { syncWithHolds } from "../rollback/sync_with_holds.ts";
import type { PassDependencies } from "../pass.ts";
import { lookOut } from "./look_out.ts";
import { isFrugal, newPass, type Pass, type PassOccasion, triggerOf } from "./pass_in_hand.ts";
import type { Clock, EngineEvents, Snapshot, StateWatch, SyncOptions } from "../ports.ts";
import type { ApplyReport } from "../report.ts";
import { runRecordedPass } from "../history/record_pass.ts";
import type { PassEnd } from "./schedule.ts";
import { syncedRepository } from "./synced_repository.ts";
import type { UpdateFinder } from "../updates.ts";

export interface LoopPassesOptions {
  readonly engine: Pick<EngineEvents, "forget">;
  /** For one pass. */
  readonly dependencies: (signal: AbortSignal) => PassDependencies;
  readonly clock: Clock;
  /** Milliseconds between two looks at the repository. */
  readonly interval: number;
  readonly today: () => Date;
  readonly random: () => number;
  readonly onEvent: (event: LoopEvent) => void;
  /** The stacks that are looked after, as often as they are loaded. */
  readonly onLoaded: (stacks: readonly DesiredStack[]) => void;
  /** Asked in a pass that is to update images. */
  readonly updates: UpdateFinder | undefined;
  /** Others that work in the data folder wait meanwhile, and are waited for. */
  readonly lock?: (signal: AbortSignal) => Promise<Disposable>;
  readonly watch?: StateWatch;
}

/** Both clocks need not agree to the millisecond. */
const GRACE = 10;

export class LoopPasses {
  readonly #options: LoopPassesOptions;
  readonly #failures: Failures;
  readonly #gates = new InterruptedGates();

  constructor(options: LoopPassesOptions) {
    this.#options = options;
    this.#failures = new Failures(options.random);
  }

  /** Never rejects. */
  async run(occasion: PassOccasion, signal: AbortSignal): Promise<PassEnd> {
    const { clock, onEvent } = this.#options;
    const { triggers } = occasion;
    const pass = newPass(occasion, clock.now(), signal);
    onEvent({ kind: "pass-started", triggers });
    try {
      const report = await this.#run(pass);
      if (!signal.aborted) judgeOutcomes(this.#failures, report, pass, clock.now());
      const retries = this.#failures.retries();
      this.#end(pass, retries, { kind: "pass-done", report });
      return { ...this.#endOf(pass, retries), resumeAt: this.#resumeAt(report) };
    } catch (thrown) {
      const error = asError(thrown);
      if (error instanceof Held) onEvent({ kind: "pass-held", triggers, commit: error.commit });
      else if (!signal.aborted) {
        // What was not even tried says nothing about when it is to be.
        this.#failures.record(
          pass.commit === undefined ? "repository" : "host",
          { commit: pass.commit },
          clock.now(),
        );
        this.#end(pass, this.#hostRetries(pass), { kind: "pass-failed", error });
      }
      return this.#endOf(pass, this.#hostRetries(pass));
    }
  }

  async #run(pass: Pass): Promise<ApplyReport> {
    const { engine, dependencies, lock, watch } = this.#options;
    using _lock = await lock?.(pass.signal);
    if (!isFrugal(pass)) engine.forget();
    const deps = dependencies(pass.signal);
    // Those that are over are removed, which is no news.
    deps.state?.suspensions();
    watch?.passBegins();
    try {
      return await this.#runLocked(deps, pass);
    } finally {
      watch?.passEnds();
    }
  }

  async #runLocked(deps: PassDependencies, pass: Pass): Promise<ApplyReport> {
    const { onEvent, onLoaded, updates } = this.#options;
    // A pass that is held is none, and the journal does not hear of it.
    const synced = await this.#sync(deps, pass).then(
      (snapshot) => ({ snapshot }),
      (error: unknown) => ({ error }),
    );
    if ("error" in synced && synced.error instanceof Held) throw synced.error;
    this.#gates.begin(pass.commit, pass.insists);
    const { clock, interval } = this.#options;
    using lookout = lookOut({
      repository: deps.repository,
      clock,
      interval,
      commit: pass.follows ? pass.commit : undefined,
      signal: pass.signal,
      endWaits: pass.endWaits,
      onNews: () => pass.hasNews = true,
    });
    return await runRecordedPass({
      ...deps,
      repository: syncedRepository(deps.repository, synced),
      loadHost: async (snapshot, signal) => {
        const loaded = await deps.loadHost(snapshot, signal);
        onLoaded(loaded.stacks);
        return loaded;
      },
    }, {
      trigger: triggerOf(pass),
      offline: true,
      byPerson: pass.triggers.includes("reload"),
      ...(pass.window !== undefined && { window: pass.window }),
      ...(updates !== undefined && pass.triggers.includes("update") && { updates }),
      signal: pass.signal,
      endWaits: lookout.endWaits,
      gates: this.#gates,
      onEvent: (event) => onEvent({ kind: "pass-event", event }),
      isHeld: (stack) => {
        const stackHash = "stackHash" in stack ? stack.stackHash : undefined;
        const isHeld = this.#isHeld(`stack ${stack.name}`, pass, stackHash);
        if (isHeld) pass.held.add(stack.name);
        return isHeld;
      },
    });
  }

  /** Drift is mended from the last checkout: that is fast, and does not need the remote. */
  async #sync(deps: PassDependencies, pass: Pass): Promise<Snapshot> {
    const isDrift = pass.window !== undefined || pass.triggers.every((each) => each === "drift");
    const offline: SyncOptions["offline"] = isDrift ? "preferred" : "allowed";
    pass.asked = !isDrift;
    const snapshot = await syncWithHolds(deps, { offline, signal: pass.signal });
    pass.commit = snapshot.commit;
    pass.follows = pass.window === undefined && !snapshot.stale;
    if (snapshot.stale) this.#failures.record("repository", {}, this.#options.clock.now());
    else if (pass.asked) this.#failures.mend("repository");
    if (this.#isHeld("host", pass)) throw new Held(snapshot.commit);
    return snapshot;
  }

  #isHeld(subject: Subject, { insists, commit, begun }: Pass, stackHash?: string): boolean {
    return !insists && this.#failures.isHeld(subject, { commit, stackHash }, begun);
  }

  /** The pass ended before any stack had its turn. */
  #hostRetries(pass: Pass): readonly Retry[] {
    return this.#failures.retries().filter(({ subject }) =>
      subject === "repository" || (subject === "host" && pass.commit !== undefined)
    );
  }

  #end(
    { triggers, begun }: Pass,
    retries: readonly Retry[],
    end:
      | { readonly kind: "pass-done"; readonly report: ApplyReport }
      | { readonly kind: "pass-failed"; readonly error: Error },
  ): void {
    const now = this.#options.clock.now();
    const waits = retries.map(({ at, ...retry }): RetryIn => ({ ...retry, wait: Math.max(0, at - now) }));
    this.#options.onEvent({ ...end, triggers, milliseconds: now - begun, retries: waits });
  }

  #endOf({ asked, window, hasNews }: Pass, retries: readonly Retry[]): PassEnd {
    // In a window the remote is not asked, so that its time to be asked again would never be over.
    const [first] = window === undefined
      ? retries
      : retries.filter(({ subject }) => subject !== "repository");
    return {
      retryAt: first?.at,
      asked,
      unreachable: window === undefined && this.#failures.has("repository"),
      hasNews,
    };
  }

  #resumeAt({ plan: { suspended = [] } }: ApplyReport): number | undefined {
    const { clock, today } = this.#options;
    const ends = suspended.flatMap(({ until }) => until === undefined ? [] : [Date.parse(until)]);
    return ends.length === 0
      ? undefined
      : clock.now() + Math.max(0, Math.min(...ends) - today().getTime()) + GRACE;
  }
}

/** Ends a pass over a host that failed from the same commit a short while ago. */
class Held extends Error {
  readonly commit: string;

  constructor(commit: string) {
    super("its time has not come");
    this.commit = commit;
  }
}

/** The passes of the loop: each knows what failed before, and leaves it alone until its time has come. */
import type { DesiredStack } from "../../stacks/desired_stack.ts";
import { Failures, type Retry, type Subject } from "./failures.ts";
import type { LoopEvent, RetryIn } from "./loop_events.ts";
import { syncWithHolds } from "../rollback/sync_with_holds.ts";
import type { PassDependencies } from "../pass.ts";
import { lookOut } from "./look_out.ts";
import type { OpenWindow } from "./maintenance_window.ts";
import type { Clock, EngineEvents, Repository, Snapshot, StateWatch, SyncOptions } from "../ports.ts";
import type { ApplyReport } from "../report.ts";
import { runRecordedPass } from "../history/record_pass.ts";
import type { PassEnd, PassTrigger } from "./schedule.ts";
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

/** What the loop knows about a pass. */
export interface PassOccasion {
  readonly triggers: readonly PassTrigger[];
  /** What the engine told, in words. */
  readonly told: string;
  readonly window: OpenWindow | undefined;
  /** Ends what only waits. Default: nothing does. */
  readonly endWaits?: AbortSignal;
}

/** Both clocks need not agree to the millisecond. */
const GRACE = 10;

/** What failed is tried again at once, whenever that is to be. */
const INSISTENT: readonly PassTrigger[] = ["start", "reload", "request", "engine"];

/** They come often, and find nothing new most of the time: all others look at everything. */
const FRUGAL: readonly PassTrigger[] = ["poll", "drift"];

export class LoopPasses {
  readonly #options: LoopPassesOptions;
  readonly #failures: Failures;

  constructor(options: LoopPassesOptions) {
    this.#options = options;
    this.#failures = new Failures(options.random);
  }

  /** Never rejects. */
  async run({ triggers, told, window, endWaits }: PassOccasion, signal: AbortSignal): Promise<PassEnd> {
    const { clock, onEvent } = this.#options;
    const pass: Pass = {
      triggers,
      told,
      window,
      signal,
      begun: clock.now(),
      insists: triggers.some((each) => INSISTENT.includes(each)),
      endWaits: endWaits ?? new AbortController().signal,
      asked: false,
      follows: false,
      hasNews: false,
      commit: undefined,
      held: new Set(),
    };
    onEvent({ kind: "pass-started", triggers });
    try {
      const report = await this.#run(pass);
      if (!signal.aborted) this.#judge(report, pass);
      const retries = this.#failures.retries();
      this.#end(pass, retries, { kind: "pass-done", report });
      return { ...this.#endOf(pass, retries), resumeAt: this.#resumeAt(report) };
    } catch (thrown) {
      const error = thrown instanceof Error ? thrown : new Error(String(thrown));
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
    if (!pass.triggers.every((each) => FRUGAL.includes(each))) engine.forget();
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
    pass.follows = pass.asked && !snapshot.stale;
    if (snapshot.stale) this.#failures.record("repository", {}, this.#options.clock.now());
    else if (pass.asked) this.#failures.mend("repository");
    if (this.#isHeld("host", pass)) throw new Held(snapshot.commit);
    return snapshot;
  }

  #isHeld(subject: Subject, { insists, commit, begun }: Pass, stackHash?: string): boolean {
    return !insists && this.#failures.isHeld(subject, { commit, stackHash }, begun);
  }

  #judge({ plan, outcomes }: ApplyReport, { commit, held }: Pass): void {
    const now = this.#options.clock.now();
    this.#failures.mend("host");
    this.#failures.keepStacks(new Set([...held, ...outcomes.map(({ stack }) => stack)]));
    for (const { stack, result, errors } of outcomes) {
      const subject: Subject = `stack ${stack}`;
      const stackHash = plan.stacks.find(({ name }) => name === stack)?.stackHash;
      if (result === "failed" || result === "waiting" || (result === "broken" && errors.some(mayPass))) {
        this.#failures.record(subject, { commit, stackHash }, now);
      } else this.#failures.mend(subject);
    }
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

interface Pass {
  readonly triggers: readonly PassTrigger[];
  readonly told: string;
  readonly window: OpenWindow | undefined;
  readonly signal: AbortSignal;
  readonly begun: number;
  readonly insists: boolean;
  /** Ends what only waits. */
  readonly endWaits: AbortSignal;
  /** The remote repository was asked. */
  asked: boolean;
  /** It answered, and the pass is about what it has. */
  follows: boolean;
  /** It had something else by the time that a gate still waited. */
  hasNews: boolean;
  /** `undefined`: the repository was not reached. */
  commit: string | undefined;
  /** Names of the stacks that were left for later. */
  readonly held: Set<string>;
}

/** Gives what was synced before; a pass that has to go back syncs once more. */
function syncedRepository(
  repository: Repository,
  synced: { readonly snapshot: Snapshot } | { readonly error: unknown },
): Repository {
  let isGiven = false;
  return {
    sync: async (options) => {
      if (isGiven) return await repository.sync(options);
      isGiven = true;
      if ("error" in synced) throw synced.error;
      return synced.snapshot;
    },
  };
}

/** Ends a pass over a host that failed from the same commit a short while ago. */
class Held extends Error {
  readonly commit: string;

  constructor(commit: string) {
    super("its time has not come");
    this.commit = commit;
  }
}

/** As the history shows it: `drift (container web-1 died (exit 137))`. */
function triggerOf({ triggers, told }: Pass): string {
  return triggers.map((each) => each === "drift" && told !== "" ? `drift (${told})` : each).join(", ");
}

/** A wrong file stays wrong until a commit mends it; a secret that could not be had may come. */
function mayPass(error: Error): boolean {
  return "consequence" in error && error.consequence !== "stalled";
}

/** A host whose days pass at once: a loop over an engine in memory, a repository, and a clock that a test moves. */
import assert from "node:assert/strict";
import { nextRun } from "../../lib/config/cron.ts";
import { HomeportError } from "../../lib/errors.ts";
import type { EngineEvent } from "../../lib/plan/engine_event.ts";
import type { ValidWindow } from "../../lib/config/valid_config.ts";
import { Loop, type LoopOptions } from "../../lib/reconcile/loop/loop.ts";
import type { LoopEvent } from "../../lib/reconcile/loop/loop_events.ts";
import { openWindow } from "../../lib/reconcile/loop/maintenance_window.ts";
import type { EngineEvents, SyncOptions } from "../../lib/reconcile/ports.ts";
import { Timetable } from "../../lib/reconcile/loop/timetable.ts";
import type { PassRecord } from "../../lib/reconcile/history/pass_record.ts";
import { DEFAULT_SETTINGS, type StackSettings } from "../../lib/stacks/stack_settings.ts";
import { FakeWatch, MemoryState } from "../fakes/memory_state.ts";
import type { BrokenStack, DesiredStack } from "../../lib/stacks/desired_stack.ts";
import type { FakeEngine } from "../fakes/fake_engine.ts";
import { SimulatedClock } from "../fakes/simulated_clock.ts";
import { loadStack, newEngine } from "../plan/fixture.ts";
import { passOver, web } from "./pass_fixture.ts";

export interface SimulatedHostOptions {
  readonly random?: () => number;
  /** Gets the wall clock, which begins with the year 1970. */
  readonly updates?: (now: () => Date) => NonNullable<LoopOptions["updates"]>;
}

export class SimulatedHost implements EngineEvents {
  readonly clock = new SimulatedClock();
  readonly engine: FakeEngine = newEngine();
  readonly said: LoopEvent[] = [];
  /** When the repository was opened, and how. */
  readonly syncs: { readonly at: number; readonly offline: SyncOptions["offline"] }[] = [];
  readonly observed: number[] = [];
  /** When it was told that what is known does not count any more. */
  readonly forgot: number[] = [];
  commit = "c1";
  stacks: Readonly<Record<string, string>> = { shop: web() };
  broken: readonly BrokenStack[] = [];
  startupOrder: readonly string[] = [];
  isRemoteAway = false;
  isEngineAway = false;
  windows: readonly ValidWindow[] = [];
  /** The health gates take their time. Otherwise they are passed in none. */
  isGated = false;
  /** By stack. */
  settings: Readonly<Record<string, Partial<StackSettings>>> = {};
  /** Given: what passes learn is kept, and recorded. */
  state: MemoryState | undefined;
  readonly records: PassRecord[] = [];
  /** Waited for ahead of each pass. */
  lock: (signal: AbortSignal) => Promise<Disposable> = () => Promise.resolve({ [Symbol.dispose]: () => {} });
  readonly watch = new FakeWatch();
  /** Called ahead of each operation. */
  before: (stack: string, operation: string) => Promise<void> | void = () => {};
  /** Somebody of this host works in the data folder. */
  isLocked = false;
  /** When images were removed. */
  readonly cleanups: number[] = [];
  /** Called by each cleanup. */
  cleanUp: () => Promise<void> = () => Promise.resolve();
  readonly loop: Loop;
  readonly #controller = new AbortController();
  #running: Promise<void> | undefined;
  #stream: Stream | undefined;
  #loaded: { readonly from: SimulatedHost["stacks"]; readonly stacks: readonly DesiredStack[] } | undefined;

  constructor({ random = () => 0.5, updates }: SimulatedHostOptions = {}) {
    const { engine, clock } = this;
    const observe = engine.observe.bind(engine);
    engine.observe = async (...args) => {
      this.observed.push(clock.now());
      if (this.isEngineAway) throw new HomeportError("no engine", { consequence: "retry" });
      return await observe(...args);
    };
    const execute = engine.execute.bind(engine);
    engine.execute = async (operation, context) => {
      await this.before(context.desired.name, operation.kind);
      await execute(operation, context);
    };
    this.loop = new Loop({
      host: "helium",
      interval: 60_000,
      engine: this,
      clock,
      today: () => this.today(),
      lock: async (signal) => {
        using taken = new DisposableStack();
        taken.use(await this.lock(signal));
        assert.ok(!this.isLocked, "another one of this host works in the data folder");
        this.isLocked = true;
        taken.defer(() => void (this.isLocked = false));
        return taken.move();
      },
      watch: this.watch,
      findWindow: (now) => openWindow(this.windows, now),
      random,
      onEvent: (event) => void this.said.push(event),
      dependencies: () => this.#dependencies(),
      cleanup: {
        timetable: new Timetable(
          (after) => nextRun("30 4 * * *", { timeZone: "UTC", after }),
          () => new Date(clock.now()),
        ),
        run: async () => {
          this.cleanups.push(clock.now());
          await this.cleanUp();
        },
      },
      ...(updates !== undefined && { updates: updates(() => new Date(clock.now())) }),
    });
  }

  /** What passes learn is kept from now on. */
  keep(): MemoryState {
    return this.state = new MemoryState(() => this.today());
  }

  /** Lets the loop run for so long; it is started by the first call. */
  async run(milliseconds: number): Promise<void> {
    this.#running ??= this.loop.run(this.#controller.signal);
    await this.clock.advance(milliseconds);
  }

  /** Day and time of the simulated clock, which begins on a Friday at noon. */
  today(): Date {
    return new Date(Date.UTC(2026, 0, 2, 12) + this.clock.now());
  }

  async stop(): Promise<void> {
    this.#controller.abort();
    await this.clock.advance(0);
    await this.#running;
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  abort(): void {
    this.#controller.abort();
  }

  /** Somebody removes a container, and the engine tells of it. */
  remove(name: string): void {
    const { engine } = this;
    const container = engine.containers.find((each) => each.name === name)!;
    engine.containers = engine.containers.filter((each) => each !== container);
    const { id, labels } = container;
    for (const action of ["die", "destroy"]) this.tell({ kind: "container", action, id, name, labels });
  }

  /** Somebody's container ends, and the engine tells of it. */
  end(name: string): void {
    const container = this.engine.containers.find((each) => each.name === name)!;
    Object.assign(container, { state: "exited", exitCode: 1, publishedPorts: [] });
    this.tell({ kind: "container", action: "die", id: container.id, name, labels: container.labels });
  }

  tell(event: EngineEvent): void {
    this.#stream?.push(event);
  }

  /** The engine goes away, and its streams break. */
  breakEngine(): void {
    this.isEngineAway = true;
    this.#stream?.end(new HomeportError("the engine went away", { consequence: "retry" }));
  }

  forget(): void {
    this.forgot.push(this.clock.now());
  }

  async *events(signal: AbortSignal, onConnected: () => void): AsyncGenerator<EngineEvent, void, void> {
    if (this.isEngineAway) throw new HomeportError("no engine", { consequence: "retry" });
    const stream = this.#stream = new Stream();
    const end = () => stream.end(undefined);
    signal.addEventListener("abort", end);
    onConnected();
    yield* stream.read();
  }

  /** Days have thousands of passes, and few of them see other files. */
  #load(): readonly DesiredStack[] {
    if (this.#loaded?.from !== this.stacks) {
      const stacks = Object.entries(this.stacks).map(([name, text]) => loadStack(name, text));
      this.#loaded = { from: this.stacks, stacks };
    }
    return this.#loaded.stacks;
  }

  #dependencies() {
    const { deps } = passOver(this.engine, {});
    return {
      ...deps,
      ...(this.isGated && { clock: this.clock }),
      ...(this.state !== undefined && {
        state: this.state,
        now: () => this.today(),
        journal: { record: (pass: PassRecord) => Promise.resolve((this.records.push(pass), [])) },
      }),
      repository: {
        findTip: () => Promise.resolve(this.commit),
        sync: async ({ offline, signal }: SyncOptions) => {
          this.syncs.push({ at: this.clock.now(), offline });
          const snapshot = await deps.repository.sync({ offline: "refused", signal });
          const isAway = this.isRemoteAway && offline !== "preferred";
          const unreachable = new HomeportError("no remote", { consequence: "retry" });
          return { ...snapshot, commit: this.commit, stale: isAway, ...(isAway && { unreachable }) };
        },
      },
      loadHost: async (...args: Parameters<typeof deps.loadHost>) => ({
        ...await deps.loadHost(...args),
        stacks: this.#load().map((stack) => ({
          ...stack,
          settings: { ...DEFAULT_SETTINGS, ...this.settings[stack.name] },
        })),
        broken: this.broken,
        startupOrder: this.startupOrder,
      }),
    };
  }
}

class Stream {
  readonly #events: EngineEvent[] = [];
  #wake = () => {};
  #ended: { readonly error: Error | undefined } | undefined;

  push(event: EngineEvent): void {
    this.#events.push(event);
    this.#wake();
  }

  end(error: Error | undefined): void {
    this.#ended ??= { error };
    this.#wake();
  }

  async *read(): AsyncGenerator<EngineEvent, void, void> {
    for (;;) {
      while (this.#events.length > 0) yield this.#events.shift()!;
      if (this.#ended?.error !== undefined) throw this.#ended.error;
      if (this.#ended !== undefined) return;
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
  }
}

/** Those events of one kind, in their order. */
export function saidOf<Kind extends LoopEvent["kind"]>(
  { said }: SimulatedHost,
  kind: Kind,
): Extract<LoopEvent, { readonly kind: Kind }>[] {
  return said.filter((event): event is Extract<LoopEvent, { readonly kind: Kind }> => event.kind === kind);
}

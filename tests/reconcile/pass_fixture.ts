/** A pass over a host with an engine in memory, stacks given as Compose text, and everything that is said recorded. */
import type { Operation } from "../../lib/plan/operation.ts";
import type { PassDependencies, PassSettings, RunPassOptions } from "../../lib/reconcile/pass.ts";
import type { Clock } from "../../lib/reconcile/ports.ts";
import type { PassEvent } from "../../lib/reconcile/report.ts";
import type { LoadedHost } from "../../lib/stacks/load_host.ts";
import { NO_TRACKED_FILES } from "../../lib/stacks/tracked_files.ts";
import type { FakeEngine } from "../fakes/fake_engine.ts";
import { noPins } from "../fakes/head_view.ts";
import { INSTANCE, loadStack, type Stacks } from "../plan/fixture.ts";

export interface PassFixture {
  readonly deps: PassDependencies;
  readonly options: RunPassOptions;
  readonly events: PassEvent[];
}

export function passOver(
  engine: FakeEngine,
  stacks: Stacks,
  given: {
    readonly loaded?: Partial<LoadedHost>;
    readonly settings?: Partial<PassSettings>;
    readonly options?: Partial<RunPassOptions>;
  } = {},
): PassFixture {
  const events: PassEvent[] = [];
  return {
    events,
    deps: {
      repository: {
        sync: ({ offline }) =>
          Promise.resolve({
            commit: "c0ffee",
            branch: "main",
            folder: "/repo",
            discarded: [],
            stale: offline === "allowed",
            tracked: NO_TRACKED_FILES,
            ...noPins("c0ffee"),
            odd: [],
          }),
      },
      engine,
      loadHost: () =>
        Promise.resolve({
          stacks: Object.entries(stacks).map(([name, text]) => loadStack(name, text)),
          broken: [],
          skipped: [],
          warnings: [],
          startupOrder: [],
          ...given.loaded,
        }),
      host: "helium",
      instance: INSTANCE,
      version: "1.2.3",
      settings: {
        prune: true,
        waitTimeout: 1000,
        pullTimeout: 2000,
        parallel: 2,
        drift: { attempts: 5, within: 600_000 },
        composeHash: "2.40",
        ...given.settings,
      },
      now: () => new Date("2026-01-02T03:04:05Z"),
      clock: NO_TIME,
    },
    options: {
      offline: false,
      confirmPrune: false,
      signal: new AbortController().signal,
      onEvent: (event) => events.push(event),
      ...given.options,
    },
  };
}

/** Whoever sleeps wakes at once, and it is later then. */
export const NO_TIME: Clock = {
  now: () => passed,
  sleep: (milliseconds) => Promise.resolve(void (passed += milliseconds)),
};
let passed = 0;

/** Calls `before` ahead of each operation, which may wait or throw in it. */
export function intercept(
  engine: FakeEngine,
  before: (stack: string, operation: Operation) => Promise<void> | void,
): void {
  const execute = engine.execute.bind(engine);
  engine.execute = async (operation, context) => {
    await before(context.desired.name, operation);
    return execute(operation, context);
  };
  const takeDown = engine.takeDown.bind(engine);
  engine.takeDown = async (operation, signal) => {
    await before("(prune)", operation);
    return takeDown(operation, signal);
  };
}

/** One service without a network of its own; `more` are further attributes of it. */
export function web(more = ""): string {
  return `services: { web: { image: "app:1", network_mode: none, restart: always${more} } }`;
}

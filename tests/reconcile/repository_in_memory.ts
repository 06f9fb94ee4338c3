/** A host whose stacks come from commits in memory, on an engine in memory, with all that is known of them kept in memory. */
import type { Operation } from "../../lib/plan/operation.ts";
import type { PassDependencies, RunPassOptions } from "../../lib/reconcile/pass.ts";
import type { HeadView, Pin, Snapshot, StateStore, SyncOptions } from "../../lib/reconcile/ports.ts";
import type { ApplyReport, PassEvent, StackOutcome } from "../../lib/reconcile/report.ts";
import { runRecordedPass } from "../../lib/reconcile/history/record_pass.ts";
import { type HostState, NO_STATE, type StackState, stateOf } from "../../lib/reconcile/state/stack_state.ts";
import type { DesiredStack } from "../../lib/stacks/desired_stack.ts";
import { DEFAULT_SETTINGS, type StackSettings } from "../../lib/stacks/stack_settings.ts";
import type { LoadedHost } from "../../lib/stacks/load_host.ts";
import type { TrackedFiles } from "../../lib/stacks/tracked_files.ts";
import { HomeportError } from "../../lib/errors.ts";
import { EngineDied, type FakeEngine } from "../fakes/fake_engine.ts";
import { memoryFiles } from "../fakes/memory_files.ts";
import { loadStack, newEngine, type Stacks } from "../plan/fixture.ts";
import { NO_TIME, passOver } from "./pass_fixture.ts";

export interface Commit {
  readonly stacks: Stacks;
  /** Content of files beside the stacks' Compose files, by their paths in the repository. */
  readonly files?: Readonly<Record<string, string>>;
  /** Hash of what the images of `shop` are built from, by service. */
  readonly builds?: Readonly<Record<string, string>>;
}

const ROOT = "/repo";

export class MemoryHost {
  engine: FakeEngine = newEngine();
  readonly commits = new Map<string, Commit>();
  head = "";
  /** What is checked out. */
  pins: readonly Pin[] = [];
  state: HostState = NO_STATE;
  /** Every state that was written, in order. */
  readonly written: HostState[] = [];
  settings: StackSettings = DEFAULT_SETTINGS;
  readonly events: PassEvent[] = [];
  readonly syncs: SyncOptions[] = [];
  /** Called ahead of each operation. */
  before: (stack: string, operation: Operation) => Promise<void> | void = () => {};
  /** What another host holds, and may go back to. */
  elsewhere: { pins: readonly Pin[]; keep: readonly string[] } = { pins: [], keep: [] };
  /** Whether somebody wants `shop` to be left alone. */
  suspended = false;
  /** Values that a stack's hash depends on besides its files. */
  secret = "";

  push(
    commit: string,
    stacks: Stacks,
    files: NonNullable<Commit["files"]> = {},
    builds: NonNullable<Commit["builds"]> = {},
  ): void {
    this.commits.set(commit, { stacks, files, builds });
    this.head = commit;
  }

  /** With the same commits, engine, state and settings, that goes its own way. */
  copy(): MemoryHost {
    const copy = new MemoryHost();
    for (const [id, { stacks, files, builds }] of this.commits) copy.push(id, stacks, files, builds);
    copy.engine = this.engine.copy();
    copy.state = structuredClone(this.state);
    copy.settings = this.settings;
    return copy;
  }

  stack(name: string): StackState {
    return stateOf(this.state, name);
  }

  /** A pass; its state keeps what is good, as the pass of the application does. */
  async pass(options: Partial<RunPassOptions> = {}): Promise<ApplyReport> {
    const { deps, options: base } = this.dependencies();
    return await runRecordedPass(deps, { trigger: "test", ...base, ...options });
  }

  async outcome(stack = "shop", options: Partial<RunPassOptions> = {}): Promise<StackOutcome> {
    const { outcomes } = await this.pass(options);
    return outcomes.find((each) => each.stack === stack)!;
  }

  dependencies(): { readonly deps: PassDependencies; readonly options: RunPassOptions } {
    const { deps, options } = passOver(this.engine, {});
    const { engine } = this;
    return {
      options: { ...options, onEvent: (event) => void this.events.push(event) },
      deps: {
        ...deps,
        engine: {
          observe: (...args) => engine.observe(...args),
          takeDown: (...args) => engine.takeDown(...args),
          inspectProject: (project) => {
            this.#live();
            return engine.inspectProject(project);
          },
          logTail: (id) => engine.logTail(id),
          execute: async (operation, context) => {
            await this.before(context.desired.name, operation);
            await engine.execute(operation, context);
          },
        },
        repository: { sync: (given) => this.#sync(given) },
        loadHost: () =>
          Promise.resolve(this.#load(this.#checkedOut(), this.#pinOf("shop/")?.commit ?? this.head)),
        clock: NO_TIME,
        state: this.#store(),
        commits: {
          root: ROOT,
          folderOf: (stack) => stack,
          elsewhere: () => this.elsewhere,
          load: (stack, { commit }) => {
            const { stacks } = this.#commit(commit);
            const own = Object.fromEntries(Object.entries(stacks).filter(([name]) => name === stack));
            return Promise.resolve(this.#load(own, commit));
          },
        },
      },
    };
  }

  #load(stacks: Stacks, commit: string): LoadedHost {
    const builds = Object.entries(this.#commit(commit).builds ?? {}).map(([service, hash]) =>
      [service, { hash, needs: [] }] as const
    );
    const loaded = Object.entries(stacks).map(([name, text]): DesiredStack => {
      const own = name === "shop" ? builds : [];
      const stack = loadStack(name, text, {}, Object.fromEntries(own));
      const built = own.map(([, { hash }]) => hash).join();
      return { ...stack, stackHash: `${stack.stackHash}${built}${this.secret}`, settings: this.settings };
    });
    return { stacks: loaded, broken: [], skipped: [], warnings: [], startupOrder: [] };
  }

  #store(): StateStore {
    return {
      read: () => structuredClone(this.state),
      write: (state) => {
        this.#live();
        this.state = structuredClone(state);
        this.written.push(this.state);
        return [];
      },
      suspensions: () => this.suspended ? { shop: { since: "2026-01-01T00:00:00Z" } } : {},
      fault: () => undefined,
    };
  }

  async #sync(options: SyncOptions): Promise<Snapshot> {
    options.signal.throwIfAborted();
    this.#live();
    this.syncs.push(options);
    const head: HeadView = {
      commit: this.head,
      filesAt: (commit = this.head) =>
        Promise.resolve().then(() => ({
          commit,
          files: memoryFiles(ROOT, {}),
          tracked: this.#tracked(() => this.#commit(commit)),
        })),
    };
    const pins = await options.pins?.(head) ?? [];
    for (const { commit } of pins) this.#commit(commit);
    this.#live();
    this.pins = pins;
    return {
      commit: this.head,
      branch: "main",
      folder: ROOT,
      discarded: [],
      stale: false,
      odd: [],
      pins,
      head,
      tracked: this.#tracked((path) => this.#commit(this.#pinOf(path)?.commit ?? this.head)),
    };
  }

  /** A step, as those of the engine: whoever was killed does nothing more. */
  #live(): void {
    if (this.engine.stepsLeft <= 0) throw new EngineDied("killed");
    this.engine.stepsLeft--;
  }

  #pinOf(path: string): Pin | undefined {
    return this.pins.find((pin) => path.startsWith(`${pin.path}/`));
  }

  /** By the stacks' names: those of pinned folders as their pins' commits have them. */
  #checkedOut(): Stacks {
    const own = Object.entries(this.#commit(this.head).stacks).filter(([name]) => !this.#pinOf(`${name}/`));
    const pinned = this.pins.map(({ path, commit }) => [path, this.#commit(commit).stacks[path]!] as const);
    return Object.fromEntries([...own, ...pinned]);
  }

  #commit(id: string): Commit {
    const found = this.commits.get(id);
    if (found === undefined) throw new HomeportError(`no commit ${id}`);
    return found;
  }

  #tracked(commitOf: (path: string) => Commit): TrackedFiles {
    const paths = [...this.commits.values()].flatMap(({ stacks, files = {} }) => [
      ...Object.keys(files),
      ...Object.keys(stacks).map((name) => `${name}/compose.yml`),
    ]);
    return {
      filesBelow: (folder) =>
        [...new Set(paths)].sort().flatMap((path) => {
          const { stacks, files = {} } = commitOf(path);
          const content = files[path] ?? stacks[path.replace(/\/compose\.yml$/, "")];
          const absolute = `${ROOT}/${path}`;
          const isBelow = absolute === folder || absolute.startsWith(`${folder}/`);
          return content === undefined || !isBelow
            ? []
            : [{ path: absolute, oid: content, mode: "100644", modified: 0 }];
        }),
    };
  }
}

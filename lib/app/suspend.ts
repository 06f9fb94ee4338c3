/** `suspend` and `resume`: neither the engine nor the repository is asked, and a suspension waits for nobody. */
import { join } from "node:path";
import type { ResumeOptions, ResumeReport, SuspendOptions, SuspendReport } from "../cli/app.ts";
import type { ValidConfig } from "../config/valid_config.ts";
import { HomeportError } from "../errors.ts";
import { changeState } from "../reconcile/state/keep_state.ts";
import { ALL_STACKS, type HostState, type StackState, stateOf } from "../reconcile/state/stack_state.ts";
import { isBySettings } from "../reconcile/suspended.ts";
import { Redactor } from "../secret.ts";
import { readSuspensions, removeSuspension, writeSuspension } from "../state/suspensions.ts";
import { getHost } from "./get_host.ts";
import { stateFileOf } from "./pass_state.ts";

export function suspend(config: ValidConfig, options: SuspendOptions): SuspendReport {
  const { host, stacks, milliseconds, reason } = options;
  const now = new Date();
  const until = milliseconds === undefined ? undefined : new Date(now.getTime() + milliseconds).toISOString();
  const suspension = {
    since: now.toISOString(),
    ...(until !== undefined && { until }),
    ...(reason !== undefined && { reason }),
  };
  stacks?.forEach(refuseOddName);
  const unknown = unknownOf(config, host, stacks);
  for (const stack of stacks ?? [ALL_STACKS]) writeSuspension(config.dataDir, host, stack, suspension);
  return { suspension, unknown };
}

/** A hold can be lifted only while nobody else works in the data folder: `lock` waits for that. */
export async function resume(
  config: ValidConfig,
  { host, stacks }: ResumeOptions,
  lock: () => Promise<Disposable>,
): Promise<ResumeReport> {
  const { dataDir } = config;
  stacks?.forEach(refuseOddName);
  const unknown = unknownOf(config, host, stacks);
  const suspensions = readSuspensions(dataDir, host, new Date());
  const store = stateFileOf(config, { host, redactor: new Redactor() });
  const names = stacks ?? [
    ...new Set([...Object.keys(suspensions), ...Object.keys(store.read().stacks)]),
  ].filter((name) => name !== ALL_STACKS).sort();
  const all = suspensions[ALL_STACKS];
  if (stacks === undefined) removeSuspension(dataDir, host, ALL_STACKS);
  const held = names.filter((name) => isHeld(stateOf(store.read(), name)));
  if (held.length > 0) {
    using _lock = await lock();
    const [warning] = changeState(store, (state) => held.reduce(withoutHold, state));
    if (warning !== undefined) {
      throw new HomeportError(`The hold is not lifted: ${warning}`, { hint: "try again" });
    }
  }
  const [state, fault] = [store.read(), store.fault()];
  return {
    ...(fault !== undefined && { fault }),
    stacks: names.map((name) => {
      const isSuspended = removeSuspension(dataDir, host, name);
      const bySettings = getHost(config, host).stackSettings[name]?.suspend === true ||
        isBySettings(stateOf(state, name));
      const wasSuspended = isSuspended || (stacks === undefined && all !== undefined);
      return {
        name,
        was: [
          ...(wasSuspended ? ["suspended" as const] : []),
          ...(held.includes(name) ? ["held" as const] : []),
        ],
        ...(bySettings
          ? { still: "its files or stacks.config.ts suspend it (suspend: true)" }
          : stacks !== undefined && all !== undefined
          ? { still: "all stacks are suspended: homeport resume --all ends that" }
          : {}),
      };
    }),
    all: stacks === undefined && all !== undefined,
    unknown,
  };
}

/** At another commit, or at other images than its tags mean. */
function isHeld({ hold, rejected }: StackState): boolean {
  return hold !== undefined || rejected.length > 0;
}

function withoutHold(state: HostState, name: string): HostState {
  const { hold: _hold, left: _left, ...others } = stateOf(state, name);
  const stack: StackState = { ...others, rejected: [], heals: [] };
  return { ...state, stacks: { ...state.stacks, [name]: stack } };
}

function refuseOddName(stack: string): void {
  if (stack !== "" && stack !== ALL_STACKS && !/[/\\\0]/.test(stack) && !stack.startsWith(".")) return;
  throw new HomeportError(`${JSON.stringify(stack)} is not a stack's name`, {
    hint: "write the name of the stack's folder alone; --all means every stack",
    exitCode: 2,
  });
}

/** None, where nobody knows any. */
function unknownOf(config: ValidConfig, host: string, stacks: readonly string[] = []): readonly string[] {
  const known = knownStacks(config, host);
  const suspended = readSuspensions(config.dataDir, host, new Date());
  return known.size === 0 ? [] : stacks.filter((stack) => !known.has(stack) && !(stack in suspended));
}

/** Of the last checkout, and of what was deployed. Empty: nobody knows. */
function knownStacks(config: ValidConfig, host: string): ReadonlySet<string> {
  const folder = join(config.dataDir, "checkout", getHost(config, host).stacks.path);
  const store = stateFileOf(config, { host, redactor: new Redactor() });
  return new Set([...foldersIn(folder), ...Object.keys(store.read().stacks)]);
}

function foldersIn(folder: string): string[] {
  try {
    return [...Deno.readDirSync(folder)].filter(({ isFile }) => !isFile).map(({ name }) => name);
  } catch {
    return [];
  }
}

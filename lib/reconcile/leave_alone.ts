/** Which stacks a pass leaves as they are although there is something to do, and why. */
import { isImageChange } from "../plan/find_recreate_cause.ts";
import type { LeftAlone } from "../plan/left_alone.ts";
import type { Plan, StackPlan } from "../plan/plan.ts";
import { type DesiredStack } from "../stacks/desired_stack.ts";
import { settingsOf } from "../stacks/stack_settings.ts";
import type { OpenWindow } from "./loop/maintenance_window.ts";
import type { PassSettings } from "./pass.ts";
import { type HostState, type StackState, stateOf } from "./state/stack_state.ts";
import { formatTime } from "./suspended.ts";
import { typedName } from "./typed_name.ts";

export interface LeaveInput {
  readonly state: HostState;
  readonly desired: ReadonlyMap<string, DesiredStack>;
  readonly drift: PassSettings["drift"];
  readonly now: Date;
  readonly byPerson: boolean;
  /** The one stack that is asked for. */
  readonly stack: string | undefined;
  readonly window: OpenWindow | undefined;
}

/** Why nothing is taken down, although there is something. */
export function findPruneHold(
  { stacks: { length }, needsConfirmation }: Plan["prune"],
  { window, confirmPrune }: { readonly window: OpenWindow | undefined; readonly confirmPrune: boolean },
): LeftAlone | undefined {
  if (length === 0) return undefined;
  if (window !== undefined) return inWindow(window);
  if (!needsConfirmation || confirmPrune) return undefined;
  const reason =
    `gone from Git, and so are ${length} stacks, more than half of those that run: left as it runs. ` +
    "If they are meant to be gone, run homeport apply --confirm-prune";
  return { kind: "prune", reason };
}

export function leaveAlone(plan: Plan, input: LeaveInput): Plan {
  const stacks = plan.stacks.map((stack): StackPlan => {
    const left = stack.operations.length === 0 ? undefined : findReason(stack, input);
    return left === undefined ? stack : { ...stack, left };
  });
  return { ...plan, stacks };
}

function findReason(stack: StackPlan, input: LeaveInput): LeftAlone | undefined {
  const known = stateOf(input.state, stack.name);
  // Half of a way back is worse than either of its ends.
  if (isOnItsWayBack(known)) return undefined;
  if (!isDrift(stack, known)) return input.window && inWindow(input.window);
  const changes = changesOf(stack);
  const settings = settingsOf(input.desired.get(stack.name)!);
  // Whoever names the stack wants it as Git says.
  if (settings.drift === "report" && input.stack !== stack.name) {
    const reason = `drift: ${changes}: homeport apply --stack ${typedName(stack.name)} puts it back`;
    return { kind: "reported", reason };
  }
  return input.byPerson || !isTooOften(stack, known, input)
    ? undefined
    : { kind: "drift", reason: heldReason(stack.name, known, changes, input.drift) };
}

/**
 * It was as Git says, and somebody changed what runs. Images that came are no such change, and neither is what Homeport itself left
 * half-done. Where nothing is known of the stack, nothing is sure.
 */
export function isDrift(
  { operations, stackHash }: StackPlan,
  { good, intended, hold, isUnderWay }: StackState,
): boolean {
  const to = hold !== undefined && "to" in hold ? hold.to : undefined;
  const isReached = to !== undefined
    ? (to.stackHash ?? stackHash) === stackHash
    : good[0]?.stackHash === stackHash && (intended?.stackHash ?? stackHash) === stackHash;
  return isReached && !isUnderWay && operations.length > 0 &&
    !operations.some((operation) =>
      ("refreshes" in operation && operation.refreshes === true) ||
      isImageChange(operation.cause)
    );
}

/** To a commit, or to images. */
function isOnItsWayBack({ hold, rejected, isUnderWay }: StackState): boolean {
  return isUnderWay === true && ((hold !== undefined && "to" in hold) || rejected.length > 0);
}

/** When it was put back of late. */
export function recentHeals({ heals }: StackState, within: number, now: Date): readonly string[] {
  return heals.filter((time) => isRecent(time, within, now));
}

/** A hold because of drift ends when its time has passed, and when the stack is to be another one. */
export function isHeldForDrift(
  { hold }: StackState,
  stackHash: string,
  { drift, now }: Pick<LeaveInput, "drift" | "now">,
): boolean {
  return hold?.kind === "drift" && hold.stackHash === stackHash &&
    isRecent(hold.since, drift.within, now);
}

/** A clock that was set back makes nothing recent for years. */
function isRecent(time: string, within: number, now: Date): boolean {
  return Math.abs(now.getTime() - Date.parse(time)) < within;
}

function isTooOften({ stackHash }: StackPlan, known: StackState, input: LeaveInput): boolean {
  if (known.hold?.kind === "drift") return isHeldForDrift(known, stackHash, input);
  return recentHeals(known, input.drift.within, input.now).length >= input.drift.attempts;
}

function heldReason(
  name: string,
  { hold }: StackState,
  changes: string,
  { attempts, within }: LeaveInput["drift"],
): string {
  if (hold?.kind === "drift") return hold.reason;
  const minutes = Math.max(1, Math.round(within / 60_000));
  return `put back ${
    attempts === 1 ? "once" : `${attempts} times`
  } within ${minutes} min, and changed again: ${changes}. ` +
    `It is tried again after ${minutes} min, at the next change in Git, or after homeport resume ${
      typedName(name)
    }`;
}

function inWindow({ closesAt }: OpenWindow): LeftAlone {
  return {
    kind: "window",
    reason: `a maintenance window is open until ${
      formatTime(closesAt.toISOString())
    }: homeport apply does it now`,
  };
}

/** The first causes; a removed container has several of one kind. */
function changesOf({ operations }: StackPlan): string {
  const causes = [...new Set(operations.map(({ cause }) => cause))].filter((cause) =>
    cause !== "its container is new"
  );
  const more = causes.length > 3 ? `, and ${causes.length - 3} more` : "";
  return `${causes.slice(0, 3).join("; ")}${more}`;
}

/** What the labels of the engine cannot say of a host's stacks: what is asked for, and what is left alone. */
import type { ValidWindow } from "../../config/valid_config.ts";
import { openWindow } from "../loop/maintenance_window.ts";
import { describeRejection } from "../rollback/rejected_images.ts";
import { shortCommit } from "../short_commit.ts";
import { ALL_STACKS, type HostState, stateOf, type Suspension } from "../state/stack_state.ts";
import type { HostStatus, StackNote } from "./status.ts";
import { describeSuspension, formatTime, isBySettings } from "../suspended.ts";
import { typedName } from "../typed_name.ts";

export interface StatusInput {
  readonly state: HostState;
  readonly suspensions: Readonly<Record<string, Suspension>>;
  readonly windows: readonly ValidWindow[];
  readonly now: Date;
}

export function withState(status: HostStatus, input: StatusInput): HostStatus {
  const window = openWindow(input.windows, input.now);
  const names = new Set([
    ...status.stacks.map(({ name }) => name),
    ...Object.keys(input.state.stacks),
    ...Object.keys(input.suspensions),
  ]);
  names.delete(ALL_STACKS);
  return {
    ...status,
    notes: [...names].sort().flatMap((name) => notesOf(name, input)),
    ...(window !== undefined && {
      window: { openedAt: window.openedAt.toISOString(), closesAt: window.closesAt.toISOString() },
    }),
  };
}

/** What a plan does not tell: the plan is for what a stack is held to, and for a person, whom no window binds. */
export function besidePlan(input: StatusInput, stack?: string): Pick<HostStatus, "notes" | "window"> {
  const { notes = [], window } = withState({ host: "", instance: "", stacks: [] }, input);
  return {
    notes: notes.filter(({ kind, ...note }) =>
      (kind === "held" || kind === "not-reached") && (stack === undefined || note.stack === stack)
    ),
    ...(window !== undefined && { window }),
  };
}

function notesOf(stack: string, { state, suspensions }: StatusInput): StackNote[] {
  const known = stateOf(state, stack);
  const { hold, left, intended, rejected, good: [newest] } = known;
  const own = suspensions[stack];
  const suspension = own ?? suspensions[ALL_STACKS];
  const notes: StackNote[] = [];
  if (suspension !== undefined) {
    const text = describeSuspension(suspension, own === undefined ? "--all" : typedName(stack));
    notes.push({ stack, kind: "suspended", ...suspension, text });
  } else if (left !== undefined && isBySettings(known)) {
    notes.push({ stack, kind: "suspended", since: left.since, text: left.reason });
  }
  if (hold !== undefined) {
    const { kind, since } = hold;
    // That of drift says itself what ends it.
    const why = kind === "drift"
      ? firstLine(hold.reason)
      : `${kind === "manual" ? "rolled back by hand" : firstLine(hold.reason)}; ${howToEnd(stack)}`;
    const text = `held since ${formatTime(since)} (${kind}): ${why}`;
    notes.push({ stack, kind: "held", hold: kind, since, text });
  } else if (left !== undefined && left.kind !== "suspended") {
    notes.push({ stack, kind: "left", since: left.since, text: left.reason });
  }
  if (intended !== undefined && intended.stackHash !== newest?.stackHash && hold === undefined) {
    const from = newest === undefined ? "" : `; what ran well last is that of ${shortCommit(newest.commit)}`;
    const text = `${shortCommit(intended.commit)} was asked for on ${formatTime(intended.since)} ` +
      `and is not reached${from}`;
    notes.push({ stack, kind: "not-reached", since: intended.since, commit: intended.commit, text });
  }
  for (const image of rejected) {
    const { since } = image;
    const text = `${describeRejection(image)} since ${formatTime(since)}: until the tag means yet another ` +
      `image, or homeport resume ${typedName(stack)}`;
    notes.push({ stack, kind: "rejected", since, text });
  }
  return notes;
}

function howToEnd(stack: string): string {
  return `homeport resume ${typedName(stack)} ends it`;
}

function firstLine(text: string): string {
  return text.split("\n")[0]!;
}

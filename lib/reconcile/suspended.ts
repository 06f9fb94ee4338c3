/** Stacks that somebody wants to be left alone: by hand, by their own files, or by the configuration. */
import type { SuspendedStack } from "../plan/left_alone.ts";
import type { LoadedHost } from "../stacks/load_host.ts";
import { settingsOf } from "../stacks/stack_settings.ts";
import { ALL_STACKS, type StackState, type Suspension } from "./state/stack_state.ts";
import { typedName } from "./typed_name.ts";

export interface Suspended {
  readonly stacks: readonly SuspendedStack[];
  /** All are, those that Git no longer has included. */
  readonly all: boolean;
}

const BEGIN = "suspended by x-homeport";
const BY_SETTINGS =
  `${BEGIN} in its files or stackSettings in stacks.config.ts: remove suspend there to end it`;

/** What a pass found: not by a person. */
export function isBySettings({ left }: Pick<StackState, "left">): boolean {
  return left?.kind === "suspended" && left.reason.startsWith(BEGIN);
}

/** Sorted by name. What Git no longer has is left alone as well, so that it can be named. */
export function findSuspended(
  { stacks, broken }: Pick<LoadedHost, "stacks" | "broken">,
  suspensions: Readonly<Record<string, Suspension>>,
): Suspended {
  const all = suspensions[ALL_STACKS];
  const found = new Map<string, SuspendedStack>();
  for (const stack of stacks) {
    if (!settingsOf(stack).suspend) continue;
    found.set(stack.name, { name: stack.name, reason: BY_SETTINGS });
  }
  for (const [name, suspension] of Object.entries(suspensions)) {
    if (name !== ALL_STACKS) found.set(name, byHand(name, suspension, typedName(name)));
  }
  if (all !== undefined) {
    for (const { name } of [...stacks, ...broken]) {
      if (!found.has(name)) found.set(name, byHand(name, all, "--all"));
    }
  }
  return {
    stacks: [...found.values()].sort((a, b) => a.name < b.name ? -1 : 1),
    all: all !== undefined,
  };
}

function byHand(name: string, suspension: Suspension, target: string): SuspendedStack {
  const { until } = suspension;
  return { name, reason: describeSuspension(suspension, target), ...(until !== undefined && { until }) };
}

/** `suspended since 2026-01-02 03:04 UTC until 05:04 UTC (moving house): homeport resume web ends it` */
export function describeSuspension({ since, until, reason }: Suspension, target: string): string {
  const end = until === undefined ? "" : ` until ${formatTime(until)}`;
  const why = reason === undefined ? "" : ` (${reason})`;
  return `suspended since ${formatTime(since)}${end}${why}: homeport resume ${target} ends it`;
}

/** `2026-01-02 03:04 UTC` */
export function formatTime(time: string): string {
  return `${new Date(time).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}

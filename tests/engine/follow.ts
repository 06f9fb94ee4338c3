/** A `homeport run` with what it prints. */
import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import type { Homelab, RunningCommand } from "../fakes/homelab.ts";

interface Line {
  readonly event: string;
  readonly [detail: string]: string;
}

interface SeenPass {
  readonly triggers: readonly string[];
  readonly begin: number;
  readonly end?: number;
}

export interface FollowingRun extends RunningCommand {
  readonly lines: () => readonly Line[];
  readonly passes: () => readonly SeenPass[];
  /** Waits for what it prints, or for something else that it does. */
  readonly until: (condition: RegExp | (() => boolean | Promise<boolean>)) => Promise<void>;
  /** Waits until no pass has begun for a while: what came before calls for none any more. */
  readonly quiet: () => Promise<void>;
}

/** Starts `run --json --verbose`. */
export function follow(lab: Homelab): FollowingRun {
  const command = lab.start("run", "--json", "--verbose");
  const lines = (): Line[] =>
    command.stdout().split("\n").filter((line) => line !== "").map((line) => JSON.parse(line));
  const passes = (): SeenPass[] => {
    const seen: { triggers: readonly string[]; begin: number; end?: number }[] = [];
    lines().forEach(({ event, triggers }, index) => {
      if (event === "pass-started") seen.push({ triggers: triggers as unknown as string[], begin: index });
      if (/^pass-(done|failed|held)$/.test(event)) seen.at(-1)!.end = index;
    });
    return seen;
  };
  return {
    ...command,
    lines,
    passes,
    until: async (condition: RegExp | (() => boolean | Promise<boolean>)) => {
      const isMet = condition instanceof RegExp ? () => condition.test(command.stdout()) : condition;
      for (let tries = 0; !await isMet(); tries++) {
        assert.ok(tries < 1500, `${condition} did not come:\n${command.stdout()}`);
        await pause(10);
      }
    },
    quiet: async () => {
      for (let seen = -1; seen !== passes().length || passes().at(-1)?.end === undefined;) {
        seen = passes().length;
        await pause(500);
      }
    },
  };
}

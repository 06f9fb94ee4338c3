import { Listr, type ListrTask } from "listr2";
import { formatError } from "../../errors.ts";
import type { Plan } from "../../plan/plan.ts";
import type { PassEvent, StackOutcome } from "../../reconcile/report.ts";
import type { Io } from "../io.ts";
import { count, formatDuration } from "../wording.ts";
import { noticesOf } from "./notices.ts";
import type { Progress } from "./progress.ts";
import { printReport } from "./report.ts";

/** The stacks as a list that is drawn over and over, each with the operation in hand. */
export function taskList(io: Io): Progress {
  const planned = Promise.withResolvers<Plan | undefined>();
  const stacks = new Map<string, StackTask>();
  const notes: string[] = [];
  const list = new Listr([{
    title: "Fetching the repository, and looking at what runs",
    task: async (_, task) => {
      const plan = await planned.promise;
      if (plan === undefined) return;
      const changes = changesOf(plan);
      task.title = changes.length === 0
        ? "Everything is as it should be"
        : `${count(changes.length, "stack")} to change`;
      return task.newListr(changes.map((name) => stackTask(name, stacks)), {
        concurrent: true,
        exitOnError: false,
      });
    },
  }], { registerSignalListeners: false, exitOnError: false, rendererOptions: { collapseSubtasks: false } });
  const drawn = list.run();
  const end = async () => {
    planned.resolve(undefined);
    for (const { finished } of stacks.values()) finished.resolve(undefined);
    await drawn;
    for (const note of notes) io.stderr(`${note}\n`);
  };
  return {
    onEvent: (event) => {
      notes.push(...noticesOf(event));
      if (event.kind === "planned") {
        for (const name of changesOf(event.plan)) {
          stacks.set(name, { finished: Promise.withResolvers(), show: undefined });
        }
        planned.resolve(event.plan);
      }
      show(event, stacks);
    },
    done: async (report) => {
      await end();
      printReport(report, io);
    },
    failed: end,
  };
}

interface StackTask {
  readonly finished: PromiseWithResolvers<StackOutcome | undefined>;
  /** Writes beside the stack; there once the stack is on the screen. */
  show: ((text: string) => void) | undefined;
}

function changesOf({ stacks, prune }: Plan): string[] {
  const changed = stacks.filter(({ operations }) => operations.length > 0).map(({ name }) => name);
  return [...changed, ...prune.stacks.map(({ name }) => name)];
}

function stackTask(name: string, stacks: ReadonlyMap<string, StackTask>): ListrTask {
  return {
    title: name,
    task: async (_, task) => {
      const stack = stacks.get(name)!;
      stack.show = (text) => task.output = text;
      const outcome = await stack.finished.promise;
      if (outcome === undefined) return;
      task.title = `${name}: ${outcome.result}, ${formatDuration(outcome.milliseconds)}`;
      // The reason stands in the report below, in full.
      if (outcome.errors.length > 0) throw new Error(task.title);
    },
  };
}

function show(event: PassEvent, stacks: ReadonlyMap<string, StackTask>): void {
  switch (event.kind) {
    case "operation-started":
      return stacks.get(event.stack)?.show?.(`${event.operation.id} (${event.operation.cause})`);
    case "operation-progress":
      return stacks.get(event.stack)?.show?.(`${event.operation.id}: ${event.message}`);
    case "operation-failed":
      return stacks.get(event.stack)?.show?.(formatError(event.error).split("\n")[0]!);
    case "stack-done":
      return stacks.get(event.outcome.stack)?.finished.resolve(event.outcome);
    default:
  }
}

import { Listr, type ListrTask } from "listr2";
import { formatError } from "../../errors.ts";
import type { Plan } from "../../plan/plan.ts";
import type { PassEvent, StackOutcome } from "../../reconcile/report.ts";
import type { Io } from "../io.ts";
import { count, formatDuration, formatReturn } from "../wording.ts";
import { noticesOf } from "./notices.ts";
import type { Progress } from "./progress.ts";
import { printReport } from "./report.ts";

/** The stacks as a list that is drawn over and over, each with the operation in hand. */
export function taskList(io: Io): Progress {
  const list: List = { io, planned: Promise.withResolvers(), stacks: new Map(), showWaiting: undefined };
  const notes: string[] = [];
  const drawn = new Listr([fetchTask(list)], {
    registerSignalListeners: false,
    exitOnError: false,
    rendererOptions: { collapseSubtasks: false },
  }).run();
  const end = async () => {
    list.planned.resolve(undefined);
    for (const { finished } of list.stacks.values()) finished.resolve(undefined);
    await drawn;
    for (const note of notes) io.stderr(`${note}\n`);
  };
  return {
    onEvent: (event) => {
      if (event.kind !== "waiting") notes.push(...noticesOf(event));
      show(event, list);
    },
    done: async (report) => {
      await end();
      printReport(report, io);
    },
    failed: end,
  };
}

interface List {
  readonly io: Io;
  /** `undefined`: the pass ended before there was a plan. */
  readonly planned: PromiseWithResolvers<Plan | undefined>;
  readonly stacks: Map<string, StackTask>;
  showWaiting: ((text: string) => void) | undefined;
}

interface StackTask {
  /** `undefined`: the pass ended before the stack was through. */
  readonly finished: PromiseWithResolvers<StackOutcome | undefined>;
  /** Writes beside the stack; there once the stack is on the screen. */
  show: ((text: string) => void) | undefined;
}

function fetchTask(list: List): ListrTask {
  return {
    title: "Fetching the repository, and looking at what runs",
    task: async (_, task) => {
      list.showWaiting = (text) => task.output = text;
      const plan = await list.planned.promise;
      if (plan === undefined) throw new Error(task.title);
      const changes = changesOf(plan);
      task.title = changes.length === 0
        ? "Everything is as it should be"
        : `${count(changes.length, "stack")} to change`;
      const tasks = changes.map((name) => stackTask(name, list.stacks));
      return task.newListr(tasks, { concurrent: true, exitOnError: false });
    },
  };
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
      if (outcome === undefined) throw new Error(`${name}: not done`);
      task.title = `${name}: ${outcome.result}, ${formatDuration(outcome.milliseconds)}`;
      // The reason stands in the report below, in full.
      if (outcome.errors.length > 0) throw new Error(task.title);
    },
  };
}

function show(event: PassEvent, { io, planned, stacks, showWaiting }: List): void {
  const showAt = (stack: string, text: string) => stacks.get(stack)?.show?.(io.redact(text));
  switch (event.kind) {
    case "waiting":
      return showWaiting?.(`waiting for ${event.holder}`);
    case "planned":
      for (const name of changesOf(event.plan)) {
        stacks.set(name, { finished: Promise.withResolvers(), show: undefined });
      }
      return planned.resolve(event.plan);
    case "operation-started":
      return showAt(event.stack, `${event.operation.id} (${event.operation.cause})`);
    case "operation-progress":
      return showAt(event.stack, `${event.operation.id}: ${event.message}`);
    case "gate-waiting":
      return showAt(event.stack, event.message);
    case "rollback-started":
      return showAt(event.stack, formatReturn(event));
    case "operation-failed":
      return showAt(event.stack, formatError(event.error).split("\n")[0]!);
    case "stack-done":
      return stacks.get(event.outcome.stack)?.finished.resolve(event.outcome);
    default:
  }
}

/** An item of work with a name that others can wait for. */
export interface Task {
  readonly name: string;
  /** Names of tasks that must have ended before, well or not. Names that are not among the tasks do not count. */
  readonly after: readonly string[];
  readonly run: () => Promise<void>;
}

/** Runs at most `limit` at once, in order as far as `after` allows. The order is such that no task waits for a later one. */
export async function runSideBySide(tasks: readonly Task[], limit: number): Promise<void> {
  const ended = new Set<string>();
  const names = new Set(tasks.map(({ name }) => name));
  const waiting = new Set(tasks);
  const running = new Set<Promise<void>>();

  const begin = (task: Task) => {
    waiting.delete(task);
    const work = task.run().finally(() => {
      ended.add(task.name);
      running.delete(work);
    });
    running.add(work);
  };

  while (waiting.size > 0) {
    const isReady = ({ after }: Task) => after.every((name) => ended.has(name) || !names.has(name));
    for (const task of [...waiting].filter(isReady).slice(0, limit - running.size)) begin(task);
    await Promise.race(running);
  }
  await Promise.all(running);
}

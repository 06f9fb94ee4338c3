/** An item of work with a name that others can wait for. */
export interface Task {
  readonly name: string;
  /** Names of tasks that must have ended before, well or not. Names that are not among the tasks do not count. */
  readonly after: readonly string[];
  readonly run: (aside: Aside) => Promise<void>;
}

/** Does a part of a task that needs no place of its own, such as waiting: another task may have the place in the meantime. */
export type Aside = <Result>(work: () => Promise<Result>) => Promise<Result>;

/** Runs at most `limit` at once, in order as far as `after` allows. The order is such that no task waits for a later one. */
export async function runSideBySide(tasks: readonly Task[], limit: number): Promise<void> {
  const ended = new Set<string>();
  const names = new Set(tasks.map(({ name }) => name));
  const waiting = new Set(tasks);
  const running = new Set<Promise<void>>();
  /** Those that stood aside and go on: they come before those that have not begun. */
  const returning: (() => void)[] = [];
  const failures: unknown[] = [];
  let free = limit;
  let news = Promise.withResolvers<void>();
  const tell = () => news.resolve();

  const aside: Aside = async (work) => {
    free++;
    tell();
    try {
      return await work();
    } finally {
      await new Promise<void>((resolve) => {
        returning.push(resolve);
        tell();
      });
    }
  };

  const begin = (task: Task) => {
    free--;
    waiting.delete(task);
    const work = task.run(aside).catch((error) => void failures.push(error)).finally(() => {
      free++;
      ended.add(task.name);
      running.delete(work);
      tell();
    });
    running.add(work);
  };

  const isReady = ({ after }: Task) => after.every((name) => ended.has(name) || !names.has(name));
  while (waiting.size > 0 || running.size > 0) {
    while (free > 0 && returning.length > 0) {
      free--;
      returning.shift()!();
    }
    for (const task of [...waiting].filter(isReady).slice(0, Math.max(0, free))) begin(task);
    await news.promise;
    news = Promise.withResolvers<void>();
  }
  if (failures.length > 0) throw failures[0];
}

/** Many cases in one test of the engine, three at a time: most of what each takes is waiting. */
import { randomInt } from "node:crypto";
import { join } from "node:path";
import type { EngineTest } from "./harness.ts";
import { removeProjects } from "./remove_projects.ts";

/** Each case is a step of the test, with a project, a folder and a subnet of its own. */
export async function inParts<T extends { readonly name: string }>(
  t: EngineTest,
  cases: readonly T[],
  work: (t: EngineTest, each: T) => Promise<void>,
): Promise<void> {
  const errors = new Map<T, unknown>();
  await sideBySide([...cases.entries()], async ([index, each]) => {
    const part = await partOf(t, index);
    try {
      await work(part, each);
    } catch (error) {
      errors.set(each, error);
    } finally {
      await removeProjects(t.api, part.project);
    }
  });
  for (const each of cases) {
    await t.step(each.name, () => {
      if (errors.has(each)) throw errors.get(each);
    });
  }
}

/** Works through the items three at a time, so that a small machine is not overrun. */
export async function sideBySide<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const rest = items.values();
  const worker = async () => {
    for (const item of rest) await work(item);
  };
  await Promise.all([worker(), worker(), worker()]);
}

async function partOf(t: EngineTest, index: number): Promise<EngineTest> {
  const folder = join(t.folder, String(index));
  await Deno.mkdir(folder);
  return {
    ...t,
    folder,
    project: `${t.project}-${index}x`,
    subnet: `10.${128 + randomInt(120)}.${randomInt(256)}`,
    compose: (args, options) => t.compose(args, { cwd: folder, ...options }),
    docker: (args, options) => t.docker(args, { cwd: folder, ...options }),
  };
}

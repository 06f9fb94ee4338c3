/** What a process that dies, and a disk that fails, leave behind. */
import assert from "node:assert/strict";
import { join } from "node:path";

/** Lets so many changes of the disk through, and fails at all others, as if the process had been killed. True when it was done before. */
export async function dyingAfter(operations: number, run: () => Promise<unknown>): Promise<boolean> {
  const changing = ["renameSync", "removeSync", "mkdirSync", "symlinkSync", "chmodSync", "openSync"] as const;
  const originals = changing.map((name) => [name, Deno[name]] as const);
  let left = operations;
  for (const [name, original] of originals) {
    const counted = (...args: readonly unknown[]) => {
      if (left-- <= 0) throw new Error("killed");
      return Reflect.apply(original, Deno, args);
    };
    Object.assign(Deno, { [name]: counted });
  }
  try {
    await run();
    return true;
  } catch (error) {
    assert.match(String(error), /killed/);
    return false;
  } finally {
    Object.assign(Deno, Object.fromEntries(originals));
  }
}

/** Every file of the packs. */
export function packs(gitFolder: string): string[] {
  const folder = join(gitFolder, "objects/pack");
  return [...Deno.readDirSync(folder)].map(({ name }) => join(folder, name));
}

export function truncate(path: string): void {
  Deno.truncateSync(path, Math.floor(Deno.statSync(path).size / 2));
}

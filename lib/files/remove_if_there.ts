/** A folder goes with all that is in it. */
export function removeIfThere(path: string): void {
  ignoreMissing(() => Deno.removeSync(path, { recursive: true }));
}

export function ignoreMissing(task: () => void): void {
  try {
    task();
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

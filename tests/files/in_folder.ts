/** A folder for a test, that goes with it. */
export function inFolder(body: (folder: string) => void): void {
  const folder = Deno.makeTempDirSync({ prefix: "homeport-files-" });
  try {
    body(folder);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

export function namesIn(folder: string): string[] {
  return [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
}

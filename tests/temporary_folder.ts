/** Goes with its block, and all that is in it. */
export function temporaryFolder(): Disposable & { readonly path: string } {
  const path = Deno.makeTempDirSync({ prefix: "homeport-test-" });
  return { path, [Symbol.dispose]: () => Deno.removeSync(path, { recursive: true }) };
}

export function namesIn(folder: string): string[] {
  return [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
}

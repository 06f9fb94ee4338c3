/** Tells the person at the terminal what takes time. */
export type Log = (message: string) => void;

export interface RunResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end. One that does not exist is an exit code 127, as in a shell. */
export async function run(
  command: string,
  args: readonly string[],
  options: { readonly cwd?: string; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<RunResult> {
  try {
    const output = await new Deno.Command(command, {
      args: [...args],
      stdin: "null",
      env: { LC_ALL: "C", DEBIAN_FRONTEND: "noninteractive", ...options.env },
      ...options.cwd === undefined ? {} : { cwd: options.cwd },
    }).output();
    const decoder = new TextDecoder();
    return {
      code: output.code,
      stdout: decoder.decode(output.stdout),
      stderr: decoder.decode(output.stderr),
    };
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    return { code: 127, stdout: "", stderr: `${command}: not found` };
  }
}

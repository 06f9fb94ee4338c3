/** Runs processes and measures them. Linux only: peak memory is read from `/proc`. */

export interface Measured {
  readonly milliseconds: number;
  /** Peak of the resident memory, in bytes. */
  readonly peakMemory: number;
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** The exit code that it must have. Default: 0. */
  readonly expect?: number;
}

export async function measure(
  command: string,
  args: readonly string[],
  { cwd, env, expect = 0 }: RunOptions = {},
): Promise<Measured> {
  const started = performance.now();
  const child = new Deno.Command(command, {
    args: [...args],
    ...(cwd === undefined ? {} : { cwd }),
    ...(env === undefined ? {} : { env }),
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  let ended = false;
  const peak = watchMemory(child.pid, () => ended);
  const { code, stdout, stderr } = await child.output();
  const milliseconds = performance.now() - started;
  ended = true;
  const decoder = new TextDecoder();
  const result = { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
  if (code !== expect) {
    throw new Error(`${command} ${args.join(" ")} ended with ${code}:\n${result.stdout}${result.stderr}`);
  }
  return { ...result, milliseconds, peakMemory: await peak };
}

/** The kernel keeps the peak itself, so that looking often enough is enough to have all but the last milliseconds. */
async function watchMemory(pid: number, hasEnded: () => boolean): Promise<number> {
  let peak = 0;
  while (!hasEnded()) {
    try {
      const match = /VmHWM:\s+(\d+) kB/.exec(await Deno.readTextFile(`/proc/${pid}/status`));
      if (match !== null) peak = Number(match[1]) * 1024;
    } catch {
      break;
    }
    await new Promise((resolve) => setTimeout(resolve, 3));
  }
  return peak;
}

/** The median of several runs by time, with the highest peak. */
export async function measureOften(times: number, run: () => Promise<Measured>): Promise<Measured> {
  const runs: Measured[] = [];
  for (let index = 0; index < times; index++) runs.push(await run());
  runs.sort((a, b) => a.milliseconds - b.milliseconds);
  const median = runs[Math.floor(runs.length / 2)]!;
  return { ...median, peakMemory: Math.max(...runs.map(({ peakMemory }) => peakMemory)) };
}

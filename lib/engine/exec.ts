/** Running a command inside a container. */
import { readTail } from "./output_tail.ts";
import { pause } from "./pause.ts";
import { isStatus } from "./request_error.ts";
import { request, type Run } from "./run.ts";

export interface ExecRequest {
  readonly Cmd: readonly string[];
  readonly User?: string;
  readonly Privileged?: boolean;
  readonly WorkingDir?: string;
  /** `NAME=value`. */
  readonly Env?: readonly string[];
}

export interface ExecResult {
  readonly exitCode: number;
  /** The end of what it printed, errors included. */
  readonly output: string;
}

/** `undefined`: the container does not run, or no more. Aborting leaves the command running: the engine cannot end it. */
export async function exec(
  run: Run,
  containerId: string,
  command: ExecRequest,
): Promise<ExecResult | undefined> {
  const id = await create(run, containerId, command);
  if (id === undefined) return undefined;
  const stream = await run.connection.stream({
    method: "POST",
    path: `/exec/${id}/start`,
    body: { Detach: false, Tty: false },
    signal: run.signal,
  });
  const output = await readTail(stream);
  return { exitCode: await untilEnded(run, id), output };
}

/** A command may close its output long before it ends; what it leaves in the background does not count. */
async function untilEnded(run: Run, id: string): Promise<number> {
  for (;;) {
    const { Running, ExitCode } = await request<ExecDetails>(run, {
      method: "GET",
      path: `/exec/${id}/json`,
    });
    if (!Running && ExitCode !== null) return ExitCode;
    await pause(100, run.signal);
  }
}

interface ExecDetails {
  readonly Running: boolean;
  readonly ExitCode: number | null;
}

async function create(run: Run, containerId: string, command: ExecRequest): Promise<string | undefined> {
  const body = { ...command, AttachStdout: true, AttachStderr: true };
  try {
    const path = `/containers/${containerId}/exec`;
    return (await request<{ readonly Id: string }>(run, { method: "POST", path, body })).Id;
  } catch (error) {
    if (isStatus(error, 404, 409)) return undefined;
    throw error;
  }
}

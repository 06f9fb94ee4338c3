/** The last lines that a container wrote. */
import type { ContainerDetails } from "./answers.ts";
import type { EngineConnection } from "./connection.ts";
import { readTail } from "./output_tail.ts";
import { isStatus } from "./request_error.ts";

/** Without what would move the cursor of the terminal that they are printed on. Empty where the engine keeps no log of it. */
export async function logTail(
  connection: EngineConnection,
  containerId: string,
  lines: number,
  signal: AbortSignal,
): Promise<readonly string[]> {
  try {
    const path = `/containers/${containerId}`;
    const { Config } = await connection.request<ContainerDetails>({
      method: "GET",
      path: `${path}/json`,
      signal,
    });
    const stream = await connection.stream({
      method: "GET",
      path: `${path}/logs`,
      query: { stdout: true, stderr: true, tail: String(lines) },
      signal,
    });
    const text = await readTail(stream, { isTerminal: Config.Tty === true });
    return printableLines(text).slice(-lines);
  } catch (error) {
    // The container is gone, or its logging driver cannot be read from.
    if (isStatus(error, 404, 409, 500, 501)) return [];
    throw error;
  }
}

function printableLines(text: string): readonly string[] {
  return text
    // deno-lint-ignore no-control-regex -- what terminals act upon is what is taken out
    .replace(/\x1b(\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(\x07|\x1b\\)?|[@-Z\\^_])/g, "")
    .split(/\r?\n/)
    // deno-lint-ignore no-control-regex -- as above; a line that was written over is as it was last
    .map((line) => line.replace(/^.*\r/, "").replace(/[\x00-\x08\x0b-\x1f\x7f]/g, "").trimEnd())
    .filter((line) => line !== "");
}

/** `deno test` in a process for each part. The first one prints as it goes; what the others print follows it in one piece. */
import { join } from "node:path";
import type { CleanUp } from "./clean_up.ts";
import type { TestPart } from "./test_parts.ts";
import { countResults, type TestCounts } from "./test_report.ts";

export interface RunOptions {
  readonly root: string;
  readonly env: Readonly<Record<string, string>>;
  /** Ends all of them when it is aborted. */
  readonly signal: AbortSignal;
  readonly defer: CleanUp["defer"];
}

export async function runParts(
  parts: readonly TestPart[],
  { root, env, signal, defer }: RunOptions,
): Promise<readonly TestCounts[]> {
  const folder = await Deno.makeTempDir({ prefix: "homeport-results-" });
  defer(() => Deno.remove(folder, { recursive: true }));
  const started = parts.map((part, index) => {
    const report = join(folder, `${index}.xml`);
    const output = index === 0 ? "inherit" : "piped";
    const child = new Deno.Command(Deno.execPath(), {
      // Types are checked by `deno task ok`; here they would only cost time.
      args: ["test", "--quiet", "--allow-all", "--no-check", `--junit-path=${report}`, ...part.selected],
      cwd: root,
      env: { ...env, ...part.env },
      stdin: "null",
      stdout: output,
      stderr: output,
    }).spawn();
    endOnAbort(child, signal);
    return { report, child, printed: output === "piped" ? collect(child) : [] };
  });
  const counts: TestCounts[] = [];
  for (const { report, child, printed } of started) {
    const { code } = await child.status;
    await new Blob([...await printed]).stream().pipeTo(Deno.stdout.writable, { preventClose: true });
    const text = await Deno.readTextFile(report).catch(() => undefined);
    counts.push(countResults(text, code));
  }
  return counts;
}

function endOnAbort(child: Deno.ChildProcess, signal: AbortSignal): void {
  const kill = (): void => {
    try {
      child.kill("SIGTERM");
    } catch (error) {
      // It has ended.
      if (!(error instanceof TypeError)) throw error;
    }
  };
  if (signal.aborted) kill();
  else signal.addEventListener("abort", kill, { once: true });
}

/** All that a process prints, in the order in which it comes. */
async function collect(child: Deno.ChildProcess): Promise<readonly Uint8Array<ArrayBuffer>[]> {
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  const hear = async (stream: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<void> => {
    for await (const chunk of stream) chunks.push(chunk);
  };
  const all = Promise.all([hear(child.stdout), hear(child.stderr)]);
  await child.status;
  // What a test has started may hold the pipes open after it.
  let timer: ReturnType<typeof setTimeout> | undefined;
  await Promise.race([all, new Promise((resolve) => timer = setTimeout(resolve, 2000))]);
  clearTimeout(timer);
  return chunks;
}

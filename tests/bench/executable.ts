/** The executable by itself: its size, and how fast it starts. */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { compile } from "../../tools/compile.ts";
import { measure, measureOften } from "./measure.ts";
import { mebibytes, seconds, type Section } from "./report.ts";

export async function benchExecutable(folder: string): Promise<Section> {
  const executable = join(folder, "homeport");
  await compile(fileURLToPath(new URL("../../main.ts", import.meta.url)), executable);
  const { size } = await Deno.stat(executable);
  const empty = join(folder, "empty.ts");
  await Deno.writeTextFile(empty, 'console.log("hello");\n');
  await compile(empty, join(folder, "empty"));
  const least = await Deno.stat(join(folder, "empty"));
  const start = await measureOften(21, () => measure(executable, ["version"]));
  const leastStart = await measureOften(21, () => measure(join(folder, "empty"), []));
  return {
    title: "The executable",
    text:
      `Start-up is \`version\`, median of 21. For comparison, a program that prints one word, compiled with the same runtime: ` +
      `${mebibytes(least.size)}, ${seconds(leastStart.milliseconds)}, ${mebibytes(leastStart.peakMemory)}.`,
    rows: [
      {
        what: "size, most of which is the runtime",
        measured: `${mebibytes(size)} (${(size / 1e6).toFixed(1)} MB)`,
        target: "< 95 MiB",
        met: size < 95 * 2 ** 20,
      },
      {
        what: "start-up",
        measured: `${seconds(start.milliseconds)}, ${mebibytes(start.peakMemory)}`,
        target: "< 80 ms",
        met: start.milliseconds < 80,
      },
    ],
  };
}

import { processIo } from "../../lib/cli/process_io.ts";
const io = processIo();
if (Deno.args[0] === "listr") {
  const { Listr } = await import("listr2");
  const l = new Listr([{ title: "x", task: () => new Promise<void>((r) => setTimeout(r, 2500)) }], { registerSignalListeners: false });
  l.run();
}
io.onInterrupt(() => console.error("INT"));
await new Promise((r) => setTimeout(r, 3000));
console.error("end");
Deno.exit(0);

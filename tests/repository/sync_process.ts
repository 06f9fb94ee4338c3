/** One sync in a process of its own, to be killed. Prints `synced` and the commit; arguments: url, data folder. */
import { openRepository } from "../../lib/repository/open_repository.ts";

const [url, dataDir] = Deno.args;
if (url === undefined || dataDir === undefined) throw new Error("arguments: url, data folder");
const { commit } = await openRepository({ url, branch: "main", dataDir })
  .sync({ offline: "refused", signal: new AbortController().signal });
Deno.stdout.writeSync(new TextEncoder().encode(`synced ${commit}\n`));

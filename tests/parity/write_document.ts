/** `deno task docs`: writes `docs/compose.md`. */
import { acquireCompose } from "../../tools/engine/acquire_programs.ts";
import { say } from "../../tools/terminal.ts";
import { DOCUMENT, formatDocument } from "./document.ts";
import { readSpecification } from "./specification.ts";

if (import.meta.main) Deno.exit(await writeDocument());

async function writeDocument(): Promise<number> {
  const compose = await acquireCompose(say);
  if ("missing" in compose) return fail(compose.missing);
  const env = compose.configFolder === undefined ? {} : { DOCKER_CONFIG: compose.configFolder };
  const specification = await readSpecification({ command: compose.command, env });
  if ("missing" in specification) return fail(specification.missing);
  await Deno.writeTextFile(DOCUMENT, formatDocument(specification));
  return 0;
}

function fail(missing: string): number {
  say(`Cannot write ${DOCUMENT}: ${missing}`);
  return 1;
}

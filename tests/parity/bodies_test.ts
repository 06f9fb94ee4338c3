/** What `docker compose` asks the engine for, and what Homeport asks for, file by file. */
import { join } from "node:path";
import { loadProject } from "../../lib/compose/load.ts";
import { diskFiles } from "../engine/disk_files.ts";
import { findCompose, type FoundProgram, skipTest } from "../engine/environment.ts";
import type { ParityCase } from "./body_case.ts";
import { PARITY_CASES } from "./body_cases.ts";
import { assertSameCreation } from "./creation.ts";
import { sideBySide } from "../engine/parts.ts";

const compose = findCompose();
const SAME = "the engine is asked for the same as by docker compose";
if ("missing" in compose) skipTest(SAME, compose.missing);
else {
  Deno.test(SAME, async (test) => {
    const results = new Map<ParityCase, unknown>();
    await sideBySide(
      PARITY_CASES,
      async (each) => void results.set(each, await findDifference(each, compose)),
    );
    for (const each of PARITY_CASES) {
      await test.step(each.name, () => {
        if (results.get(each) !== undefined) throw results.get(each);
      });
    }
  });
}

async function findDifference(
  { file, files = {}, apiVersion }: ParityCase,
  program: FoundProgram,
): Promise<unknown> {
  const folder = await Deno.realPath(await Deno.makeTempDir({ prefix: "homeport-test-" }));
  try {
    for (const [path, text] of Object.entries({ ...files, "compose.yml": file })) {
      const filled = text.replaceAll("$IMAGE", "example.org/app:1").replaceAll("$PROJECT", "shop");
      await Deno.writeTextFile(join(folder, path), filled);
    }
    const { project } = loadProject({ folder, projectName: "shop", variables: {}, files: diskFiles });
    await assertSameCreation({ folder, project, variables: {}, apiVersion }, program);
    return undefined;
  } catch (error) {
    return error;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

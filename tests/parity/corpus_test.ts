/**
 * Every case of the corpus, loaded and created here and by `docker compose`: the same verdict, the same model, the same request for every
 * container, network and volume, with the same hash.
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { configTree } from "../../lib/compose/config_tree.ts";
import { renderJson } from "../../lib/compose/render_config.ts";
import { renderYaml } from "../../lib/compose/render_config_yaml.ts";
import { serviceHash } from "../../lib/compose/hash.ts";
import { type LoadedProject, loadProject } from "../../lib/compose/load.ts";
import type { Project, StringMap } from "../../lib/compose/project.ts";
import { ConfigurationError, formatError } from "../../lib/errors.ts";
import { findCompose, type FoundProgram, skipTest } from "../engine/environment.ts";
import { diskFiles } from "../compose/disk_files.ts";
import { assertSameCreation } from "./creation.ts";
import type { DifferenceId } from "./differences.ts";
import { sideBySide } from "../engine/parts.ts";
import { runCompose } from "./reference.ts";

const corpus = fileURLToPath(new URL("../fixtures/compose", import.meta.url));
const compose = findCompose();

/** Cases in which something else is created on purpose. */
const MEANT: Readonly<Record<string, DifferenceId>> = {
  "merge/no_services": "no-services",
  "real/nextcloud": "volumes-from-mode",
  "volumes/volumes_from": "volumes-from-mode",
};

for (const topic of foldersOf(corpus)) {
  const name = `files about ${topic} load as docker compose loads them`;
  if ("missing" in compose) {
    skipTest(name, compose.missing);
    continue;
  }
  Deno.test(name, async (test) => {
    const cases = foldersOf(join(corpus, topic)).map((each) => join(corpus, topic, each));
    const results = new Map<string, string | undefined>();
    await sideBySide(
      cases,
      async (folder) => void results.set(folder, await findDifference(folder, compose)),
    );
    for (const folder of cases) {
      await test.step(folder.slice(corpus.length + 1), () => {
        const difference = results.get(folder);
        if (difference !== undefined) assert.fail(difference);
      });
    }
  });
}

/** Line separators are escaped rather than written into the text. */
const LEFT_OUT_OF_YAML = /[\x85\u2028\u2029]/;

/** What is not the same, in words; `undefined` when all is. */
async function findDifference(folder: string, program: FoundProgram): Promise<string | undefined> {
  const variables = variablesOf(folder);
  const config = (...args: string[]) => runCompose(program, { folder, args: ["config", ...args], variables });
  const { code, stdout, stderr } = await config("--format", "json");
  const loaded = load(folder, variables);
  if (code !== 0) {
    return loaded instanceof ConfigurationError
      ? undefined
      : `accepted, but docker compose refuses it: ${stderr}`;
  }
  if (loaded instanceof ConfigurationError) {
    return `refused, but docker compose accepts it: ${formatError(loaded)}`;
  }
  try {
    assert.equal(renderJson(configTree(loaded)), `${stdout}\n`);
    const yaml = await config();
    if (!LEFT_OUT_OF_YAML.test(yaml.stdout)) assert.equal(renderYaml(configTree(loaded)), yaml.stdout);
    const meant = MEANT[folder.slice(corpus.length + 1)];
    const { project, undeployable } = loaded;
    const created = undeployable.length === 0 &&
      await assertSameCreation({ folder, project, variables }, program, meant);
    // What is created carries its hash.
    if (!created || Object.values(project.services).some(({ scale }) => scale === 0)) {
      assert.equal(hashLines(project), (await config("--hash", "*")).stdout);
    }
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

function load(folder: string, variables: StringMap): LoadedProject | ConfigurationError {
  try {
    return loadProject({
      folder,
      variables,
      files: diskFiles(folder.split("/").slice(0, -1).join("/")),
      homeDir: "/home/me",
    });
  } catch (error) {
    if (error instanceof ConfigurationError) return error;
    throw error;
  }
}

function hashLines({ services }: Project): string {
  return Object.keys(services).sort().map((name) => `${name} ${serviceHash(services[name]!)}\n`).join("");
}

function variablesOf(folder: string): StringMap {
  try {
    return JSON.parse(Deno.readTextFileSync(join(folder, "variables.json")));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return {};
    throw error;
  }
}

function foldersOf(folder: string): string[] {
  return [...Deno.readDirSync(folder)].filter(({ isDirectory }) => isDirectory).map(({ name }) => name)
    .sort();
}

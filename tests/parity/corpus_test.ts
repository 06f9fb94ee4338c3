/** Every case of the corpus, loaded here and by `docker compose`: the same verdict, the same model, the same hashes. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { configTree } from "../../lib/compose/config_tree.ts";
import { renderJson } from "../../lib/compose/render_config.ts";
import { renderYaml } from "../../lib/compose/render_config_yaml.ts";
import { serviceHash } from "../../lib/compose/hash.ts";
import { type LoadedProject, loadProject } from "../../lib/compose/load.ts";
import { Locations } from "../../lib/compose/locations.ts";
import type { StringMap } from "../../lib/compose/project.ts";
import { isMapping } from "../../lib/compose/value.ts";
import { parseYaml } from "../../lib/compose/yaml.ts";
import { ConfigurationError, formatError } from "../../lib/errors.ts";
import { findCompose, type FoundProgram, skipTest } from "../engine/environment.ts";
import { diskFiles } from "../compose/disk_files.ts";
import { inPairs } from "./reference.ts";

const corpus = fileURLToPath(new URL("../fixtures/compose", import.meta.url));
const compose = findCompose();

for (const topic of foldersOf(corpus)) {
  const name = `files about ${topic} load as docker compose loads them`;
  if ("missing" in compose) {
    skipTest(name, compose.missing);
    continue;
  }
  Deno.test(name, async (test) => {
    const cases = foldersOf(join(corpus, topic)).map((each) => join(corpus, topic, each));
    const results = new Map<string, string | undefined>();
    await inPairs(cases, async (folder) => void results.set(folder, await findDifference(folder, compose)));
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
  const { code, stdout, stderr } = await runCompose(
    folder,
    ["config", "--format", "json"],
    variables,
    program,
  );
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
    const yaml = await runCompose(folder, ["config"], variables, program);
    if (!LEFT_OUT_OF_YAML.test(yaml.stdout)) assert.equal(renderYaml(configTree(loaded)), yaml.stdout);
    if (usesServiceFiles(folder)) return undefined;
    const hashes = await runCompose(folder, ["config", "--hash", "*"], variables, program);
    assert.equal(hashLines(loaded), hashes.stdout);
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

/**
 * `config --hash` reads no env and label files, unlike `up`; those hashes are compared with what `up` writes, in the engine's tests.
 */
function usesServiceFiles(folder: string): boolean {
  return [...Deno.readDirSync(folder)].some(({ name, isDirectory }) => {
    const path = join(folder, name);
    if (isDirectory) return usesServiceFiles(path);
    return /\.ya?ml$/.test(name) && namesServiceFiles(Deno.readTextFileSync(path), path);
  });
}

function namesServiceFiles(text: string, path: string): boolean {
  return parseYaml(text, path, new Locations()).some(({ value }) => {
    const services = isMapping(value) ? value["services"] : undefined;
    return isMapping(services) &&
      Object.values(services).some((service) =>
        isMapping(service) && ("env_file" in service || "label_file" in service)
      );
  });
}

function hashLines({ project }: LoadedProject): string {
  return Object.keys(project.services).sort().map((name) =>
    `${name} ${serviceHash(project.services[name]!)}\n`
  ).join("");
}

async function runCompose(
  folder: string,
  args: readonly string[],
  variables: StringMap,
  program: FoundProgram,
) {
  const env = { ...variables, ...program.env, PATH: Deno.env.get("PATH") ?? "", HOME: "/home/me" };
  const { code, stdout, stderr } = await new Deno.Command("timeout", {
    args: ["20", program.command, "compose", ...args],
    cwd: folder,
    env,
    clearEnv: true,
    stdin: "null",
  }).output();
  const [out, err] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  return { code, stdout: out!, stderr: err! };
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

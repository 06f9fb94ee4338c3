/** What the loader does otherwise than `docker compose` on purpose, each with its entry in `differences.ts`. */
import assert from "node:assert/strict";
import { loadProject } from "../../lib/compose/load.ts";
import { ConfigurationError } from "../../lib/errors.ts";
import { memoryFiles } from "../compose/disk_files.ts";
import type { DifferenceId } from "./differences.ts";
import { type ProjectFiles, referenceTest } from "./reference.ts";

interface Case {
  readonly id: DifferenceId;
  readonly files: ProjectFiles;
  /** What Homeport says; undefined where it takes the files, and the reference does not. */
  readonly refused?: RegExp;
}

const service = (attributes: string) => ({ "compose.yml": `services: {a: {image: a, ${attributes}}}\n` });

const CASES: readonly Case[] = [
  { id: "null-pid", files: service("pid: ") },
  { id: "large-numbers", files: service("cpu_period: 9223372036854775808"), refused: /64 bits/ },
  { id: "large-numbers", files: service("cpu_period: 9007199254740993"), refused: /53 bits/ },
  { id: "large-numbers", files: service("pids_limit: 1e20"), refused: /64 bits/ },
  { id: "outside-files", files: service("env_file: /dev/null"), refused: /leads out of the repository/ },
  {
    id: "compatibility-variables",
    files: { ...service("tty: true"), ".env": "COMPOSE_COMPATIBILITY=1\n" },
    refused: /COMPOSE_COMPATIBILITY is set/,
  },
];

referenceTest("files that are loaded otherwise on purpose", async (reference) => {
  for (const { id, files, refused } of CASES) {
    const { accepted } = await reference.config(files);
    assert.equal(accepted, refused !== undefined, id);
    const load = () => {
      const inFolder = Object.entries(files).map(([path, text]) => [`/repo/a/${path}`, text]);
      loadProject({ folder: "/repo/a", variables: {}, files: memoryFiles(Object.fromEntries(inFolder)) });
    };
    if (refused === undefined) load();
    else {assert.throws(load, (error) =>
        error instanceof ConfigurationError && refused.test(error.message), id);}
  }
});

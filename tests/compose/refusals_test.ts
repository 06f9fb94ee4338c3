import assert from "node:assert/strict";
import { loadProject } from "../../lib/compose/load.ts";
import { ConfigurationError } from "../../lib/errors.ts";
import { memoryFiles } from "./disk_files.ts";

interface Refusal {
  readonly text: string;
  readonly dotenv?: string;
  readonly place: readonly [file: string, line: number, path: string | undefined];
  readonly message: RegExp;
}

const REFUSALS: readonly Refusal[] = [
  {
    text: "services:\n  a:\n    image: a\n    ipc: service:b",
    place: ["compose.yml", 4, "services.a.ipc"],
    message: /depends on service b, which is not declared/,
  },
  {
    text: "services:\n  a:\n    image: a\n    links:\n    - b:c",
    place: ["compose.yml", 5, "services.a.links[0]"],
    message: /depends on service b/,
  },
  {
    text: "services:\n  a:\n    image: a\n    uts: service:a",
    place: ["compose.yml", 4, "services.a.uts"],
    message: /depend on each other: a → a/,
  },
  {
    text: "services:\n  a:\n    image: a\n    labels:\n      b: 2024-01-31",
    place: ["compose.yml", 5, "services.a.labels.b"],
    message: /is a date/,
  },
  {
    text: "services:\n  a:\n    image: a\n    image: b",
    place: ["compose.yml", 4, "services.a"],
    message: /"image" is there twice/,
  },
  {
    text: 'name: "${NONE:?give it}"\nservices: {a: {image: a}}',
    place: ["compose.yml", 1, "name"],
    message: /NONE is not set: give it/,
  },
  {
    text: "services: {a: {image: a}}\n---\n- b",
    place: ["compose.yml", 3, undefined],
    message: /not a mapping/,
  },
  { text: "# nothing", place: ["compose.yml", 1, undefined], message: /is empty/ },
  {
    text: "services: {a: {image: a}}",
    dotenv: "A=1\nCOMPOSE_FILE=.",
    place: [".env", 2, undefined],
    message: /is a folder/,
  },
  {
    text: "services: {a: {image: a}}",
    dotenv: "A=1\nCOMPOSE_PROJECT_NAME=A.B",
    place: [".env", 2, undefined],
    message: /"A.B", which is no project name/,
  },
  {
    text: "services: {a: {image: a}}",
    dotenv: "COMPOSE_DISABLE_ENV_FILE=yes",
    place: [".env", 1, undefined],
    message: /"yes", which is neither true nor false/,
  },
  {
    text: 'services: {a: {image: a, ports: ["::1:80:80"]}}',
    place: ["compose.yml", 1, "services.a.ports[0]"],
    message: /IPv6 address without brackets/,
  },
];

Deno.test("a refusal names file and line, where it stands in the document, and what to do", () => {
  for (const { text, dotenv, place, message } of REFUSALS) {
    const files = { "/repo/a/compose.yml": text, ...(dotenv !== undefined && { "/repo/a/.env": dotenv }) };
    assert.throws(
      () => loadProject({ folder: "/repo/a", variables: {}, files: memoryFiles(files) }),
      (error) => {
        assert.ok(error instanceof ConfigurationError, text);
        assert.match(error.message, message);
        const { location, path, hint } = error;
        assert.deepEqual([location?.file.slice("/repo/a/".length), location?.line, path], place, text);
        assert.ok(hint, text);
        return true;
      },
    );
  }
});

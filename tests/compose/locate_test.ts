import assert from "node:assert/strict";
import { loadProject } from "../../lib/compose/load.ts";
import { memoryFiles } from "../fakes/memory_files.ts";

const { locate } = loadProject({
  folder: "/repo/shop",
  variables: {},
  files: memoryFiles("/repo", {
    "shop/compose.yml": `services:
  my.app:
    image: app:1
    ports:
      - "80:80"
      - "8000-8001:8000-8001"
    networks: [front]
  my:
    image: app:1
networks:
  front: {}
`,
    "shop/compose.override.yml": `services:
  my.app:
    ports: ["443:443"]
    pull_policy: daily
`,
  }),
});

/** A path of the project, and where it is written. */
const PLACES: readonly (readonly [string, string | undefined])[] = [
  ["services.my.app", "compose.yml:2"],
  ["services.my", "compose.yml:8"],
  ["services.my.app.image", "compose.yml:3"],
  ["services.my.app.ports[0]", "compose.yml:5"],
  ["services.my.app.ports[2]", "compose.yml:6"],
  ["services.my.app.ports[3]", "compose.override.yml:3"],
  ["services.my.app.ports[9]", "compose.override.yml:3"],
  ["services.my.app.pull_policy", "compose.override.yml:4"],
  ["services.my.app.mac_address", "compose.yml:2"],
  ["services.other.image", "compose.yml:1"],
  ["networks.front", "compose.yml:11"],
  ["volumes.data", undefined],
  ["", undefined],
];

for (const [path, place] of PLACES) {
  Deno.test(`the path ${JSON.stringify(path)} is found where it, or what is around it, is written`, () => {
    const found = locate(path);
    assert.equal(found && `${found.file.replace("/repo/shop/", "")}:${found.line}`, place);
    assert.equal(found !== undefined && "text" in found, false);
  });
}

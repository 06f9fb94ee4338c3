import assert from "node:assert/strict";
import { type LoadedProject, loadProject } from "../../lib/compose/load.ts";
import { memoryFiles } from "./disk_files.ts";

Deno.test("what is not carried out is loaded, and named with its line", () => {
  const loaded = load(`
models: {m: {model: a}}
services:
  a:
    image: a
    models: [m]
    volumes:
      - {type: image, source: a, target: /a}
      - {type: npipe, source: a, target: /b}
      - {type: cluster, source: a, target: /c}
    environment:
      x-a: b
    configs: [c]
    secrets: [s, t]
  b:
    provider: {type: a}
configs:
  c:
    external: true
    template_driver: a
secrets:
  s: {external: true}
  t: {file: t, driver: a, driver_opts: {b: c}, template_driver: b}
`);
  assert.deepEqual(placesOf(loaded), [
    "6 services.a.models",
    "9 services.a.volumes[1].type",
    "10 services.a.volumes[2].type",
    "12 services.a.environment.x-a",
    "16 services.b.provider",
    "19 configs.c.external",
    "20 configs.c.template_driver",
    "22 secrets.s.external",
    "23 secrets.t.driver",
    "23 secrets.t.driver_opts",
    "23 secrets.t.file",
    "23 secrets.t.template_driver",
  ]);
});

Deno.test("of a build, what asks for more than the engine is refused by name", () => {
  const loaded = load(`
services:
  a:
    build:
      context: .
      ssh: [default]
      platforms: [linux/amd64, linux/arm64]
      provenance: true
      sbom: generator=a
      cache_to: [type=local]
      entitlements: [network.host]
      privileged: true
      isolation: process
      additional_contexts:
        one: ../elsewhere
        two: docker-image://alpine
        three: https://example.org/a.git
        four: service:b
        five: oci-layout://a
  b:
    build: {context: https://example.org/a.git, provenance: false, sbom: "false", platforms: [linux/amd64]}
`);
  assert.deepEqual(placesOf(loaded), [
    "6 services.a.build.ssh",
    "7 services.a.build.platforms",
    "8 services.a.build.provenance",
    "9 services.a.build.sbom",
    "10 services.a.build.cache_to",
    "11 services.a.build.entitlements",
    "12 services.a.build.privileged",
    "13 services.a.build.isolation",
    "19 services.a.build.additional_contexts.five",
  ]);
});

Deno.test("what asks for nothing, and what nothing uses, is no matter", () => {
  const { undeployable } = load(`
services:
  a: {image: a, configs: [c], models: [], volumes: []}
  b: {build: ., profiles: [b], secrets: [s]}
configs:
  c: {content: a, external: false}
secrets:
  s: {external: true}
models:
  m: {model: a}
`);
  assert.deepEqual(undeployable, []);
});

function load(text: string): LoadedProject {
  return loadProject({
    folder: "/repo/stack",
    variables: {},
    files: memoryFiles({ "/repo/stack/compose.yml": text }),
  });
}

function placesOf({ undeployable }: LoadedProject): string[] {
  return undeployable.map(({ path, location }) => `${location?.line} ${path}`).sort(byLine);
}

function byLine(one: string, other: string): number {
  return parseInt(one) - parseInt(other) || (one < other ? -1 : 1);
}

Deno.test("a variable without a name, which the engine refuses, is named with its file and line", () => {
  const { undeployable } = loadProject({
    folder: "/repo/web",
    variables: {},
    files: memoryFiles({
      "/repo/web/compose.yml": "services: {a: {image: a, env_file: a.env}}",
      "/repo/web/a.env": "A=1\n=2\n",
    }),
  });
  assert.deepEqual(undeployable.map(({ message, location }) => [message, location]), [
    ["A variable has no name", { file: "/repo/web/a.env", line: 2 }],
  ]);
});

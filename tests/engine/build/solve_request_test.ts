import assert from "node:assert/strict";
import type { Build, Project } from "../../../lib/compose/project.ts";
import { buildDefinition, placeOf } from "../../../lib/engine/build/build_definition.ts";
import { MessageReader } from "../../../lib/engine/build/protobuf.ts";
import { frontendAttributes, solveRequest } from "../../../lib/engine/build/solve_request.ts";

function definitionOf(build: Build, rest: { readonly image?: string; readonly platform?: string } = {}) {
  const service = { name: "web", build: { context: "/repo/app", ...build }, ...rest };
  const project: Project = {
    name: "shop",
    workingDir: "/repo",
    configFiles: [],
    disabledServices: [],
    services: { web: service, base: { name: "base", image: "base:2", build: { context: "/repo/base" } } },
    networks: {},
    unusedNetworks: [],
    volumes: {},
    configs: {},
    secrets: { file: { file: "/s" }, text: { content: "t" }, none: {} },
    models: {},
  };
  return { project, definition: buildDefinition(project, service, "h") };
}

const OPTIONS = { ref: "r", sessionId: "s", hostGateway: "172.17.0.1" };
const ALWAYS = {
  filename: "Dockerfile",
  "image-resolve-mode": "default",
  "label:com.docker.compose.project": "shop",
  "label:com.docker.compose.service": "web",
  "label:com.docker.compose.version": "2.40.3",
  "label:homeport.build-hash": "h",
};

const CASES: readonly [build: Build, attributes: Readonly<Record<string, string>>][] = [
  [{}, {}],
  [{ dockerfile: "../other/Dockerfile.web" }, { filename: "Dockerfile.web" }],
  [{ dockerfile_inline: "FROM a" }, {}],
  [{ context: "https://a.example/b.git", dockerfile: "sub/D" }, {
    context: "https://a.example/b.git",
    filename: "sub/D",
  }],
  [{ context: "https://a.example/b.git", dockerfile_inline: "FROM a" }, {
    context: "https://a.example/b.git",
    dockerfilekey: "dockerfile",
  }],
  [{ args: { A: "1", EMPTY: "", UNSET: null }, labels: { l: "m" }, target: "t" }, {
    "build-arg:A": "1",
    "build-arg:EMPTY": "",
    "label:l": "m",
    target: "t",
  }],
  [{ no_cache: true, pull: true, shm_size: 1024, platforms: ["linux/arm64"] }, {
    "no-cache": "",
    "image-resolve-mode": "pull",
    "shm-size": "1024",
    platform: "linux/arm64",
  }],
  [{ network: "none" }, { "force-network-mode": "none" }],
  [{ network: "default" }, {}],
  [{ extra_hosts: { a: ["1.2.3.4", "::1"], gate: ["host-gateway"] } }, {
    "add-hosts": "a=1.2.3.4,a=::1,gate=172.17.0.1",
  }],
  [{ ulimits: { nofile: 5, nproc: { soft: 1, hard: 2 } } }, { ulimit: "nofile=5:5,nproc=1:2" }],
  [{ cache_from: ["a:1", "type=registry,ref=b:1"] }, {
    "cache-imports": '[{"Type":"registry","Attrs":{"ref":"a:1"}},{"Type":"registry","Attrs":{"ref":"b:1"}}]',
  }],
  [{
    additional_contexts: {
      one: "/repo/x",
      two: "docker-image://a",
      three: "service:base",
      four: "https://x",
    },
  }, {
    "context:one": "local:context-one",
    "context:two": "docker-image://a",
    "context:three": "docker-image://docker.io/library/base:2",
    "context:four": "https://x",
  }],
];

for (const [build, attributes] of CASES) {
  Deno.test(`BuildKit is told of ${JSON.stringify(build)}`, () => {
    assert.deepEqual(frontendAttributes(definitionOf(build).definition, OPTIONS), {
      ...ALWAYS,
      ...attributes,
    });
  });
}

Deno.test("the image gets the service's name and all tags, written out in full and once", () => {
  const names = (build: Build, image?: string) =>
    new MessageReader(
      solveRequest(definitionOf(build, image === undefined ? {} : { image }).definition, OPTIONS),
    )
      .map(4);
  assert.deepEqual(names({}), { name: "docker.io/library/shop-web:latest" });
  assert.deepEqual(names({ tags: ["me/a:2", "x:1", "docker.io/library/x:1"] }, "x:1"), {
    name: "docker.io/library/x:1,docker.io/me/a:2",
  });
});

Deno.test("only a build in the host's network asks for a permission", () => {
  const entitlements = (build: Build) =>
    new MessageReader(solveRequest(definitionOf(build).definition, OPTIONS)).all(9).map(String);
  assert.deepEqual(entitlements({ network: "host" }), ["network.host"]);
  assert.deepEqual(entitlements({ network: "none" }), []);
});

const REFUSALS: readonly [build: Build, message: RegExp, image?: string][] = [
  [{ network: "front" }, /in network front: BuildKit knows none/],
  [{ cache_from: ["type=local,src=/x"] }, /with a cache in a folder/],
  [{ platforms: ["a", "b"] }, /for 2 platforms/],
  [{ secrets: [{ source: "none" }] }, /the secret none is neither a file nor a variable/],
  [{}, /a digest is no name/, `x@sha256:${"0".repeat(64)}`],
];

for (const [build, message, image] of REFUSALS) {
  Deno.test(`a build that says ${JSON.stringify({ ...build, image })} is refused`, () => {
    assert.throws(
      () => solveRequest(definitionOf(build, image === undefined ? {} : { image }).definition, OPTIONS),
      message,
    );
  });
}

Deno.test("people are told of the Dockerfile by its path from the project", () => {
  const place = (build: Build) => {
    const { project, definition } = definitionOf(build);
    return placeOf(project, definition);
  };
  assert.equal(place({}), "app/Dockerfile");
  assert.equal(place({ dockerfile: "../../x/D" }), "../x/D");
  assert.equal(place({ dockerfile_inline: "FROM a" }), "dockerfile_inline");
  assert.equal(place({ context: "https://x/y.git" }), "Dockerfile");
});

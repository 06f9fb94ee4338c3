import assert from "node:assert/strict";
import { formatError } from "../../lib/errors.ts";
import { loadStack } from "../../lib/stacks/load_stack.ts";
import { memoryFiles, memoryTrackedFiles, type MemoryTree } from "../fakes/memory_files.ts";

const ROOT = "/checkout";
const FILES: MemoryTree = {
  "stack/app/Dockerfile": "FROM a\n",
  "stack/app/.dockerignore": "*.md\ndata\n",
  "stack/app/main": "main",
  "stack/app/README.md": "readme",
  "stack/app/data/big": "1",
  "stack/more/file": "more",
  "stack/more/.dockerignore": "skipped",
  "stack/more/skipped": "1",
  "shared/Dockerfile": "FROM b\n",
  "elsewhere/file": "1",
};
const COMPOSE = `services:
  web:
    build:
      context: app
      args: { A: $VALUE }
      additional_contexts: { more: ./more }
      secrets: [token]
    network_mode: none
secrets: { token: { environment: TOKEN } }
`;

function load(compose: string, changes: MemoryTree = {}, variables: Readonly<Record<string, string>> = {}) {
  const tree = { ...FILES, "stack/compose.yml": compose, ...changes };
  return loadStack({
    stack: { name: "stack", folder: `${ROOT}/stack` },
    root: ROOT,
    files: memoryFiles(ROOT, tree),
    tracked: memoryTrackedFiles(ROOT, tree),
    variables: { VALUE: "1", TOKEN: "t", ...variables },
  });
}

function hashOf(...args: Parameters<typeof load>): string {
  const { desired, undeployable } = load(...args);
  assert.deepEqual(undeployable.map(formatError), []);
  return desired.builds!["web"]!.hash;
}

const CHANGES: readonly [title: string, isFollowed: boolean, ...Parameters<typeof load>][] = [
  ["a file of the context", true, COMPOSE, { "stack/app/main": "2" }],
  ["a new file of the context", true, COMPOSE, { "stack/app/new": "1" }],
  ["a file that becomes a symlink", true, COMPOSE, { "stack/app/main": { link: "Dockerfile" } }],
  ["the Dockerfile", true, COMPOSE, { "stack/app/Dockerfile": "FROM c\n" }],
  ["the .dockerignore", true, COMPOSE, { "stack/app/.dockerignore": "*.md\ndata\nother\n" }],
  ["a .dockerignore of the Dockerfile's own", true, COMPOSE, {
    "stack/app/Dockerfile.dockerignore": "",
  }],
  ["a file of an additional context", true, COMPOSE, { "stack/more/file": "2" }],
  ["a variable that an argument takes", true, COMPOSE, {}, { VALUE: "2" }],
  ["the target", true, COMPOSE.replace("context: app", "context: app\n      target: t")],
  ["the context itself", true, COMPOSE.replace("context: app", "context: ../shared")],
  ["the platform", true, COMPOSE.replace("network_mode", "platform: linux/arm64\n    network_mode")],
  ["what .dockerignore leaves out", false, COMPOSE, {
    "stack/app/README.md": "2",
    "stack/app/data/big": "2",
  }],
  ["what an additional context leaves out", false, COMPOSE, { "stack/more/skipped": "2" }],
  ["a file elsewhere", false, COMPOSE, { "elsewhere/file": "2" }],
  ["the value of a secret", false, COMPOSE, {}, { TOKEN: "other" }],
  [
    "where the cache comes from",
    false,
    COMPOSE.replace(
      "context: app",
      "context: app\n      cache_from: [a]\n      no_cache: true\n      pull: true",
    ),
  ],
  [
    "another attribute of the service",
    false,
    COMPOSE.replace("network_mode", "init: true\n    network_mode"),
  ],
];

for (const [title, isFollowed, ...args] of CHANGES) {
  Deno.test(`${title} ${isFollowed ? "changes" : "does not change"} the hash of a build`, () => {
    assert.equal(hashOf(...args) !== hashOf(COMPOSE), isFollowed);
  });
}

Deno.test("the hash of the stack follows the build files", () => {
  const stackHash = (changes: MemoryTree) => load(COMPOSE, changes).desired.stackHash;
  assert.notEqual(stackHash({}), stackHash({ "stack/app/main": "2" }));
  assert.equal(stackHash({}), stackHash({ "stack/app/README.md": "2" }));
});

const CHAIN = (dockerfile: string, contexts = "{}") =>
  `services:
  web: { build: { context: app, dockerfile_inline: ${
    JSON.stringify(dockerfile)
  }, additional_contexts: ${contexts} }, network_mode: none }
  base: { build: ../shared, image: "me/base:1", network_mode: none }
  other: { build: ../shared, network_mode: none }
`;

const NEEDS: readonly [dockerfile: string, contexts: string, needs: readonly string[]][] = [
  ["FROM scratch", "{}", []],
  ["FROM me/base:1 AS b", "{}", ["base"]],
  ["FROM --platform=linux/amd64 me/base:1", "{}", ["base"]],
  ["from me/base:1\\\n  as x", "{}", ["base"]],
  ["FROM scratch\nCOPY --chown=1 --from=stack-other /a /b", "{}", ["other"]],
  ["FROM scratch\nRUN --mount=type=bind,from=me/base:1,target=/x true", "{}", ["base"]],
  ["FROM scratch", "{ a: 'service:other', b: 'docker-image://me/base:1' }", ["base", "other"]],
  ["FROM me/base:2", "{}", []],
];

for (const [dockerfile, contexts, needs] of NEEDS) {
  Deno.test(`${JSON.stringify(dockerfile)} with contexts ${contexts} needs ${needs.join(" and ") || "no other image"}`, () => {
    const { desired } = load(CHAIN(dockerfile, contexts));
    assert.deepEqual(desired.builds!["web"]!.needs, needs);
    const changed = load(CHAIN(dockerfile, contexts), { "shared/Dockerfile": "FROM z\n" }).desired;
    assert.equal(changed.builds!["web"]!.hash !== desired.builds!["web"]!.hash, needs.length > 0);
  });
}

/** One problem and its hint, for one reason. */
const ONCE = /^Path "[^"]+" leads out of the repository[^\n]+\n[^\n]+$/;

const PROBLEMS: readonly [title: string, compose: string, message: RegExp, changes?: MemoryTree][] = [
  [
    "a context that is not there",
    COMPOSE.replace("context: app", "context: gone"),
    /there is no folder stack\/gone \(services.web.build.context, stack\/compose.yml:4\)/,
  ],
  ["a context that leaves the repository", COMPOSE.replace("context: app", "context: ../../.."), ONCE],
  [
    "a context that leaves the repository by a symlink",
    COMPOSE.replace("context: app", "context: link"),
    ONCE,
    { "stack/link": { link: "/etc" } },
  ],
  ["a Dockerfile that leaves the repository by a symlink", COMPOSE, /outside/, {
    "stack/app/Dockerfile": { link: "/etc/passwd" },
  }],
  [
    "a Dockerfile that is not there",
    COMPOSE.replace("context: app", "context: more"),
    /there is no file stack\/more\/Dockerfile/,
  ],
  [
    "an additional context that is a file",
    COMPOSE.replace("./more", "./app/main"),
    /there is no folder stack\/app\/main/,
  ],
  ["a .dockerignore that makes no sense", COMPOSE, /The pattern "\[a" of .dockerignore makes no sense/, {
    "stack/app/.dockerignore": "[a\n",
  }],
  [
    "`pull` beside another service's image",
    CHAIN("FROM b", "{ b: 'service:base' }, pull: true"),
    /`pull` would look for/,
  ],
  [
    "builds that need each other",
    CHAIN("FROM me/base:1").replace(
      "build: ../shared, image",
      "build: { context: ../shared, dockerfile_inline: FROM stack-web }, image",
    ),
    /need each other: web → base → web/,
  ],
];

for (const [title, compose, message, changes] of PROBLEMS) {
  Deno.test(`${title} keeps the stack from being deployed`, () => {
    const { undeployable } = load(compose, changes);
    assert.match(undeployable.map(formatError).join("\n"), message);
  });
}

Deno.test("a Dockerfile outside of the context, or in lower case, is found", () => {
  const outside = COMPOSE.replace("context: app", "context: app\n      dockerfile: ../../shared/Dockerfile");
  assert.notEqual(hashOf(outside), hashOf(outside, { "shared/Dockerfile": "FROM z\n" }));
  const lower = COMPOSE.replace("context: app", "context: more");
  assert.notEqual(
    hashOf(lower, { "stack/more/dockerfile": "FROM a" }),
    hashOf(lower, { "stack/more/dockerfile": "FROM b" }),
  );
});

Deno.test("nothing is looked for where the engine fetches the context", () => {
  const remote = COMPOSE.replace("context: app", "context: https://example.org/app.git#main");
  assert.equal(hashOf(remote), hashOf(remote, { "stack/app/main": "2" }));
  assert.notEqual(hashOf(remote), hashOf(remote.replace("#main", "#other")));
});

import assert from "node:assert/strict";
import fc from "fast-check";
import { HostCache } from "../../lib/stacks/host_cache.ts";
import { type HostInput, type LoadedHost, loadHost } from "../../lib/stacks/load_host.ts";
import type { GivenSecrets, SecretSource } from "../../lib/stacks/variables.ts";
import { memoryFiles, memoryTrackedFiles, type MemoryTree } from "../fakes/memory_files.ts";

const ROOT = "/checkout";
const FOLDER = "servers/helium";

const TREE: MemoryTree = {
  [`${FOLDER}/web/compose.yml`]: [
    "services:",
    "  web:",
    "    image: busybox:${TAG:-1}",
    "    network_mode: none",
    "    env_file: [secret.env, { path: app.env, required: false }]",
    "    volumes: [./config:/config, ./data:/data]",
    "    environment: { TOKEN: $TOKEN }",
  ].join("\n"),
  [`${FOLDER}/web/secret.env`]: "B=1",
  [`${FOLDER}/web/config/app.ini`]: "level=1",
  [`${FOLDER}/db/compose.yml`]: "services: { db: { image: 'busybox:1', network_mode: none } }",
};

interface State {
  readonly tree: MemoryTree;
  readonly modified: Readonly<Record<string, number>>;
  readonly secrets: GivenSecrets;
}

const FIRST: State = {
  tree: TREE,
  modified: {},
  secrets: { variables: { TOKEN: "one" }, sources: [] },
};

function inputOf({ tree, modified, secrets }: State): HostInput {
  return {
    host: "helium",
    layout: { kind: "folder", path: FOLDER },
    root: ROOT,
    files: memoryFiles(ROOT, tree),
    tracked: memoryTrackedFiles(ROOT, tree, modified),
    startupOrder: [],
    envs: { host: {}, shared: {} },
    secrets,
  };
}

/** Everything that can be told of it. */
function toText(loaded: LoadedHost): string {
  return JSON.stringify(loaded, (_, value) => value instanceof Error ? value.message : value);
}

Deno.test("what nothing has changed in is not loaded again", () => {
  const cache = new HostCache();
  const first = cache.load(inputOf(FIRST));
  assert.equal(toText(first), toText(loadHost(inputOf(FIRST))));
  assert.equal(cache.load(inputOf(FIRST)), first);
  const sameSecrets = { variables: { TOKEN: "one" }, sources: [] };
  assert.equal(cache.load(inputOf({ ...FIRST, secrets: sameSecrets })), first);
});

function withFile(path: string, content: string) {
  return (state: State): State => ({ ...state, tree: { ...state.tree, [`${FOLDER}/${path}`]: content } });
}

function withoutFile(path: string) {
  return (state: State): State => {
    const { [`${FOLDER}/${path}`]: _, ...tree } = state.tree;
    return { ...state, tree };
  };
}

function withSecrets(secrets: Partial<GivenSecrets>) {
  return (state: State): State => ({ ...state, secrets: { ...state.secrets, ...secrets } });
}

const CHANGES: Readonly<Record<string, (state: State) => State>> = {
  "a Compose file": withFile(
    "db/compose.yml",
    "services: { db: { image: 'busybox:2', network_mode: none } }",
  ),
  "a Compose file that breaks": withFile("db/compose.yml", "services: [oops"),
  "a second Compose file": withFile("db/compose.override.yml", "services: { db: { tty: true } }"),
  "a .env": withFile("web/.env", "TAG=2"),
  "an env_file that was missing": withFile("web/app.env", "A=1"),
  "a mounted file": withFile("web/config/app.ini", "level=2"),
  "a file more in a mounted folder": withFile("web/config/more.ini", ""),
  "the time of a mounted file": (state) => ({
    ...state,
    modified: { [`${FOLDER}/web/config/app.ini`]: 5 },
  }),
  "a stack more": withFile("new/compose.yml", "services: { a: { image: 'busybox:1', network_mode: none } }"),
  "a stack less": withoutFile("db/compose.yml"),
  "stack.yml": withFile("stack.yml", "envs: { TAG: '3' }"),
  "a secret's value": withSecrets({ variables: { TOKEN: "two" } }),
  "a secret more": withSecrets({ variables: { TOKEN: "one", TAG: "2" } }),
  "a secret less": withSecrets({ variables: {} }),
  "a stack's own secret": withSecrets({ ofStack: { web: { TOKEN: "three" } } }),
  "an opened file": withSecrets({
    files: new Map([[`${ROOT}/${FOLDER}/web/secret.env`, new TextEncoder().encode("B=2")]]),
  }),
  "a provider's warning": withSecrets({ warnings: ["the key can be read by others"] }),
};

for (const [what, change] of Object.entries(CHANGES)) {
  Deno.test(`another load is due after a change of ${what}`, () => {
    const cache = new HostCache();
    const first = cache.load(inputOf(FIRST));
    const changed = change(FIRST);
    const second = cache.load(inputOf(changed));
    assert.notEqual(toText(second), toText(first));
    assert.equal(toText(second), toText(loadHost(inputOf(changed))));
    assert.equal(cache.load(inputOf(changed)), second);
  });
}

const FAILING: Readonly<Record<string, SecretSource>> = {
  "does not answer": { label: "vault", mayProvide: () => "unknown", error: () => new Error("it is down") },
  "gives what is old": { label: "vault", mayProvide: () => true, gives: () => true, stale: "of yesterday" },
};

for (const [what, source] of Object.entries(FAILING)) {
  Deno.test(`while a provider ${what}, everything is loaded in every pass`, () => {
    const cache = new HostCache();
    const failing = inputOf(withSecrets({ sources: [source] })(FIRST));
    cache.load(inputOf(FIRST));
    const first = cache.load(failing);
    assert.equal(toText(first), toText(loadHost(failing)));
    assert.notEqual(cache.load(failing), first);
    const again = cache.load(inputOf(FIRST));
    assert.equal(toText(again), toText(loadHost(inputOf(FIRST))));
  });
}

Deno.test("a file that could not be opened is tried again", () => {
  const cache = new HostCache();
  const files = new Map([[`${ROOT}/${FOLDER}/web/secret.env`, new Error("no key")]]);
  const input = inputOf(withSecrets({ files })(FIRST));
  assert.notEqual(cache.load(input), cache.load(input));
});

Deno.test("a path that is refused is asked for again", () => {
  const cache = new HostCache();
  const input = inputOf(withFile("web/.env", "")(FIRST));
  const read = (path: string) => {
    if (path.endsWith("/.env")) throw new Error("permission denied");
    return input.files.read(path);
  };
  const refusing = { ...input, files: { ...input.files, read } };
  const first = cache.load(refusing);
  assert.deepEqual(first.broken.map(({ name }) => name), ["web"]);
  assert.notEqual(cache.load(refusing), first);
  assert.deepEqual(cache.load(input).broken, []);
});

Deno.test("after whatever changed, in whatever order, the cache has what a new load gives", () => {
  const changes = Object.values(CHANGES);
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -1, max: changes.length - 1 }), { maxLength: 12 }), (picks) => {
      const cache = new HostCache();
      let state = FIRST;
      for (const pick of picks) {
        state = pick < 0 ? FIRST : changes[pick]!(state);
        assert.equal(toText(cache.load(inputOf(state))), toText(loadHost(inputOf(state))));
      }
    }),
    { numRuns: 60 },
  );
});

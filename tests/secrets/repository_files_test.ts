/** Encrypted files of the repository, with a provider that needs no real cipher: what is opened, for whom, and what fails. */
import assert from "node:assert/strict";
import type { SecretsProvider } from "../../lib/config/secrets_provider.ts";
import { HomeportError } from "../../lib/errors.ts";
import { forStacks } from "../../lib/secrets/for_stacks.ts";
import { sourcesOf } from "../../lib/secrets/secret_sources.ts";
import { gatherVariables } from "./gather.ts";
import type { RepositoryFiles } from "../../lib/secrets/open_files.ts";
import { type LoadedHost, loadHost } from "../../lib/stacks/load_host.ts";
import { memoryFiles, memoryTrackedFiles } from "../fakes/memory_files.ts";

const ROOT = "/checkout";
const STACKS = ["web", "db"].map((name) => ({ name, folder: `${ROOT}/servers/helium/${name}` }));

/** A sealed file is `sealed:` and its text; `*.env` gives variables. */
const seals: SecretsProvider = {
  label: "the seals",
  variables: () => Promise.resolve({}),
  mayProvide: () => false,
  inRepository: () =>
    Promise.resolve({
      covers: (path) => path.includes(".sealed."),
      namesIn: (path, content) =>
        path.endsWith(".env") ? Object.keys(variablesIn(unseal(path, content))) : [],
      open: (path, content) => {
        const text = unseal(path, content);
        const variables = path.endsWith(".env") ? variablesIn(text) : {};
        return Promise.resolve({ content: new TextEncoder().encode(text), variables });
      },
    }),
};

function unseal(path: string, content: Uint8Array): string {
  const text = new TextDecoder().decode(content);
  if (text.startsWith("sealed:")) return text.slice("sealed:".length);
  throw new HomeportError(`${path} is not sealed`, { hint: "seal it", consequence: "wait" });
}

function variablesIn(text: string): Record<string, string> {
  return Object.fromEntries(
    text.split("\n").filter(Boolean).map((line) => line.split("=") as [string, string]),
  );
}

type Tree = Readonly<Record<string, string>>;

function repositoryOf(tree: Tree): RepositoryFiles {
  const files = memoryFiles(ROOT, tree);
  const paths = memoryTrackedFiles(ROOT, tree).filesBelow(ROOT).map(({ path }) => path);
  return { root: ROOT, paths, stacks: STACKS, read: (path) => files.read(path) };
}

async function load(tree: Tree, providers: readonly SecretsProvider[] = [seals]): Promise<LoadedHost> {
  const { signal } = new AbortController();
  const repository = repositoryOf(tree);
  return loadHost({
    host: "helium",
    layout: { kind: "folder", path: "servers/helium" },
    root: ROOT,
    files: memoryFiles(ROOT, tree),
    tracked: memoryTrackedFiles(ROOT, tree),
    startupOrder: [],
    envs: { host: {}, shared: {} },
    secrets: await gatherVariables(providers, { signal, dataDir: "/nowhere", now: new Date(), repository }),
  });
}

const service = (lines = "") => `services:\n  web:\n    image: busybox:1\n    network_mode: none\n${lines}`;
const PASSWORD = service("    environment: { P: $PASSWORD }\n");

function passwordIn({ stacks, broken }: LoadedHost, stack: string): string {
  const project = stacks.find(({ name }) => name === stack)?.project;
  return project?.services["web"]?.environment?.["P"] ??
    broken.find(({ name }) => name === stack)!.error.message;
}

Deno.test("an encrypted file beside a stack gives its variables to that stack alone", async () => {
  const loaded = await load({
    "servers/helium/web/compose.yml": PASSWORD,
    "servers/helium/web/app.sealed.env": "sealed:PASSWORD=web's",
    "servers/helium/db/compose.yml": PASSWORD,
    "servers/helium/db/app.sealed.env": "sealed:PASSWORD=db's",
  });
  assert.deepEqual([passwordIn(loaded, "web"), passwordIn(loaded, "db")], ["web's", "db's"]);
});

Deno.test("what lies deeper in a stack's folder gives it no variables", async () => {
  const loaded = await load({
    "servers/helium/web/compose.yml": service("    environment: { P: '${PASSWORD:-default}' }\n"),
    "servers/helium/web/data/app.sealed.env": "sealed:PASSWORD=deep",
  });
  assert.equal(passwordIn(loaded, "web"), "default");
});

Deno.test("an env_file that is encrypted is read in plain", async () => {
  const loaded = await load({
    "servers/helium/web/compose.yml": service("    env_file: [../../common.sealed.txt]\n"),
    "servers/common.sealed.txt": "sealed:P=common\n",
  });
  assert.equal(passwordIn(loaded, "web"), "common");
});

Deno.test("a secret that is an encrypted file is put into the container in plain", async () => {
  const tree = (text: string) => ({
    "servers/helium/web/compose.yml": service(
      "    secrets: [key]\nsecrets:\n  key: { file: ./key.sealed.txt }\n",
    ),
    "servers/helium/web/key.sealed.txt": `sealed:${text}`,
  });
  const [one, other] = [await load(tree("one")), await load(tree("other"))].map(({ stacks }) => stacks[0]!);
  assert.deepEqual(one!.project.secrets["key"], { name: "web_key", content: "one" });
  assert.notEqual(one!.serviceFiles["web"]!.hash, other!.serviceFiles["web"]!.hash);
});

Deno.test("a file that cannot be opened stops the stacks that need it, and no others", async () => {
  const loaded = await load({
    "servers/helium/web/compose.yml": PASSWORD,
    "servers/helium/web/app.sealed.env": "broken",
    "servers/helium/db/compose.yml": service("    env_file: [../web/app.sealed.env]\n"),
    "servers/helium/ok/compose.yml": service(),
  });
  assert.match(passwordIn(loaded, "web"), /web\/app\.sealed\.env is not sealed/);
  assert.match(passwordIn(loaded, "db"), /web\/app\.sealed\.env is not sealed/);
  assert.deepEqual(loaded.stacks.map(({ name }) => name), ["ok"]);
});

Deno.test("a stack that uses nothing of a broken file beside it goes on", async () => {
  const loaded = await load({
    "servers/helium/web/compose.yml": service(),
    "servers/helium/web/app.sealed.env": "broken",
  });
  assert.deepEqual(loaded.stacks.map(({ name }) => name), ["web"]);
});

Deno.test("files are opened for granted stacks alone, and a later provider wins over a file", async () => {
  const tree = {
    "servers/helium/web/compose.yml": PASSWORD,
    "servers/helium/web/app.sealed.env": "sealed:PASSWORD=file",
  };
  const later: SecretsProvider = {
    label: "later",
    variables: () => Promise.resolve({ PASSWORD: "later" }),
    mayProvide: (name) => name === "PASSWORD",
  };
  assert.equal(passwordIn(await load(tree, [seals, later]), "web"), "later");
  assert.equal(passwordIn(await load(tree, [later, seals]), "web"), "file");
  assert.equal(passwordIn(await load(tree, [later, forStacks(["db"], seals)]), "web"), "later");
});

Deno.test("names of encrypted variables are known without opening anything", async () => {
  const [, source] = await sourcesOf(
    [seals],
    { dataDir: "/nowhere", signal: new AbortController().signal },
    repositoryOf({
      "servers/helium/web/compose.yml": PASSWORD,
      "servers/helium/web/app.sealed.env": "sealed:PASSWORD=x",
      "servers/helium/db/app.sealed.env": "in clear",
    }),
  );
  assert.deepEqual(["web", "db"].map((stack) => source!.mayProvide("PASSWORD", stack)), [true, "unknown"]);
  assert.match(source!.error!("db")!.message, /is not sealed/);
});

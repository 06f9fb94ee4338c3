import assert from "node:assert/strict";
import { join } from "node:path";
import { formatError } from "../../lib/errors.ts";
import { secretFiles } from "../../lib/secrets/secret_files.ts";
import { failureOf } from "../failure_of.ts";
import { temporaryFolder } from "../temporary_folder.ts";
import { type Fault, type Holder, providerContract } from "./contract.ts";

const signal = new AbortController().signal;

providerContract("secretFiles()", { start, faults: ["unreachable", "not the format"] });

async function start(): Promise<Holder> {
  const parent = await Deno.makeTempDir();
  const folder = join(parent, "secrets");
  let held: Readonly<Record<string, string>> = {};
  const write = async () => {
    await Deno.remove(folder, { recursive: true }).catch(() => {});
    await Deno.mkdir(folder);
    for (const [name, value] of Object.entries(held)) {
      await Deno.writeTextFile(join(folder, name), `${value}\n`);
    }
  };
  return {
    provider: secretFiles(folder),
    credentials: [],
    async hold(variables) {
      held = variables;
      await write();
    },
    async strike(fault: Fault | undefined) {
      await write();
      if (fault === "unreachable") await Deno.remove(folder, { recursive: true });
      if (fault === "not the format") {
        await Deno.writeFile(join(folder, "HP_PLAIN"), Uint8Array.of(0xff, 0xfe, 0x41));
      }
    },
    [Symbol.asyncDispose]: () => Deno.remove(parent, { recursive: true }),
  };
}

async function inFolder(body: (folder: string) => Promise<void>): Promise<void> {
  using folder = temporaryFolder();
  await body(folder.path);
}

const refusal = (folder: string) => failureOf(secretFiles(folder).variables({ signal, dataDir: "/nowhere" }));

const CONTENTS: readonly [string, string][] = [
  ["hunter2\n", "hunter2"],
  ["hunter2", "hunter2"],
  ["hunter2\n\n", "hunter2\n"],
  ["hunter2\r\n", "hunter2"],
  ["hunter2\r", "hunter2\r"],
  [" hunter2 \n", " hunter2 "],
  ["a\nb\n", "a\nb"],
  ["", ""],
  ["\n", ""],
  ["\ufeffhunter2\n", "\ufeffhunter2"],
];

for (const [content, value] of CONTENTS) {
  Deno.test(`a secret file with ${JSON.stringify(content)} gives ${JSON.stringify(value)}`, () =>
    inFolder(async (folder) => {
      await Deno.writeTextFile(join(folder, "A"), content);
      assert.deepEqual({
        ...await secretFiles(folder).variables({ signal: signal, dataDir: "/nowhere" }),
      }, { A: value });
    }));
}

Deno.test("a folder of secrets as Kubernetes mounts it gives each once, before and after it is replaced", () =>
  inFolder(async (folder) => {
    const publish = async (version: string, value: string) => {
      await Deno.mkdir(join(folder, version));
      await Deno.writeTextFile(join(folder, version, "DB_PASSWORD"), value);
      await Deno.symlink(version, join(folder, "..data_tmp"));
      await Deno.rename(join(folder, "..data_tmp"), join(folder, "..data"));
    };
    await publish("..2025_01_01", "first");
    await Deno.symlink("..data/DB_PASSWORD", join(folder, "DB_PASSWORD"));
    const provider = secretFiles(folder);
    assert.deepEqual({ ...await provider.variables({ signal: signal, dataDir: "/nowhere" }) }, {
      DB_PASSWORD: "first",
    });
    await publish("..2025_01_02", "second");
    assert.deepEqual({ ...await provider.variables({ signal: signal, dataDir: "/nowhere" }) }, {
      DB_PASSWORD: "second",
    });
    assert.equal(provider.mayProvide("DB_PASSWORD"), true);
  }));

Deno.test("folders, and files whose names are none of variables, are left out", () =>
  inFolder(async (folder) => {
    await Deno.mkdir(join(folder, "FOLDER"));
    await Deno.symlink("FOLDER", join(folder, "LINK"));
    for (const name of ["A", "tls.crt", ".hidden", "1ST", "with-dash"]) {
      await Deno.writeFile(join(folder, name), Uint8Array.of(0x31));
    }
    await Deno.writeFile(join(folder, "key.p12"), Uint8Array.of(0xff));
    const provider = secretFiles(folder);
    assert.deepEqual({ ...await provider.variables({ signal: signal, dataDir: "/nowhere" }) }, {
      A: "1",
    });
    const names = ["A", "FOLDER", "LINK", "tls.crt", "B"];
    assert.deepEqual(names.map((name) => provider.mayProvide(name)), [true, false, false, false, false]);
  }));

Deno.test("a later folder of secrets wins, and one that is missing leaves open what it holds", () =>
  inFolder(async (folder) => {
    const paths = ["one", "two"].map((name) => join(folder, name));
    for (const path of paths) {
      await Deno.mkdir(path);
      await Deno.writeTextFile(join(path, "A"), path.slice(-3));
    }
    await Deno.writeTextFile(join(paths[0]!, "B"), "one");
    assert.deepEqual({
      ...await secretFiles(...paths).variables({ signal: signal, dataDir: "/nowhere" }),
    }, { A: "two", B: "one" });
    await Deno.remove(paths[1]!, { recursive: true });
    const provider = secretFiles(...paths);
    assert.deepEqual(["A", "C"].map((name) => provider.mayProvide(name)), [true, "unknown"]);
  }));

Deno.test("a folder of secrets that is missing is named, and waited for", async () => {
  const error = await refusal("/nowhere/secrets");
  assert.equal(error.consequence, "wait");
  assert.equal(
    formatError(error),
    `cannot read the folder of secrets /nowhere/secrets: there is no such folder
  → create it on this host, readable for the user that runs Homeport`,
  );
});

Deno.test("a link that leads nowhere is a secret file that is missing, and not a blank", () =>
  inFolder(async (folder) => {
    await Deno.symlink("gone", join(folder, "A"));
    assert.equal(secretFiles(folder).mayProvide("A"), true);
    assert.match(
      (await refusal(folder)).message,
      /^cannot read the file of secrets .*\/A: there is no such file$/,
    );
  }));

Deno.test("a secret file that is not text is named, and what is in it is not shown", () =>
  inFolder(async (folder) => {
    await Deno.writeFile(join(folder, "A"), new Uint8Array([...new TextEncoder().encode("hunter2"), 0xff]));
    const error = await refusal(folder);
    assert.match(error.message, /\/A: not text in UTF-8$/);
    assert.doesNotMatch(Deno.inspect(error), /hunter2/);
  }));

Deno.test("a pipe in a folder of secrets is refused, not waited for", () =>
  inFolder(async (folder) => {
    const { code } = await new Deno.Command("mkfifo", { args: [join(folder, "A")] }).output();
    assert.equal(code, 0);
    assert.match((await refusal(folder)).message, /\/A: not a file that can be read$/);
  }));

Deno.test("secretFiles() takes absolute paths of folders, at least one", () => {
  const faultsOf = (...folders: unknown[]) =>
    secretFiles(...folders as string[]).faults!.map(({ message }) => message);
  assert.deepEqual(faultsOf("/run/secrets", "/run/credentials/homeport.service/"), []);
  assert.deepEqual(faultsOf(), ["secretFiles() names no folder"]);
  assert.deepEqual(faultsOf("secrets", 7), [
    'secretFiles(): "secrets" is not an absolute path',
    "secretFiles(): 7 is not an absolute path",
  ]);
});

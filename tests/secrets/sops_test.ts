import assert from "node:assert/strict";
import { join } from "node:path";
import { fromEnv, fromFile } from "../../lib/config/references.ts";
import { formatError, HomeportError } from "../../lib/errors.ts";
import { loadIdentities } from "../../lib/secrets/sops/load_identities.ts";
import { sops } from "../../lib/secrets/sops.ts";
import { sealSopsJson } from "../fakes/sops_writer.ts";
import { temporaryFolder } from "../temporary_folder.ts";
import { type Fault, providerContract } from "./contract.ts";
import { encrypted, keyText } from "./sops/fixtures.ts";

const signal = new AbortController().signal;
const RECIPIENT = /age1\w+/.exec(keyText("first"))![0];

async function holder() {
  const folder = await Deno.makeTempDir();
  const [key, file] = [join(folder, "age.key"), join(folder, "secrets.json")];
  const writeKey = (name: "first" | "stranger") => Deno.writeTextFile(key, keyText(name), { mode: 0o600 });
  await writeKey("first");
  let held = "";
  const strikes: Partial<Record<Fault, () => Promise<void>>> = {
    unreachable: () => Deno.remove(file),
    truncated: () => Deno.writeTextFile(file, held.slice(0, -100)),
    "not the format": () => Deno.writeTextFile(file, "<html>"),
    "wrong credential": () => writeKey("stranger"),
    "no credential": () => Deno.remove(key),
  };
  return {
    provider: sops({ keys: fromFile(key), files: [file] }),
    credentials: keyText("first").split("\n").filter((line) => line.startsWith("AGE-")),
    hold: async (variables: Readonly<Record<string, string>>) => {
      const values = Object.entries(variables).map(([name, text]) => ({ key: name, text }));
      held = await sealSopsJson(values, { recipients: [RECIPIENT] });
      await Deno.writeTextFile(file, held);
    },
    strike: async (fault: Fault | undefined) => {
      await writeKey("first");
      await Deno.writeTextFile(file, held);
      if (fault !== undefined) await strikes[fault]!();
    },
    [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }),
  };
}

providerContract("sops", {
  start: holder,
  faults: ["unreachable", "truncated", "not the format", "wrong credential", "no credential"],
});

async function inFolder(body: (path: (name: string) => string) => Promise<void>): Promise<void> {
  using folder = temporaryFolder();
  await body((name) => join(folder.path, name));
}

Deno.test("of several sops files the last one wins, whatever their formats", () =>
  inFolder(async (path) => {
    await Deno.writeTextFile(path("key"), `# two keys\n${keyText("second")}\n${keyText("first")}`, {
      mode: 0o600,
    });
    for (const name of ["plain.env", "types.yaml", "mac_only_encrypted.yaml", "encrypted_regex.json"]) {
      await Deno.writeFile(path(name), encrypted(name));
    }
    const files = ["plain.env", "types.yaml", "encrypted_regex.json", "mac_only_encrypted.yaml"].map(path);
    const provider = sops({ keys: [fromFile(path("key"))], files });
    const variables = await provider.variables({ signal: signal, dataDir: "/nowhere" });
    assert.equal(variables["DB_PASSWORD"], "hunter2-hunter2");
    assert.equal(variables["user"], "me");
    assert.equal(variables["text"], "correct horse");
    assert.equal(provider.label, `sops file ${files.join(", ")}`);
    assert.deepEqual(["text", "user", "TZ"].map((name) => provider.mayProvide(name)), [true, true, false]);
    assert.deepEqual(provider.warnings?.(), []);
  }));

Deno.test("sops tells its names without a key that fits, and leaves them open where a file is missing", () =>
  inFolder(async (path) => {
    await Deno.writeTextFile(path("key"), keyText("stranger"), { mode: 0o600 });
    await Deno.writeFile(path("plain.env"), encrypted("plain.env"));
    const provider = sops({ keys: fromFile(path("key")), files: [path("plain.env")] });
    assert.equal(provider.mayProvide("DB_PASSWORD"), "unknown");
    await assert.rejects(provider.variables({ signal: signal, dataDir: "/nowhere" }), {
      message: /^None of the age keys opens the file/,
    });
    assert.deepEqual([provider.mayProvide("DB_PASSWORD"), provider.mayProvide("TZ")], [true, false]);
    await Deno.remove(path("plain.env"));
    await assert.rejects(provider.variables({ signal: signal, dataDir: "/nowhere" }), {
      message: /there is no such file$/,
    });
    assert.equal(provider.mayProvide("DB_PASSWORD"), "unknown");
  }));

Deno.test("sops without files gives nothing, and has nothing to warn of", async () => {
  const provider = sops();
  assert.deepEqual(await provider.variables({ signal: signal, dataDir: "/nowhere" }), {});
  assert.deepEqual([provider.mayProvide("A"), provider.label, provider.faults], [false, "sops", []]);
});

const FAULTS: readonly [options: unknown, message: string][] = [
  [{ files: ["secrets.yaml"] }, 'sops(): "secrets.yaml" is not an absolute path'],
  [{ files: ["/etc/secrets.ini"] }, 'sops(): "/etc/secrets.ini" is no dotenv, YAML or JSON file'],
  [{ keys: [] }, "sops(): keys is empty"],
  [{ keys: "AGE-SECRET-KEY-1HUNTER2" }, "sops(): keys: a credential is a reference, never a literal"],
  [{ keys: [{ kind: "literal" }] }, "sops(): keys: not a reference to a credential"],
];

for (const [options, message] of FAULTS) {
  Deno.test(`a fault of the configuration: ${message}`, () => {
    const { faults = [] } = sops(options as Parameters<typeof sops>[0]);
    assert.deepEqual(faults.map((fault) => fault.message), [message]);
    assert.doesNotMatch(JSON.stringify(faults), /HUNTER2/);
  });
}

Deno.test("without references the age keys come from SOPS_AGE_KEY and the data folder, whichever there are", () =>
  inFolder(async (path) => {
    const count = async () => (await loadIdentities(undefined, path("."))).identities.length;
    const before = Deno.env.get("SOPS_AGE_KEY");
    try {
      Deno.env.delete("SOPS_AGE_KEY");
      assert.equal(await count(), 0);
      await Deno.writeTextFile(path("age.key"), keyText("first"), { mode: 0o600 });
      assert.equal(await count(), 1);
      Deno.env.set("SOPS_AGE_KEY", keyText("second"));
      assert.equal(await count(), 2);
    } finally {
      if (before === undefined) Deno.env.delete("SOPS_AGE_KEY");
      else Deno.env.set("SOPS_AGE_KEY", before);
    }
  }));

Deno.test("an age key that others can read is warned of", () =>
  inFolder(async (path) => {
    await Deno.writeTextFile(path("key"), keyText("first"));
    for (
      const [mode, shown] of [[0o644, "0644"], [0o640, "0640"], [0o600, undefined], [
        0o400,
        undefined,
      ]] as const
    ) {
      await Deno.chmod(path("key"), mode);
      const { warnings } = await loadIdentities([fromFile(path("key"))], "/nowhere");
      assert.deepEqual(
        warnings,
        shown === undefined ? [] : [
          `the age key ${path("key")} is open to others than its owner (mode ${shown}): chmod 600 ${
            path("key")
          }`,
        ],
      );
    }
  }));

Deno.test("age keys that are not there are named by their place", () =>
  inFolder(async (path) => {
    await Deno.writeTextFile(path("empty"), "# nothing\n");
    const cases = [
      [fromEnv("HP_NO_SUCH_KEY"), "no age key: variable HP_NO_SUCH_KEY is not set"],
      [fromFile(path("none")), `no age key: cannot read ${path("none")}: there is no such file`],
      [fromFile(path(".")), `no age key: cannot read ${path(".")}: permission denied or not a file`],
      [fromFile(path("empty")), `no age key: file ${path("empty")} holds no age key`],
    ] as const;
    for (const [reference, message] of cases) {
      await assert.rejects(loadIdentities([reference], "/nowhere"), (error: unknown) => {
        assert.ok(error instanceof HomeportError);
        assert.equal(error.message, message);
        assert.equal(error.exitCode, 2);
        assert.match(formatError(error), /→ /);
        return true;
      });
    }
  }));

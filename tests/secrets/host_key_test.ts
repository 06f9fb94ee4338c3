import assert from "node:assert/strict";
import { join } from "node:path";
import { getHostKey, makeFingerprint } from "../../lib/secrets/host_key.ts";
import { temporaryFolder } from "../temporary_folder.ts";

async function inDataDir(body: (dataDir: string) => void | Promise<void>): Promise<void> {
  using folder = temporaryFolder();
  await body(join(folder.path, "data"));
}

Deno.test("the host's key is made once, for its owner alone", () =>
  inDataDir((dataDir) => {
    const key = getHostKey(dataDir);
    assert.equal(key.length, 32);
    assert.deepEqual(getHostKey(dataDir), key);
    assert.equal(Deno.statSync(join(dataDir, "host.key")).mode! & 0o777, 0o600);
    assert.deepEqual([...Deno.readDirSync(dataDir)].map(({ name }) => name), ["host.key"]);
  }));

Deno.test("a broken key is said, and not replaced in silence", () =>
  inDataDir(async (dataDir) => {
    await Deno.mkdir(dataDir);
    await Deno.writeTextFile(join(dataDir, "host.key"), "short");
    assert.throws(() => getHostKey(dataDir), /host\.key is broken: it has 5 bytes and not 32/);
  }));

Deno.test("a fingerprint is the same for the same name and value on one host, and on no other", () =>
  inDataDir((dataDir) => {
    const print = makeFingerprint(dataDir);
    assert.match(print("A", "value"), /^[0-9a-f]{16}$/);
    assert.equal(makeFingerprint(dataDir)("A", "value"), print("A", "value"));
    assert.notEqual(print("A", "value"), print("B", "value"));
    assert.notEqual(print("A", "value"), print("A", "other"));
    assert.notEqual(makeFingerprint(`${dataDir}2`)("A", "value"), print("A", "value"));
  }));

Deno.test("without a secret in use there is no key", () =>
  inDataDir((dataDir) => {
    makeFingerprint(dataDir);
    assert.throws(() => Deno.statSync(dataDir), Deno.errors.NotFound);
  }));

import assert from "node:assert/strict";
import { join } from "node:path";
import { replaceFile, replacePrivateFile } from "../../lib/files/replace_file.ts";
import { onFullDisk } from "../fakes/full_disk.ts";
import { namesIn, temporaryFolder } from "../temporary_folder.ts";

for (const [kind, replace] of Object.entries({ replaceFile, replacePrivateFile })) {
  Deno.test(`${kind} puts the new content in the place of the old`, () => {
    using folder = temporaryFolder();
    const path = join(folder.path, "file");
    for (const content of ["a long first text\n", "ü\n", ""]) {
      replace(path, content);
      assert.equal(Deno.readTextFileSync(path), content);
    }
    const bytes = new Uint8Array(3_000_000).fill(7);
    replace(path, bytes);
    assert.deepEqual(Deno.readFileSync(path), bytes);
    assert.deepEqual(namesIn(folder.path), ["file"]);
  });

  Deno.test(`${kind} on a full disk leaves the old content, and nothing beside it`, () => {
    using folder = temporaryFolder();
    const path = join(folder.path, "file");
    replace(path, "old");
    onFullDisk(() => assert.throws(() => replace(path, "new"), { code: "ENOSPC" }));
    assert.equal(Deno.readTextFileSync(path), "old");
    assert.deepEqual(namesIn(folder.path), ["file"]);
  });

  Deno.test(`${kind} makes nothing of what a process left that died while it wrote`, () => {
    using folder = temporaryFolder();
    const path = join(folder.path, "file");
    Deno.writeTextFileSync(`${path}.new`, "half of something longer");
    replace(path, "new");
    assert.equal(Deno.readTextFileSync(path), "new");
    assert.deepEqual(namesIn(folder.path), ["file"]);
  });

  Deno.test(`${kind} synchronizes the content before it takes the old one's place`, () => {
    using folder = temporaryFolder();
    const path = join(folder.path, "file");
    const calls: string[] = [];
    const { syncDataSync } = Deno.FsFile.prototype;
    const { renameSync } = Deno;
    Deno.FsFile.prototype.syncDataSync = function () {
      calls.push(`sync ${this.statSync().size}`);
      syncDataSync.call(this);
    };
    Deno.renameSync = (from, to) => {
      calls.push("rename");
      renameSync(from, to);
    };
    try {
      replace(path, "12345");
    } finally {
      Deno.FsFile.prototype.syncDataSync = syncDataSync;
      Deno.renameSync = renameSync;
    }
    assert.deepEqual(calls, ["sync 5", "rename"]);
  });
}

Deno.test("a private file is for its owner alone, in a folder that is made for it", () => {
  using folder = temporaryFolder();
  const path = join(folder.path, "some", "where", "file");
  replacePrivateFile(path, "1");
  assert.equal(Deno.statSync(path).mode! & 0o777, 0o600);
  replacePrivateFile(path, "2");
  assert.equal(Deno.statSync(path).mode! & 0o777, 0o600);
});

Deno.test("a private file takes no mode, and no target, from what was left in its way", () => {
  using folder = temporaryFolder();
  const path = join(folder.path, "file");
  Deno.writeTextFileSync(`${path}.new`, "half", { mode: 0o644 });
  replacePrivateFile(path, "new");
  assert.equal(Deno.statSync(path).mode! & 0o777, 0o600);
  const other = join(folder.path, "other");
  Deno.writeTextFileSync(other, "another's");
  Deno.symlinkSync(other, `${path}.new`);
  replacePrivateFile(path, "newer");
  assert.ok(Deno.lstatSync(path).isFile);
  assert.deepEqual([path, other].map((each) => Deno.readTextFileSync(each)), ["newer", "another's"]);
});

Deno.test("a folder in the way of the file is an error, and stays", () => {
  using folder = temporaryFolder();
  const path = join(folder.path, "file");
  Deno.mkdirSync(path);
  Deno.writeTextFileSync(join(path, "kept"), "");
  assert.throws(() => replaceFile(path, "new"), { code: "EISDIR" });
  assert.deepEqual([namesIn(folder.path), namesIn(path)], [["file"], ["kept"]]);
});

import assert from "node:assert/strict";
import { join } from "node:path";
import { gitTest } from "../engine/environment.ts";
import { readFiles, scratchRemote, writeFiles } from "./scratch_remote.ts";

gitTest(
  "the first sync checks every file of the branch out, with executable bits and symlinks",
  async (git) => {
    using remote = scratchRemote(git);
    writeFiles(remote.work, {
      "servers/helium/web/compose.yml": "services: {}\n",
      "run.sh": "#!/bin/sh\n",
      "größe/leer": "",
    });
    Deno.chmodSync(join(remote.work, "run.sh"), 0o755);
    Deno.symlinkSync("servers/helium", join(remote.work, "helium"));
    const commit = remote.commit({});

    const snapshot = await remote.sync();

    assert.equal(snapshot.commit, commit);
    assert.equal(snapshot.branch, "main");
    assert.deepEqual(await snapshot.describeCommit(), {
      author: remote.git("log", "-1", "--format=%an"),
      subject: "Change",
    });
    assert.equal(snapshot.folder, remote.checkout);
    assert.equal(snapshot.stale, false);
    assert.deepEqual(snapshot.discarded, []);
    assert.deepEqual(readFiles(remote.checkout), {
      "größe/leer": "",
      helium: "→ servers/helium",
      "run.sh": "#!/bin/sh\n",
      "servers/helium/web/compose.yml": "services: {}\n",
    });
    assert.equal(Deno.statSync(join(remote.checkout, "run.sh")).mode! & 0o111, 0o111);
    assert.equal(Deno.statSync(join(remote.checkout, "größe/leer")).mode! & 0o111, 0);
  },
);

gitTest("the checkout is a clean repository to the git program", async (git) => {
  using remote = scratchRemote(git);
  writeFiles(remote.work, { "a/b": "1\n", "a.b": "2\n", "ä": "3\n", [`long/${"x".repeat(200)}`]: "4\n" });
  remote.commit({ c: "5\n" });
  await remote.sync();
  await remote.sync();

  assert.equal(remote.gitIn(remote.checkout, "status", "--porcelain"), "");
  assert.equal(remote.gitIn(remote.checkout, "rev-parse", "main"), remote.git("rev-parse", "HEAD"));
  assert.equal(remote.gitIn(remote.checkout, "log", "--format=%s"), "Change");
  remote.gitIn(remote.checkout, "fsck", "--strict");
});

gitTest("a new commit changes, adds and deletes files, and leaves the others as they are", async (git) => {
  using remote = scratchRemote(git);
  remote.commit({
    "web/compose.yml": "old\n",
    "gone/compose.yml": "gone\n",
    "gone/deep/conf": "x\n",
    same: "same\n",
  });
  await remote.sync();
  const long_ago = new Date("2020-01-01T00:00:00Z");
  Deno.utimeSync(join(remote.checkout, "same"), long_ago, long_ago);
  const before = Deno.statSync(join(remote.checkout, "same"));
  remote.commit({
    "web/compose.yml": "new\n",
    "gone/compose.yml": undefined,
    "gone/deep/conf": undefined,
    "added/f": "f\n",
  });

  const snapshot = await remote.sync();

  assert.deepEqual(readFiles(remote.checkout), {
    "added/f": "f\n",
    same: "same\n",
    "web/compose.yml": "new\n",
  });
  assert.throws(() => Deno.statSync(join(remote.checkout, "gone")), Deno.errors.NotFound);
  const after = Deno.statSync(join(remote.checkout, "same"));
  assert.deepEqual([after.mtime, after.ino], [before.mtime, before.ino]);
  assert.deepEqual(snapshot.discarded, []);
});

gitTest("a file becomes a symlink, a folder, executable, and back", async (git) => {
  using remote = scratchRemote(git);
  const first = remote.commit({ link: "a file\n", folder: "a file\n", "file/inner": "x\n", run: "run\n" });
  await remote.sync();
  const second = (() => {
    remote.git("rm", "-q", "-r", "link", "folder", "file");
    writeFiles(remote.work, { "folder/inner": "y\n", file: "now a file\n" });
    Deno.symlinkSync("run", join(remote.work, "link"));
    Deno.chmodSync(join(remote.work, "run"), 0o755);
    return remote.commit({});
  })();
  const modified = Deno.statSync(join(remote.checkout, "run")).mtime;

  assert.deepEqual((await remote.sync()).discarded, []);
  assert.deepEqual(readFiles(remote.checkout), {
    file: "now a file\n",
    "folder/inner": "y\n",
    link: "→ run",
    run: "run\n",
  });
  const run = Deno.statSync(join(remote.checkout, "run"));
  assert.equal(run.mode! & 0o777, 0o755);
  assert.deepEqual(run.mtime, modified);

  remote.git("reset", "-q", "--hard", first);
  remote.git("push", "-q", "--force", "origin", "HEAD");
  assert.notEqual(first, second);
  assert.equal((await remote.sync()).commit, first);
  assert.deepEqual(readFiles(remote.checkout), {
    "file/inner": "x\n",
    folder: "a file\n",
    link: "a file\n",
    run: "run\n",
  });
  assert.equal(Deno.statSync(join(remote.checkout, "run")).mode! & 0o111, 0);
});

gitTest("a force-push to another history is followed", async (git) => {
  using remote = scratchRemote(git);
  remote.commit({ a: "1\n" });
  remote.commit({ b: "2\n" });
  await remote.sync();
  remote.git("checkout", "-q", "--orphan", "other");
  remote.git("rm", "-q", "-r", "-f", ".");
  remote.git("branch", "-D", "main");
  remote.git("branch", "-m", "main");
  const commit = remote.commit({ c: "3\n" });

  assert.equal((await remote.sync()).commit, commit);
  assert.deepEqual(readFiles(remote.checkout), { c: "3\n" });
});

gitTest("objects of earlier commits do not pile up", async (git) => {
  using remote = scratchRemote(git);
  for (let round = 0; round < 5; round++) {
    remote.commit({ file: `${round}\n` });
    await remote.sync();
  }

  assert.equal([...Deno.readDirSync(join(remote.checkout, ".git/objects/pack"))].length, 2);
});

gitTest("another branch is followed, also one whose name lies below the old one's", async (git) => {
  using remote = scratchRemote(git);
  remote.commit({ a: "main\n" });
  await remote.sync();
  remote.git("checkout", "-q", "-b", "next/a");
  remote.commit({ a: "next\n", b: "b\n" });
  assert.equal((await remote.sync({ branch: "next/a" })).branch, "next/a");
  assert.deepEqual(readFiles(remote.checkout), { a: "next\n", b: "b\n" });
  remote.git("push", "-q", "origin", ":next/a", "HEAD:next");
  await remote.sync({ branch: "next" });
  await remote.sync();
  assert.deepEqual(readFiles(remote.checkout), { a: "main\n" });
  assert.equal(remote.gitIn(remote.checkout, "status", "--porcelain"), "");
});

gitTest("submodules and LFS pointers are named, every time", async (git) => {
  using remote = scratchRemote(git);
  const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${"4d".repeat(32)}\nsize 12345\n`;
  const first = remote.commit({
    "big.bin": pointer,
    "notes.md": `${pointer.slice(20)}${pointer.slice(0, 20)}`,
  });
  remote.git("update-index", "--add", "--cacheinfo", `160000,${first},vendor/lib`);
  remote.git("commit", "-q", "-m", "Submodule");
  remote.git("push", "-q", "origin", "HEAD");

  for (let round = 0; round < 2; round++) {
    const { odd } = await remote.sync();
    assert.deepEqual(odd.map(({ path, kind }) => `${kind} ${path}`).sort(), [
      "lfs-pointer big.bin",
      "submodule vendor/lib",
    ]);
  }
  assert.deepEqual(Object.keys(readFiles(remote.checkout)), ["big.bin", "notes.md"]);
});

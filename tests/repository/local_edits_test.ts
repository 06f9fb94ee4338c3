import assert from "node:assert/strict";
import { join } from "node:path";
import { gitTest } from "../engine/environment.ts";
import { readFiles, scratchRemote, writeFiles } from "./scratch_remote.ts";

gitTest("local edits of tracked files are discarded, and named", async (git) => {
  using remote = scratchRemote(git);
  remote.commit({
    edited: "1\n",
    "deep/deleted": "2\n",
    mode: "3\n",
    replaced: "4\n",
    "folder/file": "5\n",
    same: "6\n",
  });
  await remote.sync();
  const at = (path: string) => join(remote.checkout, path);
  writeFiles(remote.checkout, { edited: "2\n", "deep/deleted": undefined, replaced: undefined });
  Deno.removeSync(at("deep"));
  Deno.chmodSync(at("mode"), 0o755);
  Deno.symlinkSync("/etc/passwd", at("replaced"));
  Deno.renameSync(at("folder"), join(remote.folder, "elsewhere"));
  Deno.symlinkSync(join(remote.folder, "elsewhere"), at("folder"));
  writeFiles(join(remote.folder, "elsewhere"), { file: "not ours\n" });

  const snapshot = await remote.sync();

  assert.deepEqual(snapshot.discarded, ["deep/deleted", "edited", "folder/file", "mode", "replaced"]);
  assert.deepEqual(readFiles(remote.checkout), {
    "deep/deleted": "2\n",
    edited: "1\n",
    "folder/file": "5\n",
    mode: "3\n",
    replaced: "4\n",
    same: "6\n",
  });
  assert.equal(Deno.readTextFileSync(join(remote.folder, "elsewhere", "file")), "not ours\n");
  assert.deepEqual((await remote.sync()).discarded, []);
});

gitTest("an edit that keeps size and time is seen", async (git) => {
  using remote = scratchRemote(git);
  remote.commit({ file: "one\n" });
  await remote.sync();
  const path = join(remote.checkout, "file");
  const { mtime } = Deno.statSync(path);
  Deno.writeTextFileSync(path, "two\n");
  Deno.utimeSync(path, mtime!, mtime!);

  assert.deepEqual((await remote.sync()).discarded, ["file"]);
  assert.equal(Deno.readTextFileSync(path), "one\n");
});

gitTest(
  "local edits are discarded and named after a person looked around, committed or staged with git",
  async (git) => {
    using remote = scratchRemote(git);
    const commit = remote.commit({ file: "one\n", other: "o\n" });
    for (
      const look of [["status"], ["commit", "-q", "-a", "-m", "Local"], ["add", "-A"], [
        "checkout",
        "-q",
        "-b",
        "mine",
      ]]
    ) {
      await remote.sync();
      writeFiles(remote.checkout, { file: "two\n", data: "a container's\n" });
      remote.gitIn(remote.checkout, ...look);

      const snapshot = await remote.sync();

      assert.equal(snapshot.commit, commit);
      assert.deepEqual(snapshot.discarded, ["file"], look.join(" "));
      assert.deepEqual(readFiles(remote.checkout), { data: "a container's\n", file: "one\n", other: "o\n" });
      assert.equal(remote.gitIn(remote.checkout, "status", "--porcelain"), "?? data");
      assert.equal(remote.gitIn(remote.checkout, "rev-parse", "HEAD"), commit);
    }
  },
);

gitTest("untracked files stay, also where their stack is gone", async (git) => {
  using remote = scratchRemote(git);
  remote.commit({ "web/compose.yml": "1\n", "db/compose.yml": "1\n" });
  await remote.sync();
  writeFiles(remote.checkout, { "web/data/rows": "rows\n", "db/data/rows": "rows\n", "untracked": "u\n" });
  remote.commit({ "web/compose.yml": undefined, "db/compose.yml": "2\n" });

  const snapshot = await remote.sync();

  assert.deepEqual(snapshot.discarded, []);
  assert.deepEqual(readFiles(remote.checkout), {
    "db/compose.yml": "2\n",
    "db/data/rows": "rows\n",
    untracked: "u\n",
    "web/data/rows": "rows\n",
  });
});

gitTest(
  "what is in the way: an empty folder goes, a file is replaced and named, data stops the checkout untouched",
  async (git) => {
    using remote = scratchRemote(git);
    remote.commit({ "web/compose.yml": "1\n" });
    await remote.sync();
    Deno.mkdirSync(join(remote.checkout, "web/app.conf/x"), { recursive: true });
    writeFiles(remote.checkout, { "web/settings": "local\n", "web/data/rows": "rows\n" });
    const good = remote.commit({
      "web/compose.yml": "2\n",
      "web/app.conf": "conf\n",
      "web/settings": "ours\n",
    });

    assert.deepEqual((await remote.sync()).discarded, ["web/settings"]);
    const files = {
      "web/app.conf": "conf\n",
      "web/compose.yml": "2\n",
      "web/data/rows": "rows\n",
      "web/settings": "ours\n",
    };
    assert.deepEqual(readFiles(remote.checkout), files);

    remote.commit({ "web/compose.yml": "3\n", "web/data": "a file\n" });
    await assert.rejects(
      remote.sync(),
      /Cannot check web\/data out: a folder that holds web\/data\/rows stands at .*web\/data, and Git does not know it/,
    );
    assert.deepEqual(readFiles(remote.checkout), files);

    remote.commit({ "web/data": undefined, "untracked/inner": "x\n" });
    writeFiles(remote.checkout, { untracked: "a file\n" });
    await assert.rejects(
      remote.sync(),
      /Cannot check untracked\/inner out: a file stands at .*untracked, and Git does not know it/,
    );
    assert.deepEqual(readFiles(remote.checkout), { ...files, untracked: "a file\n" });
    assert.notEqual(remote.git("rev-parse", "HEAD"), good);
  },
);

import assert from "node:assert/strict";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { HomeportError } from "../../lib/errors.ts";
import { gitTest } from "../engine/environment.ts";
import { readFiles, type ScratchRemote, scratchRemote } from "./scratch_remote.ts";

const FILES = { a: "1\n", "b/c": "2\n", "b/d/e": "x".repeat(100_000), empty: "" };

/** Ways in which a repository can lie on a disk; each gives the address. */
const LAYOUTS: Readonly<Record<string, (remote: ScratchRemote) => string>> = {
  "a bare repository with loose objects": ({ path }) => path,
  "a bare repository by a file: URL": ({ path }) => pathToFileURL(path).href,
  "a packed repository with packed refs": ({ path, gitIn }) => {
    gitIn(path, "gc", "-q", "--prune=now");
    return path;
  },
  "a repository with deltas in its pack": (remote) => {
    remote.commit({ "b/d/e": `${FILES["b/d/e"]}y` });
    remote.commit(FILES);
    remote.gitIn(remote.path, "repack", "-q", "-a", "-d", "-f", "--depth=50");
    return remote.path;
  },
  "a repository with a working tree": ({ work }) => work,
  "a linked worktree": ({ folder, git }) => {
    git("worktree", "add", "-q", "-b", "side", join(folder, "side"));
    return join(folder, "side");
  },
  "a clone that borrows its objects": ({ path, folder, gitIn }) => {
    gitIn(folder, "clone", "-q", "--shared", "--bare", path, "borrower");
    gitIn(folder, "clone", "-q", "--shared", "--bare", "borrower", "borrower-of-a-borrower");
    return join(folder, "borrower-of-a-borrower");
  },
  "a path with spaces and umlauts by a file: URL": ({ path, folder }) => {
    Deno.renameSync(path, join(folder, "böse Pfade.git"));
    return pathToFileURL(join(folder, "böse Pfade.git")).href;
  },
  "a branch that is a symbolic ref": ({ path, gitIn }) => {
    gitIn(path, "branch", "-m", "main", "trunk");
    gitIn(path, "symbolic-ref", "refs/heads/main", "refs/heads/trunk");
    return path;
  },
};

for (const [layout, arrange] of Object.entries(LAYOUTS)) {
  gitTest(`read without a server: ${layout}`, async (git) => {
    using remote = scratchRemote(git);
    const commit = remote.commit(FILES);
    const url = arrange(remote);

    const snapshot = await remote.sync({ url });

    assert.equal(snapshot.commit, layout.includes("deltas") ? remote.git("rev-parse", "HEAD") : commit);
    assert.deepEqual(readFiles(remote.checkout), FILES);
    assert.equal(remote.gitIn(remote.checkout, "status", "--porcelain"), "");
    remote.gitIn(remote.checkout, "fsck", "--strict");
    assert.equal((await remote.sync({ url })).commit, snapshot.commit);
  });
}

gitTest("a repository that is pushed to and repacked meanwhile is read", async (git) => {
  using remote = scratchRemote(git);
  const many = Object.fromEntries(Array.from({ length: 200 }, (_, index) => [`f${index}`, `${index}\n`]));
  remote.commit(many);
  for (let round = 0; round < 5; round++) {
    const pending = remote.sync();
    const commit = remote.commit({ f1: `round ${round}\n` });
    remote.gitIn(remote.path, "gc", "-q", "--prune=now");
    await pending;
    assert.equal((await remote.sync()).commit, commit);
    assert.deepEqual(readFiles(remote.checkout), { ...many, f1: `round ${round}\n` });
  }
});

gitTest("the source is not written to", async (git) => {
  using remote = scratchRemote(git);
  remote.commit(FILES);
  const before = listing(remote.path);
  await remote.sync();
  assert.deepEqual(listing(remote.path), before);
});

gitTest("what is no repository, or one that cannot be read, is named", async (git) => {
  using remote = scratchRemote(git);
  const commit = remote.commit(FILES);
  Deno.mkdirSync(join(remote.folder, "plain"));
  remote.gitIn(remote.folder, "init", "-q", "--bare", "--object-format=sha256", "sha256.git");
  remote.gitIn(remote.folder, "clone", "-q", "--bare", remote.path, "broken.git");
  const tree = remote.git("rev-parse", "HEAD^{tree}");
  Deno.removeSync(join(remote.folder, "broken.git/objects", tree.slice(0, 2), tree.slice(2)));
  const cases: readonly [string, RegExp, 1 | 2][] = [
    ["plain", /plain is not a Git repository$/, 2],
    ["nowhere", /Cannot reach the repository .*nowhere: there is no such folder$/, 2],
    ["sha256.git", /its format \(objectformat = sha256\) is not supported$/, 1],
    [
      "broken.git",
      new RegExp(`Cannot read commit ${commit} of the repository .*broken\\.git: object ${tree}`),
      1,
    ],
  ];
  for (const [name, message, exitCode] of cases) {
    const error = await remote.sync({ url: join(remote.folder, name) }).catch((error: unknown) => error);
    assert.ok(error instanceof HomeportError, String(error));
    assert.match(error.message, message);
    assert.ok(error.hint !== undefined);
    assert.equal(error.exitCode, exitCode);
  }
});

gitTest("a repository on a disk that is gone gives the last checkout where that is allowed", async (git) => {
  using remote = scratchRemote(git);
  const commit = remote.commit(FILES);
  await remote.sync();
  Deno.renameSync(remote.path, `${remote.path}.away`);

  const snapshot = await remote.sync({ offline: "allowed" });

  assert.deepEqual([snapshot.commit, snapshot.stale], [commit, true]);
  await assert.rejects(remote.sync(), /there is no such folder/);
});

function listing(folder: string): string[] {
  return [...Deno.readDirSync(folder)].flatMap(({ name, isDirectory }) => {
    const path = join(folder, name);
    return isDirectory ? listing(path) : [`${path} ${Deno.statSync(path).mtime?.getTime()}`];
  }).sort();
}

import assert from "node:assert/strict";
import { join } from "node:path";
import type { FilesAt } from "../../lib/repository/head_view.ts";
import { gitTest } from "../engine/environment.ts";
import { startGitServer } from "../fakes/git_server.ts";
import { packs, truncate } from "./broken_disk.ts";
import {
  type Changes,
  failure,
  readFiles,
  type ScratchRemote,
  scratchRemote,
  writeFiles,
} from "./scratch_remote.ts";

/** What a view shows, as `readFiles` would: everything below the top, symlinks by what they lead to. */
function seen({ files }: FilesAt, root: string, below = ""): Record<string, string> {
  const found: Record<string, string> = {};
  for (const name of files.list(join(root, below))) {
    const path = below === "" ? name : `${below}/${name}`;
    if (files.kind(join(root, path)) === "folder") {
      Object.assign(found, { [`${path}/`]: "" }, seen({ files } as FilesAt, root, path));
    } else found[path] = new TextDecoder().decode(files.read(join(root, path)));
  }
  return found;
}

const paths = ({ tracked }: FilesAt, root: string, below = "") =>
  tracked.filesBelow(join(root, below)).map(({ path }) => path.slice(root.length + 1));

gitTest(
  "a view shows a commit as if it were checked out, before and after the working tree changes",
  async (git) => {
    using remote = scratchRemote(git);
    const old = remote.commit({ "web/f": "old\n", "web/only-old/g": "g\n", same: "same\n" });
    await remote.sync();
    writeFiles(remote.checkout, {
      "web/data/rows": "rows\n",
      "web/only-old/local": "local\n",
      "web/f": "edited\n",
    });
    Deno.mkdirSync(join(remote.checkout, "web/empty"));
    const head = remote.commit({ "web/f": "head\n", "web/only-old/g": undefined, "web/only-head/h": "h\n" });
    const untracked = {
      "web/": "",
      "web/data/": "",
      "web/data/rows": "rows\n",
      "web/empty/": "",
      "web/only-old/": "",
      "web/only-old/local": "local\n",
      same: "same\n",
    };
    const expected: Readonly<Record<string, Changes>> = {
      [old]: { ...untracked, "web/f": "old\n", "web/only-old/g": "g\n" },
      [head]: { ...untracked, "web/f": "head\n", "web/only-head/": "", "web/only-head/h": "h\n" },
    };
    const tracked: Readonly<Record<string, readonly string[]>> = {
      [old]: ["same", "web/f", "web/only-old/g"],
      [head]: ["same", "web/f", "web/only-head/h"],
    };
    const check = (view: FilesAt, when: string) => {
      assert.deepEqual(seen(view, remote.checkout), expected[view.commit], when);
      assert.deepEqual(paths(view, remote.checkout), tracked[view.commit], when);
    };
    const early: FilesAt[] = [];
    for (const pins of [undefined, [{ path: "web", commit: old }], []]) {
      const snapshot = await remote.sync({
        keep: [old],
        pins: pins && (async (view) => {
          early.push(await view.filesAt(), await view.filesAt(old));
          for (const each of early) check(each, "while asked for pins");
          return pins;
        }),
      });
      for (const view of early.splice(0)) check(view, "a view from before the checkout");
      const views = await Promise.all(
        [undefined, old, head, old.slice(0, 8)].map((each) => snapshot.head.filesAt(each)),
      );
      assert.deepEqual(views.map(({ commit }) => commit), [head, old, head, old]);
      for (const view of views) check(view, "after the checkout");
    }
  },
);

gitTest(
  "a view tells the time of change of those files alone that the working tree holds so",
  async (git) => {
    using remote = scratchRemote(git);
    const old = remote.commit({ "web/f": "1\n", "web/g": "1\n" });
    const head = remote.commit({ "web/f": "2\n" });
    const { head: view } = await remote.sync({
      pins: () => Promise.resolve([{ path: "web/g", commit: old }]),
    });
    const times = async (commit: string) =>
      (await view.filesAt(commit)).tracked.filesBelow(remote.checkout).map((
        { oid, modified },
      ) => [oid, modified]);
    const onDisk = (path: string) =>
      Math.floor(Deno.statSync(join(remote.checkout, path)).mtime!.getTime() / 1000);
    const oid = (commit: string, path: string) => remote.git("rev-parse", `${commit}:${path}`);
    assert.deepEqual(await times(old), [[oid(old, "web/f"), 0], [oid(old, "web/g"), onDisk("web/g")]]);
    assert.deepEqual(await times(head), [[oid(head, "web/f"), onDisk("web/f")], [
      oid(head, "web/g"),
      onDisk("web/g"),
    ]]);
  },
);

gitTest("symlinks of a view stay inside, whatever the disk has in their place", async (git) => {
  using remote = scratchRemote(git);
  const link = (target: string, path: string) => Deno.symlinkSync(target, join(remote.work, path));
  writeFiles(remote.work, { "web/conf/a": "old\n", "real/a": "real\n", file: "f\n" });
  link("web/conf", "good");
  link("good/a", "twice");
  link("circle", "circle");
  link("../../outside", "leads-out");
  link(join(remote.checkout, "web/conf/a"), "absolute");
  const old = remote.commit({});
  // In the new commit a symlink takes the folder's place, and a folder that of a symlink.
  Deno.removeSync(join(remote.work, "web/conf"), { recursive: true });
  Deno.removeSync(join(remote.work, "good"));
  link("../real", "web/conf");
  const head = remote.commit({ "good/a": "new\n" });
  writeFiles(remote.folder, { "outside/secret": "secret\n" });
  await remote.sync({ keep: [old] });
  Deno.symlinkSync(join(remote.folder, "outside"), join(remote.checkout, "untracked"));
  writeFiles(remote.checkout, { "real/untracked": "u\n" });
  const { head: view } = await remote.sync({ keep: [old] });
  const at = (path: string) => join(remote.checkout, path);
  const [then, now] = await Promise.all([view.filesAt(old), view.filesAt(head)]);
  const read = ({ files }: FilesAt, path: string) => {
    const content = files.read(at(path));
    return content && new TextDecoder().decode(content);
  };

  for (const path of ["good/a", "twice", "absolute", "web/conf/a"]) {
    assert.equal(read(then, path), "old\n", path);
  }
  for (const path of ["good/a", "twice"]) assert.equal(read(now, path), "new\n", path);
  for (const path of ["web/conf/a", "absolute"]) assert.equal(read(now, path), "real\n", path);
  assert.deepEqual(then.files.list(at("web/conf")), ["a"]);
  assert.deepEqual(now.files.list(at("web/conf")), ["a", "untracked"]);
  // On the disk, web/conf is a symlink now: what lies behind it is none of the old folder's.
  assert.equal(read(then, "web/conf/untracked"), undefined);
  assert.deepEqual(paths(then, remote.checkout, "good"), ["good", "web/conf/a"]);
  assert.deepEqual(paths(now, remote.checkout, "web/conf"), ["real/a", "web/conf"]);
  assert.deepEqual(paths(then, remote.checkout, "circle"), ["circle"]);
  assert.deepEqual(paths(then, remote.checkout, "leads-out"), ["leads-out"]);
  for (const view of [then, now]) {
    for (const path of ["leads-out/secret", "untracked/secret", "../outside/secret"]) {
      assert.throws(() => view.files.read(at(path)), /outside of the repository's folder/, path);
      assert.throws(() => view.files.kind(at(path)), /outside of the repository's folder/, path);
    }
    assert.throws(() => view.files.read(at("circle")), /leads in a circle/);
    assert.equal(view.files.kind(at("file/below")), undefined);
    assert.throws(() => view.files.read(at("web")), /it is a folder/);
    assert.ok(!view.files.list(remote.checkout).includes(".git"));
  }
});

/** Commits a second time, and takes the first one off the branch. Gives the first. */
function forcedAway(remote: ScratchRemote): string {
  remote.commit({ base: "1\n" });
  const lost = remote.commit({ "web/f": "lost\n" });
  remote.git("reset", "-q", "--hard", "HEAD~1");
  remote.commit({ "web/f": "head\n" });
  return lost;
}

gitTest("a commit that is not here is fetched by its ID, from a server or a folder", async (git) => {
  using remote = scratchRemote(git);
  await using server = startGitServer({ git, root: remote.folder });
  const old = remote.commit({ "web/f": "old\n" });
  const head = remote.commit({ "web/f": "head\n" });
  for (const url of [server.url("remote.git"), remote.path, `file://${remote.path}`]) {
    await remote.sync({ url });
    const pins = () => Promise.resolve([{ path: "web", commit: old.toUpperCase() }]);
    assert.deepEqual((await remote.sync({ url, pins })).pins, [{ path: "web", commit: old }]);
    assert.deepEqual(readFiles(remote.checkout), { "web/f": "old\n" });
    server.requests.length = 0;
    const { head: view } = await remote.sync({ url });
    assert.equal(packs(join(remote.checkout, ".git")).length, 2);
    assert.equal((await view.filesAt(old)).commit, old);
    assert.equal((await view.filesAt()).commit, head);
    assert.equal((await view.filesAt(old)).commit, old);
    // Once for the news, and two requests for the commit.
    if (url.startsWith("http")) assert.equal(server.requests.length, 3);
    Deno.removeSync(remote.dataDir, { recursive: true });
  }
});

gitTest("a commit that was forced away stays while it is pinned or kept, also offline", async (git) => {
  using remote = scratchRemote(git);
  await using server = startGitServer({ git, root: remote.folder });
  const url = server.url("remote.git");
  remote.commit({ base: "1\n" });
  const lost = remote.commit({ "web/f": "lost\n" });
  await remote.sync({ url });
  remote.git("reset", "-q", "--hard", "HEAD~1");
  remote.commit({ "web/f": "head\n" });

  await remote.sync({ url, keep: [lost] });
  assert.equal(packs(join(remote.checkout, ".git")).length, 4);
  remote.gitIn(remote.checkout, "fsck", "--strict");
  remote.commit({ "web/f": "head again\n" });
  await remote.sync({ url, keep: [lost] });
  const pins = () => Promise.resolve([{ path: "web", commit: lost }]);
  server.fault = () => ({ kind: "status", status: 500 });
  await remote.sync({ url, pins, offline: "allowed" });
  assert.deepEqual(readFiles(remote.checkout), { base: "1\n", "web/f": "lost\n" });
  server.fault = () => undefined;
  remote.commit({ other: "1\n" });
  const { head } = await remote.sync({ url, pins });
  assert.equal((await head.filesAt(lost.slice(0, 7))).commit, lost);

  await remote.sync({ url });
  assert.deepEqual(readFiles(remote.checkout), { base: "1\n", other: "1\n", "web/f": "head again\n" });
  assert.equal(packs(join(remote.checkout, ".git")).length, 2);
  remote.gitIn(remote.checkout, "fsck", "--strict");
  assert.equal(remote.gitIn(remote.checkout, "for-each-ref", "refs/homeport"), "");
});

gitTest("a commit that cannot be had is an error that says why and what to do", async (git) => {
  using remote = scratchRemote(git);
  await using server = startGitServer({ git, root: remote.folder });
  const url = server.url("remote.git");
  const lost = forcedAway(remote);
  const unknown = "1".repeat(40);
  const { head } = await remote.sync({ url });
  const kinds = [
    [
      lost,
      /^Commit \w{40} is needed and not here, and cannot be fetched: The repository .* does not give commit/,
      "stalled",
    ],
    [unknown, /^Commit 1{40} is needed .* does not give commit 1{40} out$/, "stalled"],
    [lost.slice(0, 10), /^Cannot tell which commit \w{10} is: no commit that is here begins so$/, "stalled"],
    ["main", /^"main" is no commit ID$/, "stalled"],
  ] as const;
  for (const [id, message, consequence] of kinds) {
    const error = await failure(head.filesAt(id));
    assert.match(error.message, message);
    assert.ok(error.hint !== undefined);
    assert.equal(error.consequence, consequence);
  }
  server.fault = () => ({ kind: "status", status: 503 });
  const error = await failure(head.filesAt(unknown));
  assert.match(error.message, /^Commit 1{40} is needed .* the server has a fault or is busy \(HTTP 503\)/);
  assert.equal(error.consequence, "retry");
  server.fault = ({ method }) => method === "POST" ? { kind: "cut", after: 300 } : undefined;
  assert.equal((await failure(head.filesAt(remote.git("rev-parse", "HEAD~1")))).consequence, "retry");
  server.fault = () => undefined;
  assert.equal(
    (await head.filesAt(remote.git("rev-parse", "HEAD~1"))).commit,
    remote.git("rev-parse", "HEAD~1"),
  );
});

gitTest("damaged objects of the branch or of a pin are fetched anew, and sound ones stay", async (git) => {
  for (const damaged of ["head", "pin", "both"] as const) {
    using remote = scratchRemote(git);
    await using server = startGitServer({ git, root: remote.folder });
    const url = server.url("remote.git");
    const old = remote.commit({ "web/f": "old\n" });
    const pins = () => Promise.resolve([{ path: "web", commit: old }]);
    await remote.sync({ url });
    const [oldPack] = packs(join(remote.checkout, ".git")).filter((path) => path.endsWith(".pack"));
    remote.commit({ "web/f": "head\n", other: "head\n" });
    await remote.sync({ url, pins });
    for (const path of packs(join(remote.checkout, ".git")).filter((each) => each.endsWith(".pack"))) {
      if (damaged === "both" || (path === oldPack) === (damaged === "pin")) truncate(path);
    }
    writeFiles(remote.checkout, { "web/f": "edited\n", other: "edited\n", data: "rows\n" });
    if (damaged === "pin") Deno.removeSync(join(remote.checkout, "other"));

    const { discarded, head } = await remote.sync({ url, pins });

    assert.deepEqual(
      readFiles(remote.checkout),
      { "web/f": "old\n", other: "head\n", data: "rows\n" },
      damaged,
    );
    assert.deepEqual(discarded, ["other", "web/f"]);
    for (const path of packs(join(remote.checkout, ".git"))) if (path.endsWith(".pack")) truncate(path);
    assert.deepEqual(
      new TextDecoder().decode((await head.filesAt(old)).files.read(join(remote.checkout, "web/f"))),
      "old\n",
    );
    remote.commit({ other: "next\n" });
    await remote.sync({ url });
    assert.deepEqual(readFiles(remote.checkout), { "web/f": "head\n", other: "next\n", data: "rows\n" });
  }
});

gitTest(
  "a sound pin survives the mending of the branch's objects though no server has it any more",
  async (git) => {
    using remote = scratchRemote(git);
    await using server = startGitServer({ git, root: remote.folder });
    const url = server.url("remote.git");
    remote.commit({ base: "1\n" });
    const lost = remote.commit({ "web/f": "lost\n" });
    const pins = () => Promise.resolve([{ path: "web", commit: lost }]);
    await remote.sync({ url });
    const before = packs(join(remote.checkout, ".git"));
    remote.git("reset", "-q", "--hard", "HEAD~1");
    remote.commit({ "web/f": "head\n", other: "head\n" });
    await remote.sync({ url, pins });
    for (const path of packs(join(remote.checkout, ".git"))) if (!before.includes(path)) truncate(path);
    writeFiles(remote.checkout, { "web/f": "edited\n", other: "edited\n" });

    await remote.sync({ url, pins });

    assert.deepEqual(readFiles(remote.checkout), { base: "1\n", other: "head\n", "web/f": "lost\n" });
  },
);

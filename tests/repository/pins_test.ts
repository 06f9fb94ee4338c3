import assert from "node:assert/strict";
import { join } from "node:path";
import { HomeportError } from "../../lib/errors.ts";
import type { Pin } from "../../lib/repository/pins.ts";
import { gitTest } from "../engine/environment.ts";
import { dyingAfter } from "./broken_disk.ts";
import { failure, readFiles, type ScratchRemote, scratchRemote, writeFiles } from "./scratch_remote.ts";

const held = (...pins: readonly Pin[]) => () => Promise.resolve(pins);
const LFS = `version https://git-lfs.github.com/spec/v1\noid sha256:${"a".repeat(64)}\nsize 12345\n`;

/** Two commits of a stack `web` and its surroundings. */
function twoCommits(remote: ScratchRemote): { readonly old: string; readonly head: string } {
  writeFiles(remote.work, {
    "web/compose.yml": "old\n",
    "web/gone": "g\n",
    "web/conf/a": "a\n",
    "web/run": "r\n",
  });
  Deno.chmodSync(join(remote.work, "web/run"), 0o755);
  Deno.symlinkSync("conf/a", join(remote.work, "web/link"));
  const old = remote.commit({ "db/compose.yml": "old\n", "web-2/compose.yml": "old\n", shared: "old\n" });
  for (const path of ["web/link", "web/conf"]) Deno.removeSync(join(remote.work, path), { recursive: true });
  Deno.chmodSync(join(remote.work, "web/run"), 0o644);
  const head = remote.commit({
    "web/compose.yml": "head\n",
    "web/gone": undefined,
    "web/conf": "a file now\n",
    "web/link": "a file now\n",
    "web/new/deep": "n\n",
    "db/compose.yml": "head\n",
    "web-2/compose.yml": "head\n",
    shared: "head\n",
  });
  return { old, head };
}

const OLD_WEB = {
  "web/compose.yml": "old\n",
  "web/conf/a": "a\n",
  "web/gone": "g\n",
  "web/link": "→ conf/a",
  "web/run": "r\n",
};
const HEAD_WEB = {
  "web/compose.yml": "head\n",
  "web/conf": "a file now\n",
  "web/link": "a file now\n",
  "web/new/deep": "n\n",
  "web/run": "r\n",
};
const HEAD_OTHERS = { "db/compose.yml": "head\n", shared: "head\n", "web-2/compose.yml": "head\n" };

gitTest("a pinned folder is as its commit has it, and all else as the branch has it", async (git) => {
  using remote = scratchRemote(git);
  const { old, head } = twoCommits(remote);
  await remote.sync();
  writeFiles(remote.checkout, { "web/data/rows": "rows\n" });
  const untracked = { "web/data/rows": "rows\n" };

  const pinned = await remote.sync({ pins: held({ path: "web/", commit: old }) });
  assert.deepEqual(readFiles(remote.checkout), { ...HEAD_OTHERS, ...OLD_WEB, ...untracked });
  assert.deepEqual([pinned.commit, pinned.head.commit, pinned.discarded], [head, head, []]);
  assert.deepEqual(pinned.pins, [{ path: "web", commit: old }]);
  assert.equal(Deno.statSync(join(remote.checkout, "web/run")).mode! & 0o100, 0o100);
  assert.deepEqual(
    pinned.tracked.filesBelow(join(remote.checkout, "web")).map((
      { path, oid },
    ) => [path.slice(remote.checkout.length + 1), oid]),
    Object.keys(OLD_WEB).map((path) => [path, remote.git("rev-parse", `${old}:${path}`)]),
  );

  const released = await remote.sync();
  assert.deepEqual(readFiles(remote.checkout), { ...HEAD_OTHERS, ...HEAD_WEB, ...untracked });
  assert.deepEqual([released.pins, released.discarded], [[], []]);
});

gitTest(
  "pins that are set, changed, kept, followed by a new commit and removed are each seen",
  async (git) => {
    using remote = scratchRemote(git);
    const commits = ["1", "2", "3"].map((content) =>
      remote.commit({ "a/f": `${content}\n`, "a/sub/f": `${content}\n`, "b/f": `${content}\n` })
    );
    const [one, two] = commits as [string, string];
    const steps: readonly {
      readonly pins: readonly Pin[];
      readonly a: string;
      readonly sub: string;
      readonly b: string;
    }[] = [
      { pins: [], a: "3", sub: "3", b: "3" },
      { pins: [{ path: "a", commit: one }], a: "1", sub: "1", b: "3" },
      { pins: [{ path: "a", commit: one }], a: "1", sub: "1", b: "3" },
      { pins: [{ path: "a", commit: two }], a: "2", sub: "2", b: "3" },
      { pins: [{ path: "b", commit: one }, { path: "a", commit: two }], a: "2", sub: "2", b: "1" },
      { pins: [{ path: "a", commit: two }, { path: "a/sub", commit: one }], a: "2", sub: "1", b: "3" },
      { pins: [{ path: "a/sub", commit: two }], a: "3", sub: "2", b: "3" },
      { pins: [], a: "3", sub: "3", b: "3" },
    ];
    for (const { pins, a, sub, b } of steps) {
      const { discarded } = await remote.sync({ pins: held(...pins) });
      const expected = { "a/f": `${a}\n`, "a/sub/f": `${sub}\n`, "b/f": `${b}\n` };
      assert.deepEqual(readFiles(remote.checkout), expected, JSON.stringify(pins));
      assert.deepEqual(discarded, []);
    }
    await remote.sync({ pins: held({ path: "a", commit: one }) });
    remote.commit({ "a/f": "4\n", "a/new": "4\n", "b/f": "4\n" });
    await remote.sync({ pins: held({ path: "a", commit: one }) });
    assert.deepEqual(readFiles(remote.checkout), { "a/f": "1\n", "a/sub/f": "1\n", "b/f": "4\n" });
  },
);

gitTest("a sync that finds commit and pins unchanged touches nothing and reads no object", async (git) => {
  using remote = scratchRemote(git);
  const { old } = twoCommits(remote);
  const pins = held({ path: "web", commit: old });
  await remote.sync({ pins });
  await remote.sync({ pins });
  const state = () => Deno.statSync(join(remote.checkout, ".git/homeport-checkout.json")).ino;
  const before = state();
  // What was written in the same moment as the index is compared anew.
  const later = new Date(Date.now() + 10_000);
  Deno.utimeSync(join(remote.checkout, ".git/index"), later, later);
  // Without the remote and without a pack there is nothing to read from.
  Deno.renameSync(remote.path, `${remote.path}.away`);
  Deno.removeSync(join(remote.checkout, ".git/objects"), { recursive: true });

  const { pins: found } = await remote.sync({ pins, offline: "preferred" });

  assert.deepEqual(found, [{ path: "web", commit: old }]);
  assert.equal(state(), before);
});

gitTest(
  "local edits in a pinned folder are discarded and said, also where pins change with them",
  async (git) => {
    using remote = scratchRemote(git);
    const { old } = twoCommits(remote);
    const pins = held({ path: "web", commit: old });
    const edit = () => {
      writeFiles(remote.checkout, { "web/compose.yml": "edited\n", "web/data": "a container's\n" });
      Deno.removeSync(join(remote.checkout, "web/run"));
    };
    await remote.sync({ pins });
    for (const next of [pins, undefined, pins]) {
      edit();
      const { discarded } = await remote.sync({ pins: next });
      assert.deepEqual(discarded, ["web/compose.yml", "web/run"]);
      assert.deepEqual(readFiles(remote.checkout), {
        ...HEAD_OTHERS,
        ...(next === undefined ? HEAD_WEB : OLD_WEB),
        "web/data": "a container's\n",
      });
    }
  },
);

gitTest("the index lost, or rewritten by git, a pinned checkout is still known", async (git) => {
  for (const lose of ["lost", "add", "gc"] as const) {
    using remote = scratchRemote(git);
    const { old } = twoCommits(remote);
    const pins = held({ path: "web", commit: old });
    await remote.sync({ pins });
    if (lose === "lost") Deno.removeSync(join(remote.checkout, ".git/index"));
    if (lose === "add") remote.gitIn(remote.checkout, "add", "-A");
    if (lose === "gc") remote.gitIn(remote.checkout, "gc", "-q", "--prune=now");
    remote.gitIn(remote.checkout, "fsck", "--strict");
    writeFiles(remote.checkout, { "web/gone": "edited\n" });

    const { discarded } = await remote.sync();

    assert.deepEqual(readFiles(remote.checkout), { ...HEAD_OTHERS, ...HEAD_WEB }, lose);
    assert.deepEqual(discarded, ["web/gone"], lose);
    await remote.sync({ pins });
    assert.deepEqual(readFiles(remote.checkout), { ...HEAD_OTHERS, ...OLD_WEB }, lose);
  }
});

gitTest(
  "what is odd in a pinned folder is said, and what is odd only in the branch's is not",
  async (git) => {
    using remote = scratchRemote(git);
    const old = remote.commit({ "web/old": LFS, "web/compose.yml": "1\n" });
    remote.commit({ "web/old": "no more\n", "web/new": LFS });
    const paths = async (...pins: readonly Pin[]) =>
      (await remote.sync({ pins: held(...pins) })).odd.map(({ path }) => path);
    assert.deepEqual(await paths({ path: "web", commit: old }), ["web/old"]);
    assert.deepEqual(await paths(), ["web/new"]);
  },
);

gitTest("the state that an older release wrote is that of a checkout without pins", async (git) => {
  using remote = scratchRemote(git);
  const { old } = twoCommits(remote);
  await remote.sync();
  const path = join(remote.checkout, ".git/homeport-checkout.json");
  const { pins: _none, ...state } = JSON.parse(Deno.readTextFileSync(path));
  Deno.writeTextFileSync(path, JSON.stringify(state));
  writeFiles(remote.checkout, { "web/compose.yml": "edited\n" });
  assert.deepEqual((await remote.sync()).discarded, ["web/compose.yml"]);
  Deno.writeTextFileSync(path, JSON.stringify(state));
  await remote.sync({ pins: held({ path: "web", commit: old }) });
  assert.deepEqual(readFiles(remote.checkout), { ...HEAD_OTHERS, ...OLD_WEB });
});

gitTest(
  "refused before anything is touched: pins that mean nothing, or would take something away",
  async (git) => {
    using remote = scratchRemote(git);
    const flat = remote.commit({ "top/web": "a file\n", "other/f": "1\n" });
    Deno.removeSync(join(remote.work, "top/web"));
    const old = remote.commit({ "top/web/f": "old\n", "other/f": "2\n" });
    Deno.removeSync(join(remote.work, "top"), { recursive: true });
    remote.commit({ top: "a file now\n", "other/f": "3\n" });
    const cases: readonly [readonly Pin[], RegExp][] = [
      [[{ path: "", commit: old }], /^Cannot hold "" at commit .*: it is no folder of the repository/],
      [[{ path: "../x", commit: old }], /it is no folder of the repository/],
      [[{ path: "/etc", commit: old }], /it is no folder of the repository/],
      [[{ path: "other/.GIT", commit: old }], /it is no folder of the repository/],
      [
        [{ path: "other", commit: old }, { path: "other", commit: flat }],
        /^Cannot hold other at two commits/,
      ],
      [
        [{ path: "nothing", commit: old }],
        /^Cannot hold nothing at commit .*: that commit has no such folder/,
      ],
      [
        [{ path: "top/web", commit: old }],
        /^Cannot hold top\/web\/f .*: top is no folder any more in commit/,
      ],
      [[{ path: "other", commit: "main" }], /^"main" is no commit ID/],
      [[{ path: "other", commit: "abc" }], /^"abc" is no commit ID/],
      [
        [{ path: "other", commit: "0".repeat(12) }],
        /^Cannot tell which commit 0+ is: no commit that is here/,
      ],
      [
        [{ path: "other", commit: "0".repeat(40) }],
        /^Commit 0{40} is needed and not here, .* does not give commit/,
      ],
      [
        [{ path: "other", commit: remote.git("rev-parse", "HEAD^{tree}") }],
        /is a tree, and no commit$/,
      ],
      [
        [{ path: "other", commit: remote.git("rev-parse", `${old}^{tree}`) }],
        /is a tree, and no commit$/,
      ],
    ];
    await remote.sync();
    const before = readFiles(remote.checkout);
    for (const [pins, message] of cases) {
      const error = await failure(remote.sync({ pins: held(...pins) }));
      assert.match(error.message, message);
      assert.ok(error.hint !== undefined, error.message);
      assert.deepEqual(readFiles(remote.checkout), before);
    }
    const error = new HomeportError("asked in vain");
    await assert.rejects(remote.sync({ pins: () => Promise.reject(error) }), error);
  },
);

gitTest(
  "pins are asked once, with the new commit there and the working tree still untouched",
  async (git) => {
    using remote = scratchRemote(git);
    const first = remote.commit({ "web/f": "1\n" });
    await remote.sync();
    const second = remote.commit({ "web/f": "2\n" });
    const asked: string[] = [];
    await remote.sync({
      pins: async (head) => {
        const { files } = await head.filesAt();
        const path = join(remote.checkout, "web/f");
        asked.push(head.commit, Deno.readTextFileSync(path), new TextDecoder().decode(files.read(path)));
        return [{ path: "web", commit: first }];
      },
    });
    assert.deepEqual(asked, [second, "1\n", "2\n"]);
    assert.deepEqual(readFiles(remote.checkout), { "web/f": "1\n" });
  },
);

gitTest(
  "whatever was the last thing that a dying process did with pins, the next sync converges",
  async (git) => {
    using remote = scratchRemote(git);
    const { old, head } = twoCommits(remote);
    const pin = held({ path: "web", commit: old });
    const ways = { set: [undefined, pin], removed: [pin, undefined] } as const;
    for (const [way, [before, after]] of Object.entries(ways)) {
      let survived = false;
      let operations = 0;
      let unreported = 0;
      for (; !survived; operations++) {
        await remote.sync({ pins: before });
        writeFiles(remote.checkout, { "web/data/rows": "rows\n", "web/compose.yml": "edited\n" });
        survived = await dyingAfter(operations, () => remote.sync({ pins: after }));
        // Half of the time the decision is another one after the restart.
        const next = operations % 2 === 0 ? after : before;

        const { commit, discarded } = await remote.sync({ pins: next });

        const web = next === undefined ? HEAD_WEB : OLD_WEB;
        const label = `${way}, after ${operations} operations`;
        assert.deepEqual(
          readFiles(remote.checkout),
          { ...HEAD_OTHERS, ...web, "web/data/rows": "rows\n" },
          label,
        );
        assert.equal(commit, head);
        if (!survived && discarded.length === 0) unreported++;
        else if (!survived) assert.deepEqual(discarded, ["web/compose.yml"], label);
      }
      assert.ok(operations > 15, `${way}: a checkout took ${operations} operations only`);
      // What comes after the state that says that all is done: the objects of no use any more, and their refs, go.
      assert.ok(unreported <= 6, `${way}: the edit went unsaid in ${unreported} of ${operations} cases`);
    }
    remote.gitIn(remote.checkout, "fsck", "--strict");
  },
);

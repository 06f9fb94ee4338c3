import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gitTest } from "../engine/environment.ts";
import { startGitServer } from "../fakes/git_server.ts";
import { dyingAfter, packs, truncate } from "./broken_disk.ts";
import { type Changes, readFiles, type ScratchRemote, scratchRemote, writeFiles } from "./scratch_remote.ts";

const STACKS = 120;
const UNTRACKED = { "servers/helium/stack-1/data/rows": "rows\n", "servers/helium/kept/data/rows": "rows\n" };
const sleep = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

gitTest(
  "killed at any moment of a clone or of a checkout, the next sync converges and keeps untracked files",
  async (git) => {
    using remote = scratchRemote(git);
    await using server = startGitServer({ git, root: remote.folder });
    const url = server.url("remote.git");
    remote.commit(stacks("0"));
    // The first run of the process compiles it, and says nothing about the next ones.
    await timedSync(remote, url);
    Deno.removeSync(remote.dataDir, { recursive: true });
    const whole = await timedSync(remote, url);
    let killed = 0;
    for (let round = 1; round <= 12; round++) {
      // Every third round begins anew, the others change, add and delete files of a checkout that is there.
      if (round % 3 === 0) Deno.removeSync(remote.dataDir, { recursive: true });
      writeFiles(remote.checkout, UNTRACKED);
      remote.commit({ ...stacks(String(round)), ...only(round), ...gone(round) });
      if (await runAndKill(remote, url, whole.start + (whole.total - whole.start) * round / 12)) killed++;
      // A second kill on top of the first, and a commit that lacks what the killed sync had begun to write.
      if (round % 2 === 0) {
        remote.commit({ ...stacks(`${round}b`), ...only(round + 0.5), ...gone(round + 0.5) });
        await runAndKill(remote, url, whole.start + (whole.total - whole.start) / 2);
      }

      const snapshot = await remote.sync({ url });

      assert.equal(snapshot.commit, remote.git("rev-parse", "HEAD"));
      assert.deepEqual(
        readFiles(remote.checkout),
        { ...readFiles(remote.work), ...UNTRACKED },
        `round ${round}`,
      );
      assert.deepEqual(snapshot.discarded, [], `round ${round}`);
      assert.equal(remote.gitIn(remote.checkout, "status", "--porcelain", "--untracked-files=no"), "");
    }
    assert.ok(killed >= 4, `only ${killed} of 12 syncs were killed before they were done`);
  },
);

gitTest(
  "whatever was the last thing that a dying process did on the disk, the next sync converges",
  async (git) => {
    using remote = scratchRemote(git);
    const before = remote.commit({
      a: "1\n",
      "dir/b": "1\n",
      "old/c": "1\n",
      "swap/d": "1\n",
      same: "1\n",
      edited: "1\n",
    });
    const halfway = remote.commit({
      a: "2\n",
      "old/c": undefined,
      "swap/d": undefined,
      "new/e": "2\n",
      edited: "2\n",
      run: "2\n",
    });
    const after = remote.commit({ a: "3\n", "new/e": undefined, "dir/b": "3\n", "other/f": "3\n" });
    const goTo = (commit: string) => remote.gitIn(remote.path, "update-ref", "refs/heads/main", commit);
    let survived = false;
    let operations = 0;
    let unreported = 0;
    for (; !survived; operations++) {
      goTo(before);
      await remote.sync();
      writeFiles(remote.checkout, { edited: "by hand\n", "old/data": "rows\n" });
      goTo(halfway);
      survived = await dyingAfter(operations, () => remote.sync());
      // Half of the time the branch has moved on before the next sync, half of the time it has not.
      const next = operations % 2 === 0 ? after : halfway;
      goTo(next);

      const { discarded } = await remote.sync();

      remote.git("checkout", "-q", next);
      const expected = { ...readFiles(remote.work), "old/data": "rows\n" };
      assert.deepEqual(readFiles(remote.checkout), expected, `after ${operations} operations`);
      // The very last operations come after the state that says that all is done: only then the report is lost with the process.
      if (!survived && discarded.length === 0) unreported++;
      else if (!survived) assert.deepEqual(discarded, ["edited"], `after ${operations} operations`);
      assert.equal(remote.gitIn(remote.checkout, "status", "--porcelain", "--untracked-files=no"), "");
    }
    assert.ok(operations > 25, `a checkout took ${operations} operations only: not all of them were counted`);
    assert.ok(unreported <= 3, `the discarded edit went unsaid in ${unreported} of ${operations} cases`);
  },
);

const DAMAGES: Readonly<Record<string, (gitFolder: string) => void>> = {
  "a stale lock of the index": (folder) => Deno.writeTextFileSync(join(folder, "index.lock"), ""),
  "a truncated pack": (folder) => truncate(packs(folder).find((path) => path.endsWith(".pack"))!),
  "a truncated pack index": (folder) => truncate(packs(folder).find((path) => path.endsWith(".idx"))!),
  "lost packs": (folder) => Deno.removeSync(join(folder, "objects"), { recursive: true }),
  "leftovers of a fetch": (folder) =>
    writeFiles(folder, { "homeport-scratch/incoming.pack": "PACK", "homeport-scratch/file": "half" }),
  "a damaged index": (folder) => truncate(join(folder, "index")),
  "a lost index": (folder) => Deno.removeSync(join(folder, "index")),
  "a damaged state": (folder) => truncate(join(folder, "homeport-checkout.json")),
  "an empty configuration and a lost HEAD": (folder) => {
    Deno.writeTextFileSync(join(folder, "config"), "");
    Deno.removeSync(join(folder, "HEAD"));
  },
  "a lost .git": (folder) => Deno.removeSync(folder, { recursive: true }),
};

for (const [damage, inflict] of Object.entries(DAMAGES)) {
  gitTest(`healed: ${damage}`, async (git) => {
    using remote = scratchRemote(git);
    remote.commit({ a: "1\n", "b/c": "1\n" });
    await remote.sync();
    writeFiles(remote.checkout, { a: "edited\n", "b/data": "a container's\n" });
    inflict(join(remote.checkout, ".git"));

    await remote.sync();

    assert.deepEqual(readFiles(remote.checkout), { a: "1\n", "b/c": "1\n", "b/data": "a container's\n" });
    remote.commit({ a: "2\n", "b/c": undefined });
    await remote.sync();
    assert.deepEqual(readFiles(remote.checkout), { a: "2\n", "b/data": "a container's\n" });
  });
}

gitTest("files that Git deleted go also where the index was lost in between", async (git) => {
  using remote = scratchRemote(git);
  remote.commit({ a: "1\n", "gone/compose.yml": "1\n" });
  await remote.sync();
  Deno.removeSync(join(remote.checkout, ".git/index"));
  remote.commit({ "gone/compose.yml": undefined });

  await remote.sync();

  assert.deepEqual(readFiles(remote.checkout), { a: "1\n" });
});

gitTest("a damaged store that cannot be fetched anew is an error that says so", async (git) => {
  using remote = scratchRemote(git);
  remote.commit({ a: "1\n" });
  await remote.sync();
  writeFiles(remote.checkout, { a: "edited\n" });
  for (const path of packs(join(remote.checkout, ".git"))) Deno.removeSync(path);
  Deno.renameSync(remote.path, `${remote.path}.away`);

  await assert.rejects(
    remote.sync({ offline: "allowed" }),
    /The copy of the repository in .* is damaged .* and cannot be fetched anew/,
  );
  Deno.renameSync(`${remote.path}.away`, remote.path);
  assert.deepEqual((await remote.sync()).discarded, ["a"]);
});

/** Files that every round changes. */
function stacks(content: string): Changes {
  const names = Array.from({ length: STACKS }, (_, index) => `servers/helium/stack-${index}`);
  return Object.fromEntries(names.flatMap((name) => [
    [`${name}/compose.yml`, `# ${content}\n`.repeat(50)],
    [`${name}/same.conf`, "same\n"],
  ]));
}

/** Files that one round alone has. */
function only(round: number): Changes {
  return Object.fromEntries(
    Array.from({ length: 10 }, (_, index) => [`servers/helium/only-${round}/${index}`, `${round}\n`]),
  );
}

function gone(round: number): Changes {
  const before = [round - 0.5, round - 1].find((each) => each > 0 && onlyRounds.has(each));
  onlyRounds.add(round);
  return before === undefined
    ? {}
    : Object.fromEntries(Object.keys(only(before)).map((path) => [path, undefined]));
}

const onlyRounds = new Set<number>();

/** How long a sync in a process of its own takes, and how much of that passes until it asks the server. */
async function timedSync(remote: ScratchRemote, url: string): Promise<{ start: number; total: number }> {
  const begun = performance.now();
  const { success } = await spawn(remote, url).output();
  assert.ok(success);
  return { start: 80, total: performance.now() - begun };
}

async function runAndKill(remote: ScratchRemote, url: string, after: number): Promise<boolean> {
  const child = spawn(remote, url);
  await Promise.race([sleep(after), child.status]);
  try {
    child.kill("SIGKILL");
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
  }
  return !(await child.output()).success;
}

function spawn({ dataDir }: ScratchRemote, url: string): Deno.ChildProcess {
  const script = fileURLToPath(new URL("sync_process.ts", import.meta.url));
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "-q", "-A", "--no-check", script, url, dataDir],
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

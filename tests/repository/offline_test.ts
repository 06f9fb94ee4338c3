import assert from "node:assert/strict";
import { join } from "node:path";
import { type FoundProgram, gitTest } from "../engine/environment.ts";
import { type GitServer, startGitServer } from "../fakes/git_server.ts";
import { failure, readFiles, type ScratchRemote, scratchRemote } from "./scratch_remote.ts";

gitTest(
  "an unreachable server gives the last checkout where that is allowed, and an error where it is not",
  async (git) => {
    using remote = scratchRemote(git);
    const commit = remote.commit({ a: "1\n" });
    const url = await syncAndStop(git, remote);
    Deno.writeTextFileSync(join(remote.checkout, "a"), "edited\n");

    const error = await failure(remote.sync({ url }));
    assert.match(
      error.message,
      /^Cannot reach the repository http:\/\/127\.0\.0\.1:\d+\/remote\.git: tcp connect error/,
    );
    assert.equal(error.consequence, "retry");
    assert.deepEqual(readFiles(remote.checkout), { a: "edited\n" });

    const snapshot = await remote.sync({ url, offline: "allowed" });
    assert.deepEqual([snapshot.commit, snapshot.stale, snapshot.discarded], [commit, true, ["a"]]);
    assert.equal(snapshot.unreachable?.message, error.message);
    assert.deepEqual(readFiles(remote.checkout), { a: "1\n" });
  },
);

gitTest(
  "the last checkout of another repository or branch does not serve when the server cannot be reached",
  async (git) => {
    using remote = scratchRemote(git);
    remote.commit({ a: "1\n" });
    const url = await syncAndStop(git, remote);

    for (const other of [{ url: url.replace("remote", "other") }, { url, branch: "next" }]) {
      assert.match(
        (await failure(remote.sync({ ...other, offline: "allowed" }))).message,
        /Cannot reach the repository/,
      );
    }
  },
);

gitTest(
  "the server is not asked where the last checkout is preferred, unless there is none of ours",
  async (git) => {
    using remote = scratchRemote(git);
    await using server = startGitServer({ git, root: remote.folder });
    const first = remote.commit({ a: "1\n" });
    const url = server.url("remote.git");
    assert.equal((await remote.sync({ url, offline: "preferred" })).commit, first);
    const asked = server.requests.length;

    const second = remote.commit({ a: "2\n" });
    Deno.writeTextFileSync(join(remote.checkout, "a"), "edited\n");
    const snapshot = await remote.sync({ url, offline: "preferred" });
    assert.deepEqual([snapshot.commit, snapshot.stale, snapshot.discarded], [first, false, ["a"]]);
    assert.equal(server.requests.length, asked);

    assert.equal((await remote.sync({ url, branch: "main", offline: "allowed" })).commit, second);
  },
);

gitTest("a refused token is an error also where the last checkout is allowed", async (git) => {
  using remote = scratchRemote(git);
  await using server = startGitServer({ git, root: remote.folder });
  remote.commit({ a: "1\n" });
  const url = server.url("remote.git");
  await remote.sync({ url });
  server.fault = () => ({ kind: "status", status: 401 });

  assert.match((await failure(remote.sync({ url, offline: "allowed" }))).message, /HTTP 401/);
});

async function syncAndStop(git: FoundProgram, remote: ScratchRemote): Promise<string> {
  await using server: GitServer = startGitServer({ git, root: remote.folder });
  const url = server.url("remote.git");
  await remote.sync({ url });
  return url;
}

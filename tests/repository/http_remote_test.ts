import assert from "node:assert/strict";
import { join } from "node:path";
import { Secret } from "../../lib/secret.ts";
import { gitTest } from "../engine/environment.ts";
import { type Fault, startGitServer } from "../fakes/git_server.ts";
import { failure, readFiles, scratchRemote } from "./scratch_remote.ts";

const TOKEN = "t0ken-that-nobody-may-see";
const CREDENTIALS = { username: "git", token: TOKEN };

gitTest("a clone takes two requests, news one, and an unchanged branch one", async (git) => {
  using remote = scratchRemote(git);
  await using server = startGitServer({ git, root: remote.folder });
  const url = server.url("remote.git");
  remote.commit({ a: "1\n", "b/c": "2\n" });

  await remote.sync({ url });
  assert.deepEqual(server.requests.map(({ method }) => method), ["GET", "POST"]);
  assert.deepEqual(readFiles(remote.checkout), { a: "1\n", "b/c": "2\n" });

  server.requests.length = 0;
  await remote.sync({ url });
  assert.deepEqual(server.requests.map(({ path }) => path), [
    "/remote.git/info/refs?service=git-upload-pack",
  ]);

  const commit = remote.commit({ a: "3\n" });
  assert.equal((await remote.sync({ url })).commit, commit);
  assert.deepEqual(readFiles(remote.checkout), { a: "3\n", "b/c": "2\n" });
  assert.equal([...Deno.readDirSync(join(remote.checkout, ".git/objects/pack"))].length, 2);
});

gitTest("only the newest commit is fetched of a long history", async (git) => {
  using remote = scratchRemote(git);
  await using server = startGitServer({ git, root: remote.folder });
  for (let round = 0; round < 5; round++) remote.commit({ a: `${round}\n` });

  await remote.sync({ url: server.url("remote.git") });

  assert.equal(remote.gitIn(remote.checkout, "rev-list", "--all", "--count"), "1");
  assert.equal(remote.gitIn(remote.checkout, "status", "--porcelain"), "");
});

gitTest(
  "the branch is found where the server's HEAD names another one, and where a tag has the branch's name",
  async (git) => {
    using remote = scratchRemote(git);
    await using server = startGitServer({ git, root: remote.folder });
    const tagged = remote.commit({ a: "1\n" });
    remote.git("tag", "main");
    remote.git("push", "-q", "origin", "refs/tags/main");
    remote.gitIn(remote.path, "symbolic-ref", "HEAD", "refs/heads/nowhere");
    remote.git("commit", "-q", "--allow-empty", "-m", "Next");
    remote.git("push", "-q", "origin", "HEAD:refs/heads/main");

    const { commit } = await remote.sync({ url: server.url("remote.git") });

    assert.equal(commit, remote.git("rev-parse", "HEAD"));
    assert.notEqual(commit, tagged);
  },
);

gitTest("a token opens a private repository, and is nowhere in the data folder", async (git) => {
  using remote = scratchRemote(git);
  await using server = startGitServer({ git, root: remote.folder, credentials: CREDENTIALS });
  remote.commit({ a: "1\n" });

  await remote.sync({ url: server.url("remote.git"), token: () => Promise.resolve(new Secret(TOKEN)) });

  assert.deepEqual(server.requests.map(({ method }) => method), ["GET", "POST"]);
  const encoded = btoa(`git:${TOKEN}`);
  for (const [path, content] of allFiles(remote.dataDir)) {
    assert.ok(!content.includes(TOKEN) && !content.includes(encoded), path);
  }
});

gitTest("the username is the one that is configured", async (git) => {
  using remote = scratchRemote(git);
  await using server = startGitServer({
    git,
    root: remote.folder,
    credentials: { username: "me", token: TOKEN },
  });
  remote.commit({ a: "1\n" });

  await remote.sync({
    url: server.url("remote.git"),
    username: "me",
    token: () => Promise.resolve(new Secret(TOKEN)),
  });
});

gitTest("a redirect is followed, and the token stays with the host that it is for", async (git) => {
  using remote = scratchRemote(git);
  await using server = startGitServer({ git, root: remote.folder });
  await using old = startGitServer({ git, root: remote.folder });
  remote.commit({ a: "1\n" });
  old.fault = ({ path }) => redirect(server.url(path.replace("/moved", "/remote.git").slice(1)));
  const token = () => Promise.resolve(new Secret(TOKEN));

  await remote.sync({ url: old.url("moved"), token });

  assert.deepEqual(readFiles(remote.checkout), { a: "1\n" });
  assert.deepEqual(old.requests.map(({ authorization }) => authorization), [`Basic ${btoa(`git:${TOKEN}`)}`]);
  assert.deepEqual(server.requests.map(({ method, authorization }) => [method, authorization]), [[
    "GET",
    null,
  ], ["POST", null]]);
});

gitTest(
  "a redirect to a sign-in page, to no encryption, or in a circle is an error that says where",
  async (git) => {
    const cases: readonly [string, RegExp, string][] = [
      [
        "/login?next=secret",
        /127\.0\.0\.1:\d+\/login is not a Git repository \(it answers with text\/html\)/,
        "200",
      ],
      [
        "ftp://127.0.0.1/x",
        /Cannot follow the repository .* to .*127\.0\.0\.1.*: the redirect leads to a connection without encryption/,
        "",
      ],
      ["/remote.git/info/refs?service=git-upload-pack", /it redirects more than 5 times/, ""],
    ];
    using remote = scratchRemote(git);
    await using server = startGitServer({ git, root: remote.folder });
    for (const [location, message, page] of cases) {
      server.fault = ({ path }) =>
        page !== "" && path.startsWith("/login")
          ? { kind: "status", status: 200, headers: { "content-type": "text/html" }, body: "<html>" }
          : redirect(location);
      const error = await failure(remote.sync({ url: server.url("remote.git") }));
      assert.match(error.message, message);
      assert.ok(!error.message.includes("secret"));
      assert.equal(error.exitCode, 2);
    }
  },
);

gitTest("a branch that moves between question and fetch is followed", async (git) => {
  using remote = scratchRemote(git);
  await using server = startGitServer({ git, root: remote.folder });
  remote.commit({ a: "1\n" });
  let moved = "";
  server.fault = ({ method }) => {
    if (method !== "POST" || moved !== "") return undefined;
    remote.git("checkout", "-q", "--orphan", "other");
    remote.git("branch", "-D", "main");
    remote.git("branch", "-m", "main");
    moved = remote.commit({ a: "2\n" });
    return undefined;
  };

  assert.equal((await remote.sync({ url: server.url("remote.git") })).commit, moved);
});

function redirect(location: string): Fault {
  return { kind: "status", status: 302, headers: { location } };
}

function* allFiles(folder: string): Generator<[string, string]> {
  for (const entry of Deno.readDirSync(folder)) {
    const path = join(folder, entry.name);
    if (entry.isDirectory) yield* allFiles(path);
    else yield [path, new TextDecoder("latin1").decode(Deno.readFileSync(path))];
  }
}

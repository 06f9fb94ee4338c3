import assert from "node:assert/strict";
import { join } from "node:path";
import { ConfigurationError, formatError, HomeportError } from "../../lib/errors.ts";
import { explainConnection } from "../../lib/repository/http_failure.ts";
import { Secret } from "../../lib/secret.ts";
import { type FoundProgram, gitTest } from "../engine/environment.ts";
import { type Fault, type GitServer, startGitServer } from "../fakes/git_server.ts";
import { readFiles, type ScratchRemote, scratchRemote } from "./scratch_remote.ts";

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

const STATUSES: readonly {
  status: number;
  token: boolean;
  message: RegExp;
  exitCode: 1 | 2;
  consequence: string;
}[] = [
  {
    status: 401,
    token: false,
    message: /the server asks for credentials \(HTTP 401\)/,
    exitCode: 1,
    consequence: "stalled",
  },
  {
    status: 401,
    token: true,
    message: /the server refuses the token \(HTTP 401\)/,
    exitCode: 1,
    consequence: "stalled",
  },
  {
    status: 403,
    token: true,
    message: /the server denies access \(HTTP 403\)/,
    exitCode: 1,
    consequence: "stalled",
  },
  {
    status: 404,
    token: true,
    message: /the server has no such repository \(HTTP 404\)/,
    exitCode: 2,
    consequence: "stalled",
  },
  {
    status: 500,
    token: false,
    message: /the server has a fault or is busy \(HTTP 500\)/,
    exitCode: 1,
    consequence: "retry",
  },
  {
    status: 429,
    token: false,
    message: /the server has a fault or is busy \(HTTP 429\)/,
    exitCode: 1,
    consequence: "retry",
  },
  {
    status: 200,
    token: false,
    message: /remote\.git is not a Git repository \(it answers with text\/plain\)/,
    exitCode: 2,
    consequence: "stalled",
  },
];

for (const { status, token, message, exitCode, consequence } of STATUSES) {
  gitTest(
    `HTTP ${status} ${token ? "with" : "without"} a token is explained, and changes nothing`,
    async (git) => {
      using remote = scratchRemote(git);
      await using server = startGitServer({ git, root: remote.folder });
      remote.commit({ a: "1\n" });
      const url = server.url("remote.git");
      await remote.sync({ url });
      const answer: Fault = {
        kind: "status",
        status,
        body: `you sent ${TOKEN}`,
        headers: { "content-type": "text/plain" },
      };

      for (const method of ["GET", "POST"]) {
        remote.commit({ a: `${method}\n` });
        server.fault = (request) => request.method === method ? answer : undefined;
        const error = await failure(
          remote.sync({ url, ...(token && { token: () => Promise.resolve(new Secret(TOKEN)) }) }),
        );
        assert.match(error.message, message);
        assert.deepEqual([error.exitCode, error.consequence], [exitCode, consequence]);
        assert.ok(error.hint !== undefined && !formatError(error).includes(TOKEN));
        assert.deepEqual(readFiles(remote.checkout), { a: "1\n" });
      }
    },
  );
}

gitTest(
  "an answer that breaks off, or that falls silent, changes nothing, and the next sync succeeds",
  async (git) => {
    const cases: readonly { method: string; fault: Fault; message: RegExp }[] = [
      { method: "GET", fault: { kind: "cut", after: 50 }, message: /Cannot (reach|fetch)/ },
      { method: "POST", fault: { kind: "cut", after: 60 }, message: /Cannot (reach|fetch)/ },
      { method: "GET", fault: { kind: "stall", after: 0 }, message: /the server sent nothing for 0\.3 s/ },
      { method: "POST", fault: { kind: "stall", after: 100 }, message: /the server sent nothing for 0\.3 s/ },
    ];
    using remote = scratchRemote(git);
    await using server = startGitServer({ git, root: remote.folder });
    const url = server.url("remote.git");
    let last = "";
    for (const [index, { method, fault, message }] of cases.entries()) {
      const commit = remote.commit({ a: `${index} ${"x".repeat(1000)}\n` });
      server.fault = (request) => request.method === method ? fault : undefined;
      const error = await failure(remote.sync({ url, stallTimeout: 300 }));
      assert.match(error.message, message);
      assert.equal(error.consequence, "retry");
      server.fault = () => undefined;
      assert.equal((await remote.sync({ url })).commit, commit);
      assert.notEqual(commit, last);
      last = commit;
    }
  },
);

gitTest("a pack that was damaged on its way is refused", async (git) => {
  using remote = scratchRemote(git);
  await using server = startGitServer({ git, root: remote.folder });
  remote.commit({ a: "1\n" });
  const damaged = pkt("NAK\n") + pkt(`\x01PACK\0\0\0\x02\0\0\0\x01${"x".repeat(40)}`) + "0000";
  server.fault = ({ method }) =>
    method === "GET" ? undefined : {
      kind: "status",
      status: 200,
      headers: { "content-type": "application/x-git-upload-pack-result" },
      body: damaged,
    };

  const error = await failure(remote.sync({ url: server.url("remote.git") }));

  assert.match(error.message, /what came in is not whole: the pack that came in is incomplete or damaged/);
  assert.equal(error.consequence, "retry");
});

gitTest("what the server says instead of a pack is shown", async (git) => {
  using remote = scratchRemote(git);
  await using server = startGitServer({ git, root: remote.folder });
  remote.commit({ a: "1\n" });
  const headers = { "content-type": "application/x-git-upload-pack-result" };
  for (
    const body of [
      pkt("ERR upload-pack: not our ref\n"),
      pkt("NAK\n") + pkt("\x03upload-pack: not our ref\n"),
    ]
  ) {
    server.fault = ({ method }) =>
      method === "GET" ? undefined : { kind: "status", status: 200, headers, body };
    const error = await failure(remote.sync({ url: server.url("remote.git") }));
    assert.match(error.message, /the server says: upload-pack: not our ref$/);
  }
});

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

gitTest("an empty repository and a missing branch are told apart", async (git) => {
  using remote = scratchRemote(git);
  await using server = startGitServer({ git, root: remote.folder });
  for (const url of [server.url("remote.git"), remote.path]) {
    const error = await failure(remote.sync({ url }));
    assert.match(error.message, /The repository .*remote\.git is empty/);
    assert.deepEqual([error.consequence, error.exitCode], ["wait", 1]);
  }
  remote.commit({ a: "1\n" });
  remote.git("push", "-q", "origin", "HEAD:refs/heads/next");
  for (const url of [server.url("remote.git"), remote.path]) {
    const error = await failure(remote.sync({ url, branch: "master" }));
    assert.ok(error instanceof ConfigurationError);
    assert.match(error.message, /has no branch master; it has main, next$/);
  }
});

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

gitTest("a refused token is an error also where the last checkout is allowed", async (git) => {
  using remote = scratchRemote(git);
  await using server = startGitServer({ git, root: remote.folder });
  remote.commit({ a: "1\n" });
  const url = server.url("remote.git");
  await remote.sync({ url });
  server.fault = () => ({ kind: "status", status: 401 });

  assert.match((await failure(remote.sync({ url, offline: "allowed" }))).message, /HTTP 401/);
});

gitTest("an abort ends a request at once", async (git) => {
  using remote = scratchRemote(git);
  await using server = startGitServer({ git, root: remote.folder });
  remote.commit({ a: "1\n" });
  for (const method of ["GET", "POST"]) {
    const reason = new Error(`ended in ${method}`);
    const controller = new AbortController();
    server.fault = (request) => {
      if (request.method !== method) return undefined;
      setTimeout(() => controller.abort(reason), 20);
      return { kind: "stall", after: 10 };
    };
    await assert.rejects(remote.sync({ url: server.url("remote.git"), signal: controller.signal }), reason);
  }
});

Deno.test("a server that speaks no TLS, or whose certificate is not trusted, is a matter for a person", async () => {
  await using server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    () => new Response(),
  );
  const peer = { url: `https://127.0.0.1:${server.addr.port}/x`, hasToken: false };
  const cause = new Error(
    `error sending request for url (${peer.url}): client error (Connect): invalid peer certificate: UnknownIssuer`,
  );
  const errors = [
    explainConnection(await fetch(peer.url).catch((error: unknown) => error), peer, undefined),
    explainConnection(new TypeError("fetch failed", { cause }), peer, undefined),
  ];
  assert.match(errors[0]!.message, /: no secure connection: received corrupt message/);
  assert.match(errors[1]!.message, /: no secure connection: invalid peer certificate: UnknownIssuer$/);
  for (const { consequence, hint } of errors) {
    assert.ok(consequence === "stalled" && hint?.includes("DENO_CERT"));
  }
});

function redirect(location: string): Fault {
  return { kind: "status", status: 302, headers: { location } };
}

function pkt(text: string): string {
  return (text.length + 4).toString(16).padStart(4, "0") + text;
}

async function syncAndStop(git: FoundProgram, remote: ScratchRemote): Promise<string> {
  await using server: GitServer = startGitServer({ git, root: remote.folder });
  const url = server.url("remote.git");
  await remote.sync({ url });
  return url;
}

async function failure(promise: Promise<unknown>): Promise<HomeportError> {
  const error = await promise.then(() => undefined, (error: unknown) => error);
  assert.ok(
    error instanceof HomeportError,
    `no HomeportError: ${error instanceof Error ? error.stack : error}`,
  );
  return error;
}

function* allFiles(folder: string): Generator<[string, string]> {
  for (const entry of Deno.readDirSync(folder)) {
    const path = join(folder, entry.name);
    if (entry.isDirectory) yield* allFiles(path);
    else yield [path, new TextDecoder("latin1").decode(Deno.readFileSync(path))];
  }
}

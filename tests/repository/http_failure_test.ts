import assert from "node:assert/strict";
import { ConfigurationError, formatError } from "../../lib/errors.ts";
import { explainConnection } from "../../lib/repository/http_failure.ts";
import { Secret } from "../../lib/secret.ts";
import { gitTest } from "../engine/environment.ts";
import { type Fault, startGitServer } from "../fakes/git_server.ts";
import { failure, readFiles, scratchRemote } from "./scratch_remote.ts";

const TOKEN = "t0ken-that-nobody-may-see";

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

function pkt(text: string): string {
  return (text.length + 4).toString(16).padStart(4, "0") + text;
}

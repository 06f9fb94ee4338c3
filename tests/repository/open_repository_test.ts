import assert from "node:assert/strict";
import { join } from "node:path";
import { ConfigurationError, formatError, HomeportError } from "../../lib/errors.ts";
import { diskFailure } from "../../lib/repository/disk_failure.ts";
import { openRepository } from "../../lib/repository/open_repository.ts";
import { withoutCredentials } from "../../lib/repository/remote_address.ts";
import { gitTest } from "../engine/environment.ts";
import { scratchRemote, writeFiles } from "./scratch_remote.ts";

const REFUSED: readonly [string, RegExp][] = [
  [
    "https://me:t0ken@git.example.org/me/lab.git",
    /^The repository's URL https:\/\/\*\*\*@git\.example\.org\/me\/lab\.git has a user or a token in it$/,
  ],
  [
    "https://t0ken@git.example.org/lab",
    /^The repository's URL https:\/\/\*\*\*@git\.example\.org\/lab has a user or a token in it$/,
  ],
  ["ssh://git@git.example.org/lab", /SSH is not supported$/],
  ["git@git.example.org:me/lab.git", /SSH is not supported$/],
  ["git://git.example.org/lab", /git: URLs are not supported$/],
  ["file://server/lab", /names a host/],
  ["../lab", /^Cannot use \.\.\/lab as a repository: it is neither a URL nor an absolute path$/],
];

for (const [url, message] of REFUSED) {
  Deno.test(`refused as a repository's address: ${withoutCredentials(url)}`, () => {
    assert.throws(
      () => openRepository({ url, branch: "main", dataDir: "/nowhere" }),
      (error) =>
        error instanceof ConfigurationError && message.test(error.message) &&
        !formatError(error).includes("t0ken"),
    );
  });
}

Deno.test("credentials are blotted out wherever they stand in a text", () => {
  assert.equal(
    withoutCredentials(
      "GET https://me:p%40ss@a.org/x failed, then http://tok@en@b.org/y@z, not user@host or https://c.org/@d",
    ),
    "GET https://***@a.org/x failed, then http://***@b.org/y@z, not user@host or https://c.org/@d",
  );
});

gitTest("a data folder that cannot be written to is named", async (git) => {
  using remote = scratchRemote(git);
  remote.commit({ a: "1\n" });
  writeFiles(remote.folder, { "a-file": "x" });
  const error = await remote.sync({ dataDir: join(remote.folder, "a-file/data") }).catch((error: unknown) =>
    error
  );
  assert.ok(error instanceof HomeportError);
  assert.match(
    error.message,
    /^Cannot write to the data folder .*a-file\/data: there is something in the way that is no folder/,
  );
});

const FAILURES: readonly [string, RegExp, "retry" | "stalled"][] = [
  ["ENOSPC", /the disk is full/, "retry"],
  ["EROFS", /its file system is read-only/, "stalled"],
  ["EACCES", /permission denied/, "stalled"],
  ["EIO", /input\/output error/, "stalled"],
];

for (const [code, message, consequence] of FAILURES) {
  Deno.test(`a failed write is explained: ${code}`, () => {
    const error = diskFailure(Object.assign(new Error(`${code}: input/output error`), { code }), "/data");
    assert.ok(error !== undefined);
    assert.match(error.message, message);
    assert.ok(
      error.message.startsWith("Cannot write to the data folder /data: ") && error.hint !== undefined,
    );
    assert.equal(error.consequence, consequence);
  });
}

Deno.test("what is no failure of the disk is not explained as one", () => {
  assert.equal(diskFailure(new Error("other"), "/data"), undefined);
  assert.equal(diskFailure(Object.assign(new Error("x"), { code: "InternalError" }), "/data"), undefined);
  assert.equal(diskFailure(new HomeportError("x"), "/data"), undefined);
});

import assert from "node:assert/strict";
import { HomeportError } from "../../lib/errors.ts";
import type { History, HistoryEntry, HistoryOptions } from "../../lib/reconcile/history/history.ts";
import { cli, fakeApp } from "../fakes/fake_app.ts";

const DEPLOYED: HistoryEntry = {
  pass: 8,
  trigger: "apply",
  startedAt: "2026-01-02T03:04:05.000Z",
  commit: { id: "c0ffee0123456789", author: "Ada", subject: "Another image" },
  repeated: 0,
  lastAt: "2026-01-02T03:05:05.000Z",
  subject: {
    kind: "stack",
    stack: "web",
    project: "web",
    action: "update",
    outcome: "deployed",
    stackHash: "5ac4",
    milliseconds: 1234,
    causes: ["image of web changed", "its container is new"],
    operations: [{
      id: "start-container web-1",
      cause: "its container is new",
      outcome: "done",
      milliseconds: 9,
    }],
    errors: [],
    images: [{ service: "web", after: { id: "sha256:1a" } }],
  },
};

const FAILED: HistoryEntry = {
  ...DEPLOYED,
  pass: 9,
  repeated: 2,
  subject: {
    ...DEPLOYED.subject as Extract<HistoryEntry["subject"], { readonly kind: "stack" }>,
    stack: "dns",
    outcome: "failed",
    milliseconds: 61_000,
    errors: ["port 53 is taken\n  → free \x1b[2Jit"],
  },
};

const { commit: _, ...UNKNOWN } = DEPLOYED;
const ENDED: HistoryEntry = {
  ...UNKNOWN,
  pass: 10,
  subject: { kind: "pass", outcome: "waiting", error: "no \x1b[2Jtoken\n  → set GIT_TOKEN" },
};

function appWith(entries: readonly HistoryEntry[] | undefined, asked: HistoryOptions[] = []) {
  return fakeApp({
    history: (options) => {
      asked.push(options);
      const history: History | undefined = entries &&
        { host: "helium", lastPass: "2026-01-03T00:00:59.000Z", entries };
      return Promise.resolve({ dataDir: "/data", history });
    },
  });
}

Deno.test("history says what the engine told of before something was put back", async () => {
  const trigger = "poll, drift (container web-1 died (exit 137))";
  const { stdout } = await cli(["history"], appWith([{ ...DEPLOYED, trigger }]));
  assert.match(
    stdout,
    / {2}image of web changed \(and 1 more\); drift \(container web-1 died \(exit 137\)\)\n$/,
  );
});

Deno.test("history is a line for each stack and pass, with why or what went wrong", async () => {
  assert.deepEqual(await cli(["history"], appWith([ENDED, FAILED, DEPLOYED])), {
    code: 0,
    stdout: `helium: last pass 2026-01-03 00:00 UTC

WHEN (UTC)        STACK       OUTCOME    COMMIT   TOOK       WHY
2026-01-02 03:05  (the pass)  waiting                        no  [2Jtoken
2026-01-02 03:05  dns         failed ×3  c0ffee0  1 min 1 s  port 53 is taken
2026-01-02 03:05  web         deployed   c0ffee0  1.2 s      image of web changed (and 1 more)
`,
    stderr: "",
  });
});

Deno.test("history fits a terminal, and shows its outcome in colour", async () => {
  const io = { isTerminal: true, color: true, columns: 70 };
  const { stdout } = await cli(["history"], appWith([DEPLOYED]), io);
  const [, , , line] = stdout.split("\n");
  assert.ok(line!.includes("\x1b[32mdeployed\x1b[0m"), line);
  assert.match(line!, /image of web chang…$/);
});

Deno.test("history --json gives everything that is known", async () => {
  const { code, stdout } = await cli(["history", "--json"], appWith([FAILED, DEPLOYED]));
  assert.equal(code, 0);
  assert.deepEqual(JSON.parse(stdout), {
    host: "helium",
    lastPass: "2026-01-03T00:00:59.000Z",
    entries: [FAILED, DEPLOYED],
  });
});

const ASKED: readonly (readonly [args: readonly string[], asked: HistoryOptions])[] = [
  [[], { host: "helium", limit: 20 }],
  [["web", "--limit", "3"], { host: "helium", stack: "web", limit: 3 }],
  [["--host", "xenon"], { host: "xenon", limit: 20 }],
];

for (const [args, expected] of ASKED) {
  Deno.test(`history ${args.join(" ")} asks for that`, async () => {
    const asked: HistoryOptions[] = [];
    assert.equal((await cli(["history", ...args], appWith([], asked))).code, 0);
    assert.deepEqual(asked, [expected]);
  });
}

for (const limit of ["0", "-1", "x", "1.5", ""]) {
  Deno.test(`history --limit ${JSON.stringify(limit)} is refused`, async () => {
    const { code, stderr } = await cli(["history", `--limit=${limit}`]);
    assert.equal(code, 2);
    assert.match(stderr, /Write a number from 1 on/);
  });
}

Deno.test("history says that there is no journal yet", async () => {
  const stderr = "There is no journal in /data yet: the first homeport apply begins one.\n";
  assert.deepEqual(await cli(["history"], appWith(undefined)), { code: 0, stdout: "", stderr });
  const json = await cli(["history", "--json"], appWith(undefined));
  assert.deepEqual([json.code, json.stderr], [0, stderr]);
  assert.deepEqual(JSON.parse(json.stdout), { host: "helium", entries: [] });
});

Deno.test("history says that a stack has no entry", async () => {
  const { stdout } = await cli(["history", "web"], appWith([]));
  assert.equal(
    stdout,
    "helium: last pass 2026-01-03 00:00 UTC\nNothing is in the journal of stack web yet.\n",
  );
});

Deno.test("a journal that cannot be read is an error", async () => {
  const app = fakeApp({ history: () => Promise.reject(new HomeportError("Cannot read the journal")) });
  const { code, stderr } = await cli(["history"], app);
  assert.deepEqual([code, stderr], [1, "error: Cannot read the journal\n"]);
});

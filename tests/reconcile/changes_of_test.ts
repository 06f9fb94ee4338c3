import assert from "node:assert/strict";
import { HomeportError } from "../../lib/errors.ts";
import { changesOf, engineChanges, type PassEnd } from "../../lib/reconcile/news/changes_of.ts";
import type { StackOutcome } from "../../lib/reconcile/report.ts";
import { type StackChange, type Told, withCommit } from "../../lib/reconcile/news/stack_change.ts";
import { fakePlan } from "../fakes/fake_app.ts";

type End = PassEnd | { readonly engine: Error | undefined };

/** Tells of one pass after the other, with what was told written down and read again in between, as over a restart. */
function tell(...ends: readonly End[]): string[][] {
  let told: Told = {};
  return ends.map((end) => {
    const { changes, status } = "engine" in end ? engineChanges(end.engine, told) : changesOf(end, told);
    told = JSON.parse(JSON.stringify(status));
    return changes.map(wordsOf);
  });
}

function wordsOf(change: StackChange): string {
  const subject = change.stack ?? change.about;
  return [`${subject} ${change.kind}: ${change.message}`, ...change.details ?? []].join("; ");
}

const OPERATION = {
  kind: "start-container",
  id: "start-container web-1",
  cause: "web is not running",
  after: [],
};

interface Given {
  readonly commit?: string;
  /** Of every stack. */
  readonly stackHash?: string;
  readonly onlyStack?: boolean;
  readonly remote?: PassEnd["remote"];
  /** In the plan, without an outcome. */
  readonly untried?: readonly string[];
}

/** A pass in which each stack ended so; an error stands for a stack that failed. */
function pass(
  results: Readonly<Record<string, string | Error>>,
  { commit = "c1", stackHash = "h", onlyStack = false, remote = "reached", untried = [] }: Given = {},
): PassEnd {
  const outcomes = Object.entries(results).map(([stack, result]) => ({
    stack,
    result: result instanceof Error ? "failed" : result,
    done: 1,
    skipped: 0,
    errors: result instanceof Error ? [result] : [],
    milliseconds: 1,
  } as StackOutcome));
  const gone = Object.keys(results).filter((name) => results[name] === "pruned");
  const stacks = [...Object.keys(results), ...untried].filter((name) => !gone.includes(name));
  const plan = fakePlan({
    stacks: stacks.map((name) => ({
      name,
      project: name,
      action: "update",
      stackHash,
      operations: [OPERATION as never],
      warnings: [],
    })),
    prune: {
      stacks: gone.map((name) => ({
        name,
        project: name,
        cause: "servers/helium/old is gone from main",
        operations: [],
        kept: ["volume old_data"],
      })),
      managed: 3,
      needsConfirmation: false,
    },
  });
  return { kind: "done", report: { commit, plan, outcomes }, onlyStack, remote };
}

function failedPass(message: string, parts: Partial<Extract<PassEnd, { kind: "failed" }>> = {}): PassEnd {
  const error = new HomeportError(message, { hint: "do something" });
  return { kind: "failed", error, remote: "reached", commit: "c1", ...parts };
}

/** A pass that asked the registries. */
function newer(
  to?: string,
  told: { readonly onlyTold?: string } = { onlyTold: "updates are only told" },
): PassEnd {
  const end = pass({ a: "unchanged" }) as Extract<PassEnd, { kind: "done" }>;
  const update = {
    kind: "digest",
    stack: "a",
    services: ["web"],
    reference: "app:1",
    from: "sha256:11",
  } as const;
  const available = to === undefined ? [] : [{ ...update, to, ...told }];
  return { ...end, report: { ...end.report, updates: { available, skipped: [], failed: [] } } };
}

const TAKEN = new HomeportError("port 80 is taken", { hint: "stop the other one" });
const OTHER = new HomeportError("no such image");
const NO_ENGINE = new HomeportError("no engine", { consequence: "retry" });
const AWAY = { unreachable: new HomeportError("cannot reach git.example.org") };

const CASES: Readonly<Record<string, readonly [readonly End[], string[][]]>> = {
  "a deployed stack is told with its causes, one that was unchanged is not": [
    [pass({ a: "deployed", b: "unchanged" })],
    [["a deployed: 1 operation; web is not running"]],
  ],
  "each pass that deploys tells it once": [
    [pass({ a: "deployed" }), pass({ a: "unchanged" }), pass({ a: "deployed" }, { commit: "c2" })],
    [["a deployed: 1 operation; web is not running"], [], ["a deployed: 1 operation; web is not running"]],
  ],
  "a failure is told once, however often it is tried and whatever goes wrong then": [
    [pass({ a: TAKEN }), pass({ a: TAKEN }), pass({ a: OTHER })],
    [["a failed: port 80 is taken; → stop the other one"], [], []],
  ],
  "a commit that changes the stack, and fails again, says so; one that changes something else does not": [
    [
      pass({ a: TAKEN }),
      pass({ a: TAKEN }, { commit: "c2" }),
      pass({ a: OTHER }, { commit: "c3", stackHash: "other" }),
    ],
    [["a failed: port 80 is taken; → stop the other one"], [], ["a failed: no such image"]],
  ],
  "a newer image that is not used is told once, and the next one again": [
    [
      newer("sha256:22"),
      newer("sha256:22"),
      pass({ a: "unchanged" }),
      newer("sha256:33"),
      newer(),
      newer("sha256:33"),
    ],
    [
      ["a update-available: app:1 has a newer image: sha256:11 → sha256:22; updates are only told"],
      [],
      [],
      ["a update-available: app:1 has a newer image: sha256:11 → sha256:33; updates are only told"],
      [],
      ["a update-available: app:1 has a newer image: sha256:11 → sha256:33; updates are only told"],
    ],
  ],
  "a newer image that is used is told as what it does": [
    [newer("sha256:22", {})],
    [[]],
  ],
  "another state of the same commit is told": [
    [pass({ a: "waiting" }), pass({ a: TAKEN })],
    [["a failed: waits for secrets, and is left as it runs"], [
      "a failed: port 80 is taken; → stop the other one",
    ]],
  ],
  "a stack that failed and is deployed has recovered": [
    [pass({ a: TAKEN }), pass({ a: "deployed" }), pass({ a: "unchanged" })],
    [
      ["a failed: port 80 is taken; → stop the other one"],
      ["a recovered: 1 operation; web is not running"],
      [],
    ],
  ],
  "a stack that failed and has nothing to be done has recovered": [
    [pass({ a: TAKEN }), pass({ a: "unchanged" })],
    [["a failed: port 80 is taken; → stop the other one"], ["a recovered: runs as the repository says"]],
  ],
  "a failure that was left for later, interrupted or suspended is still known": [
    [
      pass({ a: TAKEN }),
      pass({}, { untried: ["a"] }),
      pass({ a: "interrupted" }),
      pass({ a: "suspended" }),
      pass({ a: TAKEN }),
    ],
    [["a failed: port 80 is taken; → stop the other one"], [], [], [], []],
  ],
  "a stack that left the repository while it failed is forgotten, and fails anew": [
    [pass({ a: TAKEN }), pass({ b: "unchanged" }), pass({ a: TAKEN })],
    [["a failed: port 80 is taken; → stop the other one"], [], [
      "a failed: port 80 is taken; → stop the other one",
    ]],
  ],
  "a pass over one stack says nothing of the others": [
    [pass({ a: TAKEN }), pass({ b: "unchanged" }, { onlyStack: true }), pass({ a: TAKEN, b: "unchanged" })],
    [["a failed: port 80 is taken; → stop the other one"], [], []],
  ],
  "a pruned stack is told with what stays": [
    [pass({ old: "pruned" })],
    [["old pruned: servers/helium/old is gone from main; kept: volume old_data"]],
  ],
  "a rollback is told once, and not the hold that follows from it": [
    [pass({ a: "rolled-back" }), pass({ a: "held" }), pass({ a: "held" }, { commit: "c2" })],
    [["a rolled-back: the last good state runs again"], [], []],
  ],
  "a rollback from another commit is told again, and so is the way out": [
    [pass({ a: "rolled-back" }), pass({ a: "rolled-back" }, { commit: "c2" }), pass({ a: "deployed" })],
    [
      ["a rolled-back: the last good state runs again"],
      ["a rolled-back: the last good state runs again"],
      ["a recovered: 1 operation; web is not running"],
    ],
  ],
  "a hold is told once, through all commits": [
    [pass({ a: "held" }), pass({ a: "held" }, { commit: "c2" })],
    [["a held: is left as it runs until a person goes on"], []],
  ],
  "a repository that cannot be reached is told once, and when it is back": [
    [
      pass({}, { remote: AWAY }),
      pass({}, { remote: AWAY }),
      pass({}, { remote: "unasked" }),
      pass({}),
      pass({}),
    ],
    [["repository failed: cannot reach git.example.org"], [], [], [
      "repository recovered: it can be reached again",
    ], []],
  ],
  "a pass that ends for want of the repository is told once": [
    [
      { kind: "failed", error: AWAY.unreachable, remote: AWAY },
      pass({}, { remote: AWAY }),
    ],
    [["repository failed: cannot reach git.example.org"], []],
  ],
  "a pass that fails as a whole is told once, and when one succeeds": [
    [failedPass("stack.yml is wrong"), failedPass("stack.yml is wrong"), pass({}), pass({})],
    [["host failed: stack.yml is wrong; → do something"], [], [
      "host recovered: passes come to their end again",
    ], []],
  ],
  "a lost engine is told once, the passes that fail for it are not": [
    [
      { engine: OTHER },
      { engine: OTHER },
      failedPass("no engine", { error: NO_ENGINE }),
      { engine: undefined },
      pass({}),
      {
        engine: undefined,
      },
    ],
    [["engine failed: no such image"], [], [], ["engine recovered: it answers again"], [], []],
  ],
  "an engine that is lost explains no other failure of a pass": [
    [{ engine: OTHER }, failedPass("stack.yml is wrong")],
    [["engine failed: no such image"], ["host failed: stack.yml is wrong; → do something"]],
  ],
  "a pass that comes to its end shows that the engine is back, whoever told that it was lost": [
    [{ engine: OTHER }, pass({}), { engine: undefined }],
    [["engine failed: no such image"], ["engine recovered: it answers again"], []],
  ],
};

for (const [name, [ends, expected]] of Object.entries(CASES)) {
  Deno.test(`told of a pass: ${name}`, () => {
    assert.deepEqual(tell(...ends), expected);
  });
}

Deno.test("what is kept of what was told is small, and holds no text of errors", () => {
  const { status } = changesOf(pass({ a: TAKEN, b: "deployed", c: "held" }), {});
  assert.deepEqual(status, { "stack a": { state: "failed", of: "h" }, "stack c": { state: "held" } });
});

Deno.test("stacks named like a part of the host are not mixed up with it", () => {
  const { status } = changesOf(pass({ engine: TAKEN }), {});
  assert.deepEqual(engineChanges(undefined, status).changes, []);
});

Deno.test("a change gets the words of the commit that it came from", () => {
  const { changes } = changesOf(pass({ a: TAKEN }, { remote: AWAY }), {});
  const [repository, stack] = withCommit(changes, { id: "c1", author: "Eva", subject: "Move to port 80" });
  assert.deepEqual([repository!.author, stack!.author, stack!.subject], [
    undefined,
    "Eva",
    "Move to port 80",
  ]);
});

Deno.test("a large prune is told once for the host, and what waits for the end of a window is not", () => {
  const left = (hold: "prune" | "window" | undefined): PassEnd => {
    const end = pass({ a: "held", b: "held" }) as Extract<PassEnd, { readonly kind: "done" }>;
    const outcomes = end.report.outcomes.map(({ stack, ...others }) => ({
      ...others,
      stack,
      ...(hold === undefined ? { result: "unchanged" as const } : { hold }),
    }));
    return { ...end, report: { ...end.report, outcomes } };
  };
  assert.deepEqual(tell(left("window"), left("prune"), left("prune"), left(undefined)), [
    [],
    [
      "host held: 2 stacks are gone from the repository, more than half of those that run: " +
      "they stay until homeport apply --confirm-prune; a, b",
    ],
    [],
    ["host recovered: passes come to their end again"],
  ]);
});

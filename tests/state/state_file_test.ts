/** Whatever happens to the file, a pass goes on. */
import assert from "node:assert/strict";
import { join } from "node:path";
import type { HostState, StackState } from "../../lib/reconcile/state/stack_state.ts";
import { NEW_STACK, NO_STATE } from "../../lib/reconcile/state/stack_state.ts";
import { StateFile } from "../../lib/state/state_file.ts";
import { onFullDisk } from "../fakes/full_disk.ts";
import { namesIn, temporaryFolder } from "../temporary_folder.ts";

interface StateTest {
  readonly folder: string;
  readonly file: string;
  readonly store: StateFile;
  readonly names: () => string[];
}

function stateTest(name: string, body: (test: StateTest) => void, redact = (text: string) => text): void {
  Deno.test(name, () => {
    using folder = temporaryFolder();
    const { path } = folder;
    body({
      folder: path,
      file: join(path, "state.json"),
      store: storeOf(path, "helium", redact),
      names: () => namesIn(path),
    });
  });
}

function storeOf(dataDir: string, host: string, redact = (text: string) => text): StateFile {
  return new StateFile({ dataDir, host, redact, now: () => new Date("2026-01-02T03:04:05Z") });
}

const GOOD = {
  commit: "c0ffee",
  stackHash: "5ac4",
  at: "2026-01-02T03:04:05.000Z",
  images: { web: { reference: "nginx:2", id: "sha256:2b" } },
};
const STACK: StackState = {
  intended: { commit: "c0ffee", stackHash: "5ac4", since: GOOD.at },
  good: [GOOD],
  hold: {
    kind: "rolled-back",
    since: GOOD.at,
    reason: "no",
    bad: { commit: "bad", stackHash: "b" },
    to: GOOD,
  },
  rejected: [{ reference: "nginx:2", bad: { id: "sha256:1" }, good: { id: "sha256:2" }, since: GOOD.at }],
  heals: [GOOD.at],
};
const STATE: HostState = { stacks: { web: STACK } };

stateTest("what was written is read again, by any process", ({ folder, store, names }) => {
  assert.deepEqual(store.read(), NO_STATE);
  assert.deepEqual(store.write(STATE), []);
  assert.deepEqual(storeOf(folder, "helium").read(), STATE);
  assert.deepEqual(names(), ["state.json"]);
});

stateTest("each host has a state of its own", ({ folder, store }) => {
  store.write(STATE);
  const xenon = storeOf(folder, "xenon");
  assert.deepEqual(xenon.read(), NO_STATE);
  xenon.write({ ...NO_STATE, stacks: { dns: NEW_STACK } });
  assert.deepEqual(store.read(), STATE);
});

stateTest("what other parts keep of a stack stays", ({ store }) => {
  const more = { ...STATE, stacks: { web: { ...STACK, more: 1 } } };
  store.write(more);
  assert.deepEqual(store.read(), more);
});

const UNUSABLE: Readonly<Record<string, string | undefined>> = {
  "no JSON": "{",
  "empty": "",
  "a list": "[]",
  "the file of another program": '{"version": "3"}',
  "a state of a newer Homeport": '{"version": 2, "hosts": {}}',
  "a state without hosts": '{"version": 1}',
  "a state with a hold of an unknown kind":
    '{"version":1,"hosts":{"helium":{"stacks":{"web":{"good":[],"rejected":[],"heals":[],"hold":{"kind":"x","since":""}}}}}}',
  "a state of which a part is lost": '{"version":1,"hosts":{"helium":{"stacks":{"web":{}}}}}',
  "a folder": undefined,
};

for (const [what, text] of Object.entries(UNUSABLE)) {
  stateTest(`${what} is no state: it is set aside with a warning, and a new one begun`, (t) => {
    if (text === undefined) Deno.mkdirSync(t.file);
    else Deno.writeTextFileSync(t.file, text);
    assert.deepEqual(t.store.read(), NO_STATE);
    assert.match(t.store.fault()!, /state\.json (cannot be used|is of a newer Homeport): /);
    const [warning, ...others] = t.store.write(STATE);
    assert.deepEqual(others, []);
    assert.match(warning!, /was set aside as state\.json\.broken-20260102T030405000Z, and a new one begun/);
    assert.deepEqual(t.store.read(), STATE);
    assert.equal(t.store.fault(), undefined);
    assert.deepEqual(t.names(), ["state.json", "state.json.broken-20260102T030405000Z"]);
  });
}

stateTest("a full disk costs a warning, and leaves the state as it was", ({ file, store, names }) => {
  store.write(STATE);
  onFullDisk(() =>
    assert.deepEqual(store.write(NO_STATE), [`cannot write the state ${file}: the disk is full`])
  );
  assert.deepEqual(store.read(), STATE);
  assert.deepEqual(names(), ["state.json"]);
  assert.deepEqual(store.write(NO_STATE), []);
});

stateTest("a write that was cut short counts for nothing", ({ file, store }) => {
  store.write(STATE);
  Deno.writeTextFileSync(`${file}.new`, '{"version": 1, "hosts": {"hel');
  assert.deepEqual(store.read(), STATE);
  assert.deepEqual(store.write(NO_STATE), []);
});

stateTest("a data folder that was wiped is made again", ({ folder, store }) => {
  Deno.removeSync(folder, { recursive: true });
  assert.deepEqual(store.write(STATE), []);
  assert.deepEqual(store.read(), STATE);
});

stateTest("reasons are masked, and a good state with a secret in it is not kept", ({ store }) => {
  const secret = { ...GOOD, images: { web: { reference: "hunter22:1", id: "sha256:1" } } };
  const hold = { kind: "drift", since: GOOD.at, reason: "said hunter22", stackHash: "b" } as const;
  store.write({ stacks: { web: { ...NEW_STACK, good: [secret, GOOD], hold } } });
  const { good, hold: written } = store.read().stacks["web"]!;
  assert.deepEqual(good, [GOOD]);
  assert.deepEqual(written, { ...hold, reason: "said ***" });
}, (text) => text.replaceAll("hunter22", "***"));

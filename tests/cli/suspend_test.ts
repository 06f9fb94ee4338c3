/** `suspend` and `resume`, with neither an engine nor a repository. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { lockDataDir } from "../../lib/repository/lock.ts";
import { type HostState, NEW_STACK } from "../../lib/reconcile/state/stack_state.ts";
import { readSuspensions } from "../../lib/state/suspensions.ts";
import { StateFile } from "../../lib/state/state_file.ts";
import { folder as stacksIn } from "../../lib/mod.ts";
import { Homelab } from "../fakes/homelab.ts";

const SINCE = "2026-01-02T03:04:05.000Z";
const HELD: HostState = {
  stacks: {
    web: {
      ...NEW_STACK,
      heals: [SINCE],
      hold: { kind: "drift", since: SINCE, reason: "again", stackHash: "h" },
    },
    dns: NEW_STACK,
  },
};

interface SuspendTest {
  readonly lab: Homelab;
  readonly store: StateFile;
  /** Names of the stacks that are suspended. */
  readonly suspended: () => string[];
}

function suspendTest(name: string, body: (test: SuspendTest) => Promise<void>): void {
  Deno.test(name, async () => {
    const folder = await Deno.makeTempDir({ prefix: "homeport-suspend-" });
    const lab = new Homelab({
      folder,
      dockerHost: "unix:///nowhere.sock",
      config: {
        hosts: {
          helium: { stacks: stacksIn("servers/helium"), stackSettings: { frozen: { suspend: true } } },
        },
      },
    });
    const { dataDir } = lab;
    const store = new StateFile({ dataDir, host: "helium", redact: (text) => text, now: () => new Date() });
    try {
      const suspended = () => Object.keys(readSuspensions(dataDir, "helium", new Date())).sort();
      await body({ lab, store, suspended });
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });
}

suspendTest("stacks are suspended and resumed while another command works in the data folder", async (t) => {
  using _lock = await lockDataDir(t.lab.dataDir, {
    command: "apply",
    wait: false,
    signal: new AbortController().signal,
  });
  const { code, stdout, stderr } = await t.lab.run(
    "suspend",
    "web",
    "My Stack",
    "--for",
    "2h",
    "--reason",
    "moving",
  );
  assert.deepEqual([code, stderr], [0, ""]);
  assert.match(
    stdout,
    /^web, My Stack: suspended until \d{4}-\d\d-\d\d \d\d:\d\d UTC; homeport resume web 'My Stack' ends it$/m,
  );
  assert.deepEqual(t.suspended(), ["My Stack", "web"]);
  const { web } = readSuspensions(t.lab.dataDir, "helium", new Date());
  assert.equal(web!.reason, "moving");
  assert.equal(Date.parse(web!.until!) - Date.parse(web!.since), 7_200_000);
  assert.equal((await t.lab.run("resume", "web")).stdout, "web: resumed (it was suspended)\n");
  assert.equal((await t.lab.run("resume", "web")).stdout, "web: was neither suspended nor held\n");
  assert.deepEqual(t.suspended(), ["My Stack"]);
});

suspendTest(
  "a name that nobody knows is warned of, where names are known",
  async ({ lab, store, suspended }) => {
    assert.equal((await lab.run("suspend", "nobody-knows-yet")).stderr, "");
    store.write(HELD);
    await Deno.mkdir(lab.stackFolder("files"), { recursive: true });
    const { code, stderr } = await lab.run("suspend", "web", "files", "wbe");
    assert.deepEqual([code, stderr], [
      0,
      "warning: no stack wbe is known here; it is suspended should it come\n",
    ]);
    assert.deepEqual(suspended(), ["files", "nobody-knows-yet", "wbe", "web"]);
    const resumed = await lab.run("resume", "wbe", "dsn");
    assert.deepEqual([resumed.code, resumed.stdout, resumed.stderr], [
      0,
      "wbe: resumed (it was suspended)\ndsn: was neither suspended nor held\n",
      "warning: no stack dsn is known here\n",
    ]);
  },
);

suspendTest("all are suspended and resumed at once, with their holds", async ({ lab, store, suspended }) => {
  store.write(HELD);
  await lab.run("suspend", "dns");
  assert.equal(
    (await lab.run("suspend", "--all")).stdout,
    "all stacks: suspended; homeport resume --all ends it\n",
  );
  const { code, stdout } = await lab.run("resume", "dns");
  assert.deepEqual([code, stdout], [
    1,
    "dns: still suspended: all stacks are suspended: homeport resume --all ends that\n",
  ]);
  const all = await lab.run("resume", "--all", "--json");
  assert.equal(all.code, 0);
  assert.deepEqual(JSON.parse(all.stdout), {
    all: true,
    unknown: [],
    stacks: [{ name: "dns", was: ["suspended"] }, { name: "web", was: ["suspended", "held"] }],
  });
  assert.deepEqual(suspended(), []);
  assert.deepEqual(store.read().stacks, { web: NEW_STACK, dns: NEW_STACK });
  assert.equal((await lab.run("resume", "--all")).stdout, "No stack was suspended or held.\n");
});

suspendTest("a hold is lifted as soon as nobody else works in the data folder", async ({ lab, store }) => {
  store.write(HELD);
  const lock = await lockDataDir(lab.dataDir, {
    command: "apply",
    wait: false,
    signal: new AbortController().signal,
  });
  const resumed = lab.run("resume", "web");
  await new Promise((resolve) => setTimeout(resolve, 150));
  assert.equal(store.read().stacks["web"]!.hold?.kind, "drift");
  lock.release();
  const { stdout, stderr } = await resumed;
  assert.equal(stdout, "web: resumed (it was held)\n");
  assert.match(stderr, /^waiting for pid \d+ \(apply\)/);
  assert.deepEqual(store.read().stacks["web"], NEW_STACK);
});

suspendTest("resume does not pass over a state that cannot be read", async ({ lab, store, suspended }) => {
  store.write(HELD);
  await lab.run("suspend", "web");
  await Deno.writeTextFile(join(lab.dataDir, "state.json"), "{");
  const { code, stdout, stderr } = await lab.run("resume", "web");
  assert.deepEqual([code, stdout, suspended()], [1, "web: resumed (it was suspended)\n", []]);
  assert.match(stderr, /^error: It is not known which stacks are held: the state .*state\.json /);
});

suspendTest("what the configuration suspends is not resumed by hand", async ({ lab }) => {
  const { code, stdout } = await lab.run("resume", "frozen");
  assert.deepEqual([code, stdout], [
    1,
    "frozen: still suspended: its files or stacks.config.ts suspend it (suspend: true)\n",
  ]);
});

const WRONG: Readonly<Record<string, readonly [string[], RegExp]>> = {
  "no stack": [["suspend"], /homeport suspend what\?\n.*name stacks, or give --all/],
  "stacks and all": [["resume", "web", "--all"], /Stacks are named, and --all is given/],
  "an odd duration": [["suspend", "web", "--for", "soon"], /such as "2h"/],
  "no time at all": [["suspend", "web", "--for", "0s"], /such as "2h"/],
  "a path": [["suspend", "../web"], /"\.\.\/web" is not a stack's name/],
  "a hidden name": [["suspend", ".all"], /is not a stack's name/],
  "a name that is none, after one that is": [["suspend", "web", "a/b"], /"a\/b" is not a stack's name/],
  "what stands for all": [["suspend", "*"], /"\*" is not a stack's name\n.*--all means every stack/],
  "a path in the place of a name": [["resume", "../web"], /is not a stack's name/],
};

for (const [what, [args, pattern]] of Object.entries(WRONG)) {
  suspendTest(`${args[0]} with ${what} is refused`, async ({ lab, suspended }) => {
    const { code, stderr } = await lab.run(...args);
    assert.equal(code, 2, stderr);
    assert.match(stderr, pattern);
    assert.deepEqual(suspended(), []);
  });
}

suspendTest("a disk that refuses is an error with what to do", async ({ lab }) => {
  await Deno.mkdir(lab.dataDir);
  await Deno.writeTextFile(join(lab.dataDir, "suspended"), "in the way");
  const { code, stderr } = await lab.run("suspend", "web");
  assert.equal(code, 1);
  assert.match(stderr, /^error: Cannot suspend stack web: .*\n {2}→ run this as the user/);
});

/** The watch on a real folder: what others change is told, what a pass changes itself is not. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { NEW_STACK, NO_STATE } from "../../lib/reconcile/state/stack_state.ts";
import { lockDataDir, TURN_FILE } from "../../lib/repository/lock.ts";
import { StateFile } from "../../lib/state/state_file.ts";
import { DataFolderWatch } from "../../lib/state/state_watch.ts";
import { removeSuspension, writeSuspension } from "../../lib/state/suspensions.ts";

const SINCE = "2026-01-02T03:04:05.000Z";

Deno.test("the watch tells of what others change, and not of what a pass writes itself", async (t) => {
  const root = await Deno.makeTempDir({ prefix: "homeport-watch-" });
  const dataDir = join(root, "data");
  await Deno.mkdir(dataDir);
  const store = new StateFile({ dataDir, host: "helium", redact: (text) => text, now: () => new Date() });
  const controller = new AbortController();
  const watch = new DataFolderWatch(dataDir, "helium", TURN_FILE);
  let told = 0;
  let wake = () => {};
  watch.follow(() => {
    told++;
    wake();
  }, controller.signal);
  const pass = (work: () => void) => {
    watch.passBegins();
    work();
    watch.passEnds();
  };
  /** Whether it is told within a while; often at once. */
  const isTold = async (before: number, limit = 5000) => {
    if (told === before) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, limit);
        wake = () => (clearTimeout(timer), resolve());
      });
    }
    return told > before;
  };
  const tells = async (change: () => void) => {
    const before = told;
    change();
    return await isTold(before);
  };
  const staysSilent = async (change: () => void) => {
    const before = told;
    change();
    return !(await isTold(before, 250));
  };
  try {
    await t.step("a first suspension, whose folder comes with it", async () => {
      assert.ok(await tells(() => writeSuspension(dataDir, "helium", "web", { since: SINCE })));
    });
    await t.step("a second one, and its end", async () => {
      assert.ok(await tells(() => writeSuspension(dataDir, "helium", "dns", { since: SINCE })));
      assert.ok(await tells(() => removeSuspension(dataDir, "helium", "dns")));
    });
    await t.step("the state, written by another command", async () => {
      assert.ok(await tells(() => store.write({ ...NO_STATE, stacks: { web: NEW_STACK } })));
    });
    await t.step("not the state that a pass writes, nor other files", async () => {
      assert.ok(await staysSilent(() => pass(() => store.write(NO_STATE))));
      assert.ok(await staysSilent(() => Deno.writeTextFileSync(join(dataDir, "homeport.lock"), "pid 1")));
      assert.ok(await staysSilent(() => writeSuspension(dataDir, "xenon", "web", { since: SINCE })));
    });
    await t.step("a suspension that comes during a pass, at once, and at its end at the latest", async () => {
      watch.passBegins();
      assert.ok(await tells(() => writeSuspension(dataDir, "helium", "late", { since: SINCE })));
      assert.ok(await staysSilent(() => watch.passEnds()));
      assert.ok(await tells(() => pass(() => writeSuspension(dataDir, "helium", "later", { since: SINCE }))));
    });
    await t.step("somebody who is in a hurry during a pass, and nobody who merely waits", async () => {
      using _lock = await lockDataDir(dataDir, { command: "run", wait: false, signal: controller.signal });
      const waiting = new AbortController();
      const wait = (isUrgent: boolean) => {
        const { signal } = waiting;
        lockDataDir(dataDir, { command: "apply", wait: true, isUrgent, signal }).catch(() => {});
      };
      assert.ok(await staysSilent(() => wait(true)));
      watch.passBegins();
      assert.ok(await staysSilent(() => wait(false)));
      assert.ok(await tells(() => wait(true)));
      watch.passEnds();
      waiting.abort();
    });
    await t.step("a folder that was wiped is watched again after the next pass", async () => {
      Deno.removeSync(dataDir, { recursive: true });
      await new Promise((resolve) => setTimeout(resolve, 150));
      pass(() => store.write(NO_STATE));
      await new Promise((resolve) => setTimeout(resolve, 150));
      assert.ok(await tells(() => writeSuspension(dataDir, "helium", "web", { since: SINCE })));
    });
    await t.step("nothing after its end", async () => {
      controller.abort();
      assert.ok(await staysSilent(() => removeSuspension(dataDir, "helium", "web")));
    });
  } finally {
    controller.abort();
    await Deno.remove(root, { recursive: true });
  }
});

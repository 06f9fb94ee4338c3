import assert from "node:assert/strict";
import { HomeportError } from "../../lib/errors.ts";
import { News } from "../../lib/reconcile/news/news.ts";
import type { PassDependencies } from "../../lib/reconcile/pass.ts";
import type { Notifier, Snapshot, ToldStore } from "../../lib/reconcile/ports.ts";
import { runPass } from "../../lib/reconcile/run_pass.ts";
import type { StackChange, Told } from "../../lib/reconcile/news/stack_change.ts";
import { newEngine } from "../plan/fixture.ts";
import { intercept, passOver, web } from "./pass_fixture.ts";
import { SimulatedHost } from "./simulated_host.ts";

class Store implements ToldStore {
  #told: Told = {};

  told(): Told {
    return this.#told;
  }

  setTold(told: Told): void {
    this.#told = JSON.parse(JSON.stringify(told));
  }
}

interface Listener {
  readonly news: News;
  /** `subject kind`, a list for each message. */
  readonly messages: string[][];
  readonly changes: StackChange[];
}

function listen(parts: { readonly store?: ToldStore; readonly onlyStack?: boolean } = {}): Listener {
  const messages: string[][] = [];
  const all: StackChange[] = [];
  const notifier: Notifier = {
    send: (changes) => {
      all.push(...changes);
      messages.push(changes.map((each) => `${each.stack ?? each.about} ${each.kind}`));
    },
    close: () => Promise.resolve(),
  };
  return { news: new News({ notifier, store: new Store(), ...parts }), messages, changes: all };
}

function hear(host: SimulatedHost, { news }: Listener): void {
  const { push } = host.said;
  host.said.push = (...events) => {
    for (const event of events) news.hearLoop(event);
    return push.apply(host.said, events);
  };
}

const HOUR = 3_600_000;

Deno.test("a stack that fails for hours is told once, again when a commit changes it, and when it is well", async () => {
  const host = new SimulatedHost();
  const heard = listen();
  hear(host, heard);
  host.before = () => {
    throw new HomeportError("port 80 is taken", { hint: "stop the other one" });
  };
  await host.run(3 * HOUR);
  assert.deepEqual(heard.messages, [["shop failed"]]);
  host.commit = "c2";
  await host.run(HOUR);
  assert.deepEqual(heard.messages.slice(1), []);
  host.commit = "c3";
  host.stacks = { shop: web("app:2") };
  await host.run(HOUR);
  assert.deepEqual(heard.messages.slice(1), [["shop failed"]]);
  host.before = () => {};
  await host.run(HOUR);
  assert.deepEqual(heard.messages.slice(2), [["shop recovered"]]);
  await host.stop();
  assert.deepEqual(heard.messages.length, 3);
});

Deno.test("a remote that is away for hours is told once, also while drift is mended without it", async () => {
  const host = new SimulatedHost();
  const heard = listen();
  hear(host, heard);
  await host.run(60_000);
  host.isRemoteAway = true;
  await host.run(HOUR);
  host.remove("shop-web-1");
  await host.run(HOUR);
  host.isRemoteAway = false;
  await host.run(HOUR);
  await host.stop();
  assert.deepEqual(heard.messages, [
    ["shop deployed"],
    ["repository failed"],
    ["shop deployed"],
    ["repository recovered"],
  ]);
});

Deno.test("a remote that is away is not told to be back by a pass in a window, which does not ask it", async () => {
  const host = new SimulatedHost();
  host.windows = [{ cron: "10 12 * * 5", duration: 2 * HOUR, timeZone: "UTC" }];
  const heard = listen();
  hear(host, heard);
  await host.run(60_000);
  host.isRemoteAway = true;
  await host.run(HOUR);
  host.loop.trigger("reload");
  await host.run(2 * HOUR);
  assert.deepEqual(heard.messages, [["shop deployed"], ["repository failed"]]);
  host.isRemoteAway = false;
  await host.run(HOUR);
  await host.stop();
  assert.deepEqual(heard.messages.slice(2), [["repository recovered"]]);
});

Deno.test("an engine that goes away is told once, and so is that it is back", async () => {
  const host = new SimulatedHost();
  const heard = listen();
  hear(host, heard);
  await host.run(60_000);
  host.breakEngine();
  await host.run(2 * HOUR);
  host.isEngineAway = false;
  await host.run(HOUR);
  await host.stop();
  assert.deepEqual(heard.messages, [["shop deployed"], ["engine failed"], ["engine recovered"]]);
});

/** With this to say of every commit. */
function describing(
  deps: PassDependencies,
  describeCommit: NonNullable<Snapshot["describeCommit"]>,
): PassDependencies {
  const { repository } = deps;
  const sync: typeof repository.sync = async (options) => ({
    ...await repository.sync(options),
    describeCommit,
  });
  return { ...deps, repository: { sync } };
}

Deno.test("a pass of apply tells what it did, in one message, with the words of the commit", async () => {
  const heard = listen();
  const engine = newEngine();
  intercept(engine, (stack) => {
    if (stack === "bad") throw new HomeportError("no such image");
  });
  const { deps, options, events } = passOver(engine, { bad: web(), good: web() });
  const described = describing(deps, () => Promise.resolve({ author: "Eva", subject: "Two more" }));
  const report = await heard.news.follow(options, (watched) => runPass(described, watched));
  await heard.news.close();
  assert.equal(report.outcomes.length, 2);
  assert.ok(events.some(({ kind }) => kind === "planned"), "the events go on to who asked");
  assert.deepEqual(heard.messages, [["bad failed", "good deployed"]]);
  const [{ message, author, subject, commit }] = heard.changes as [StackChange];
  assert.deepEqual([message, author, subject, commit], ["no such image", "Eva", "Two more", "c0ffee"]);
});

Deno.test("what a commit says can be missing", async () => {
  const heard = listen();
  const { deps, options } = passOver(newEngine(), { shop: web() });
  const described = describing(deps, () => Promise.reject(new Error("gone")));
  await heard.news.follow(options, (watched) => runPass(described, watched));
  await heard.news.close();
  assert.deepEqual(heard.messages, [["shop deployed"]]);
});

Deno.test("a pass over one stack tells of that stack, and not of a name that was mistyped", async () => {
  const heard = listen({ onlyStack: true });
  const one = passOver(newEngine(), { a: web(), b: web() }, { options: { stack: "a" } });
  await heard.news.follow(one.options, (watched) => runPass(one.deps, watched));
  const mistyped = passOver(newEngine(), { a: web() }, { options: { stack: "aa" } });
  await assert.rejects(heard.news.follow(mistyped.options, (watched) => runPass(mistyped.deps, watched)));
  await heard.news.close();
  assert.deepEqual(heard.messages, [["a deployed"]]);
});

Deno.test("a large prune is told as something that waits, and an interruption is not told", async () => {
  const engine = newEngine();
  const { deps, options } = passOver(engine, { a: web(), b: web() });
  await runPass(deps, options);
  const gone = passOver(engine, {});
  const heard = listen();
  await heard.news.follow(gone.options, (watched) => runPass(gone.deps, watched));
  const aborted = new DOMException("", "AbortError");
  await assert.rejects(heard.news.follow(gone.options, () => Promise.reject(aborted)));
  await heard.news.close();
  assert.deepEqual(heard.messages, [["host held"]]);
});

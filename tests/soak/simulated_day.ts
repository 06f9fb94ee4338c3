/** A day of the loop in moments: thousands of passes, drift, failures, pushes. Nothing may be left of what is over. */
import { HomeportError } from "../../lib/errors.ts";
import { web } from "../reconcile/pass_fixture.ts";
import { SimulatedHost } from "../reconcile/simulated_host.ts";
import type { Random } from "./random.ts";
import type { Finding } from "./report.ts";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const STACKS = 12;
/** Of the heap, once the first two hours have filled what is filled once. */
const MOST_GROWTH = 8 * 2 ** 20;

declare const gc: (() => void) | undefined;

export async function simulateDays(days: number, random: Random): Promise<readonly Finding[]> {
  const host = new SimulatedHost({ random: () => random.next() });
  const listeners = countListeners(host.signal);
  let [passes, commits, drifts, failures] = [0, 0, 0, 0];
  let version = 1;
  const stacks = () =>
    Object.fromEntries(
      Array.from(
        { length: STACKS },
        (_, index) => [`stack${index}`, web(`, environment: { V: '${version}' }`)],
      ),
    );
  host.stacks = stacks();
  host.before = () => {
    if (!random.chance(0.02)) return;
    failures++;
    throw new HomeportError("the disk is full", { consequence: "retry" });
  };
  const heap: number[] = [];
  const most = { sleepers: 0, listeners: 0 };
  for (let quarter = 0; quarter < days * 96; quarter++) {
    for (let minute = 0; minute < 15; minute++) {
      const containers = host.engine.containers;
      if (containers.length > 0 && random.chance(0.4)) {
        drifts++;
        const { name } = containers[random.below(containers.length)]!;
        if (random.chance(0.5)) host.remove(name);
        else host.end(name);
      }
      if (random.chance(0.1)) {
        commits++;
        host.commit = `c${++version}`;
        // A stack comes and goes, under another name each time.
        host.stacks = { ...stacks(), ...(random.chance(0.5) && { [`guest${version}`]: web() }) };
      }
      if (random.chance(0.05)) host.isRemoteAway = !host.isRemoteAway;
      if (random.chance(0.02)) host.breakEngine();
      else host.isEngineAway = false;
      if (random.chance(0.05)) host.loop.trigger("reload");
      await host.run(MINUTE);
    }
    passes += host.said.filter(({ kind }) =>
      kind.startsWith("pass-") && kind !== "pass-event" && kind !== "pass-started"
    ).length;
    most.sleepers = Math.max(most.sleepers, host.clock.sleepers);
    most.listeners = Math.max(most.listeners, listeners());
    // What the test itself remembers is not the loop's.
    for (const list of [host.said, host.syncs, host.observed, host.engine.executed] as unknown[][]) {
      list.length = 0;
    }
    if (quarter >= 8) {
      heap.push(usedHeap());
    }
  }
  Object.assign(host, { before: () => {}, isRemoteAway: false, isEngineAway: false });
  host.commit = "last";
  host.stacks = stacks();
  await host.run(HOUR);
  const running = host.engine.containers.filter(({ state }) => state === "running").length;
  await host.stop();
  const growth = heap.at(-1)! - heap[0]!;
  return [
    { what: "passes", measured: `${passes}`, bound: "≥ 1000 a day", holds: passes >= 1000 * days },
    {
      what: "pushes, drifts, failing operations",
      measured: `${commits}, ${drifts}, ${failures}`,
      bound: "–",
      holds: true,
    },
    { what: "containers in the end", measured: `${running}`, bound: `${STACKS}`, holds: running === STACKS },
    { what: "most timers at once", measured: `${most.sleepers}`, bound: "≤ 4", holds: most.sleepers <= 4 },
    {
      what: "timers after the end",
      measured: `${host.clock.sleepers}`,
      bound: "0",
      holds: host.clock.sleepers === 0,
    },
    {
      what: "most listeners on the signal",
      measured: `${most.listeners}`,
      bound: "≤ 8",
      holds: most.listeners <= 8,
    },
    { what: "listeners after the end", measured: `${listeners()}`, bound: "≤ 1", holds: listeners() <= 1 },
    {
      what: "growth of the heap after the first two hours",
      measured: `${(growth / 2 ** 20).toFixed(1)} MiB`,
      bound: `≤ ${MOST_GROWTH / 2 ** 20} MiB`,
      holds: growth <= MOST_GROWTH,
    },
  ];
}

function usedHeap(): number {
  gc?.();
  return Deno.memoryUsage().heapUsed;
}

/** How many are there at the moment. */
function countListeners(signal: AbortSignal): () => number {
  const listeners = new Set<unknown>();
  const { addEventListener, removeEventListener } = signal;
  signal.addEventListener = (...args: Parameters<typeof addEventListener>) => {
    listeners.add(args[1]);
    addEventListener.apply(signal, args);
  };
  signal.removeEventListener = (...args: Parameters<typeof removeEventListener>) => {
    listeners.delete(args[1]);
    removeEventListener.apply(signal, args);
  };
  return () => listeners.size;
}

/** Minutes of `homeport run` over 20 stacks, with pushes and random faults; in the end everything is what Git says. */
import { setTimeout as pause } from "node:timers/promises";
import { say } from "../../tools/terminal.ts";
import { seeEngine } from "../faults/engine_view.ts";
import type { HomeportProcess } from "../faults/homeport_process.ts";
import { converge, settle } from "../faults/settle.ts";
import type { StackSpec } from "../faults/stack_spec.ts";
import { type Site, World } from "../faults/world.ts";
import { type Fault, FAULTS } from "./live_faults.ts";
import { measureProcess, median, type Sample } from "./measure_process.ts";
import { Random } from "./random.ts";
import type { Part } from "./report.ts";

export interface LiveOptions {
  readonly kind: "bundle" | "executable";
  readonly minutes: number;
  readonly seed: number;
}

const STACKS = 20;
/** Of the resident set, from the first fifth of the time to the last. */
const MOST_GROWTH = 48 * 2 ** 20;
const MOST_DESCRIPTORS = 12;

export async function liveThrough(site: Site, { kind, minutes, seed }: LiveOptions): Promise<Part> {
  const world = await World.create(site);
  try {
    const random = new Random(seed);
    const stacks = new Stacks(site.engine.images.one);
    const process = await world.up(stacks.all());
    const samples: Sample[] = [await measureProcess(process.pid)];
    const done = new Map<string, number>();
    const end = performance.now() + minutes * 60_000;
    let told = performance.now();
    while (performance.now() < end && !site.signal.aborted) {
      const fault = random.pick(FAULTS);
      done.set(fault.name, (done.get(fault.name) ?? 0) + 1);
      await fault.happen({ world, process, random, stacks });
      await pause(300 + random.below(2500));
      if (process.hasEnded) {
        throw new Error(`Homeport ended by itself after ${fault.name}:\n${process.lastWords()}`);
      }
      samples.push(await measureProcess(process.pid));
      if (performance.now() - told > 60_000) {
        told = performance.now();
        say(`${((end - told) / 60_000).toFixed(0)} min left, ${describe(samples.at(-1)!)}`);
      }
    }
    await recover(world, process, stacks);
    samples.push(await measureProcess(process.pid));
    const passes = process.counted("pass-done");
    const { containers } = await seeEngine(site.engine.api, world.prefix);
    await settle(world, process, { seconds: 120 });
    return report({ kind, minutes, samples, done, passes, containers: containers.length });
  } finally {
    await world.close();
  }
}

/** What Git says: two of five have a network, or a volume, and a version that pushes raise. */
export class Stacks {
  readonly #versions = Array.from({ length: STACKS }, () => 1);

  constructor(readonly image: string) {}

  all(): Record<string, StackSpec> {
    return Object.fromEntries(
      this.#versions.map((version, index) => [`s${index}`, this.#spec(index, version)]),
    );
  }

  raise(index: number): void {
    this.#versions[index]!++;
  }

  get count(): number {
    return STACKS;
  }

  #spec(index: number, version: number): StackSpec {
    const service = { name: "a", image: this.image, version, data: index % 5 === 1 };
    return {
      ...(index % 5 === 0 && { network: 1 }),
      services: index % 5 === 2
        ? [service, { ...service, name: "b", data: false, dependsOn: "a" }]
        : [service],
    };
  }
}

/** The last faults are over, and the last broken commit is mended. */
async function recover(world: World, process: HomeportProcess, stacks: Stacks): Promise<void> {
  world.onRequest = () => undefined;
  world.site.git.fault = () => undefined;
  for (let index = 0; index < stacks.count; index++) stacks.raise(index);
  await world.commit(stacks.all());
  process.reload();
  await converge(world, process, { seconds: 180 });
}

function report({ kind, minutes, samples, done, passes, containers }: {
  readonly kind: LiveOptions["kind"];
  readonly minutes: number;
  readonly samples: readonly Sample[];
  readonly done: ReadonlyMap<Fault["name"], number>;
  readonly passes: number;
  readonly containers: number;
}): Part {
  const fifth = Math.max(1, Math.floor(samples.length / 5));
  const rss = (part: readonly Sample[]) => median(part.map(({ resident }) => resident));
  const [first, middle, last] = [
    rss(samples.slice(0, fifth)),
    rss(samples.slice(fifth * 2, fifth * 3)),
    rss(samples.slice(-fifth)),
  ];
  const descriptors = (part: readonly Sample[]) => median(part.map((each) => each.descriptors));
  const opened = [descriptors(samples.slice(0, fifth)), descriptors(samples.slice(-fifth))] as const;
  const expected = STACKS + Math.floor((STACKS + 2) / 5);
  const mebibytes = (bytes: number) => `${(bytes / 2 ** 20).toFixed(0)} MiB`;
  return {
    title: "Alive",
    text:
      `${minutes} minutes of \`homeport run\` (${
        kind === "executable" ? "the executable" : "its bundle, with the flags of the executable"
      }) over ${STACKS} stacks: ` +
      [...done].map(([name, times]) => `${times} × ${name}`).join(", ") +
      ". In the end every stack is what Git says.",
    findings: [
      { what: "passes", measured: `${passes}`, bound: "–", holds: passes > 0 },
      {
        what: "resident set: first fifth, middle, last fifth",
        measured: [first, middle, last].map(mebibytes).join(", "),
        bound: `growth ≤ ${mebibytes(MOST_GROWTH)}`,
        holds: last - first <= MOST_GROWTH,
      },
      {
        what: "open files: first fifth, last fifth",
        measured: opened.join(", "),
        bound: `growth ≤ ${MOST_DESCRIPTORS}`,
        holds: opened[1] - opened[0] <= MOST_DESCRIPTORS,
      },
      {
        what: "containers in the end",
        measured: `${containers}`,
        bound: `${expected}`,
        holds: containers === expected,
      },
    ],
  };
}

function describe({ resident, descriptors }: Sample): string {
  return `${(resident / 2 ** 20).toFixed(0)} MiB resident, ${descriptors} open files`;
}

/** A stack that runs well beside others, and one that does not: what cases about the way back begin with, and wait for. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { type FaultCase, faultCase } from "./case.ts";
import { findDifferences } from "./check_world.ts";
import type { HomeportProcess } from "./homeport_process.ts";
import { ImageTag } from "./image_tag.ts";
import { settle } from "./settle.ts";
import type { StackSpec } from "./stack_spec.ts";
import type { World } from "./world.ts";

export type Stacks = Readonly<Record<string, StackSpec>>;

const GATE = "x-homeport: { health_gate: { timeout: 20s, stable: 500ms } }";
const ENDS = '["sh", "-c", "exit 3"]';

/** Beside five others. Its page is in the folder of the checkout that the container sees. */
export function app(image: string, version: number, command = "sleep 100000"): StackSpec {
  const page = 'volumes: ["./page:/page:ro"]';
  return {
    network: version,
    services: [{ name: "a", image, version, command, more: [page] }],
    more: [GATE],
  };
}

/** Another command, another network, and one service more. */
export function badApp(image: string, version: number): StackSpec {
  const { services, ...others } = app(image, version, ENDS);
  return { ...others, services: [...services, { name: "b", image, version }] };
}

export async function push(world: World, stack: StackSpec, page: string, names = ["app"]): Promise<Stacks> {
  const stacks = {
    ...world.five(1),
    ...Object.fromEntries(names.map((name) => [name, stack])),
  };
  await world.commit(stacks, Object.fromEntries(names.map((name) => [`${name}/page`, page])));
  return stacks;
}

export interface Begun {
  readonly process: HomeportProcess;
  /** What ran well. */
  readonly good: Stacks;
  readonly one: string;
}

export async function up(world: World, names?: readonly string[]): Promise<Begun> {
  const { one } = world.site.engine.images;
  const good = await push(world, app(one, 1), "good 1", names && [...names]);
  const process = await world.start();
  await process.until("what runs well", () => process.isSettledAt(world.head));
  return { good, process, one };
}

export interface KnownStack {
  readonly good: readonly { readonly commit: string }[];
  readonly hold?: { readonly kind: string };
  readonly isUnderWay?: true;
  readonly rejected: readonly unknown[];
}

export async function known(world: World, stack: string): Promise<KnownStack | undefined> {
  const text = await Deno.readTextFile(join(world.dataDir, "state.json")).catch(() => undefined);
  return text === undefined ? undefined : JSON.parse(text).hosts.helium?.stacks[world.projectOf(stack)];
}

export async function pageOf(world: World, stack = "app"): Promise<string> {
  return await Deno.readTextFile(join(world.lab.stackFolder(world.projectOf(stack)), "page"));
}

/** Waits until these run, with this page, and the stack is held there. */
export async function untilBack(
  world: World,
  process: HomeportProcess,
  { stacks, page = "good 1", hold = "rolled-back", names = ["app"] }: {
    readonly stacks: Stacks;
    readonly page?: string;
    readonly hold?: string;
    readonly names?: readonly string[];
  },
): Promise<void> {
  const asked = world.stacks;
  world.stacks = stacks;
  let differences: readonly string[] = [];
  const isBack = async () => {
    differences = await findDifferences(world).catch((error) => [String(error)]);
    for (const name of names) {
      const state = await known(world, name);
      const kind = state?.hold?.kind ?? "none";
      if (kind !== hold) differences = [...differences, `${name}: ${kind}`];
      if (state?.isUnderWay) differences = [...differences, `${name} is under way`];
      const found = await pageOf(world, name).catch(String);
      if (found !== page) differences = [...differences, `the page of ${name} is ${found}`];
    }
    return differences.length === 0;
  };
  await process.until("the way back", isBack).catch((error) => {
    throw new Error(`${differences.join("; ")}\n${error.message}`);
  });
  world.stacks = asked;
}

export async function mend(
  world: World,
  process: HomeportProcess,
  version: number,
  names?: string[],
): Promise<void> {
  await push(world, app(world.site.engine.images.one, version), `good ${version}`, names);
  process.reload();
  await settle(world, process);
  assert.equal(await pageOf(world), `good ${version}`);
}

export interface BegunWithTag {
  readonly tag: ImageTag;
  readonly process: HomeportProcess;
  /** What runs, by the image's ID: whatever the tag means by now. */
  readonly byId: Stacks;
}

/** The stack runs the tag's first image. */
export async function upWithTag(world: World): Promise<BegunWithTag> {
  const tag = new ImageTag(world);
  const { one } = world.site.engine.images;
  await tag.publish(one);
  const good = await push(world, app(tag.name, 1), "good 1");
  const process = await world.start();
  await process.until("what runs well", () => process.isSettledAt(world.head));
  return { tag, process, byId: { ...good, app: app(await tag.id(), 1) } };
}

export function wayBackCase(
  what: string,
  body: (world: World) => Promise<string | void>,
  config?: Parameters<typeof faultCase>[3],
): FaultCase {
  return faultCase("way back", what, body, { deploy: { healthGate: { stable: "500ms" } }, ...config });
}

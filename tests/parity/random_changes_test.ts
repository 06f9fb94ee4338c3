/** Random changes of small stacks that run: the same becomes of them as with `docker compose`. */
import assert from "node:assert/strict";
import { join } from "node:path";
import fc from "fast-check";
import { connectEngine } from "../../lib/engine/client.ts";
import { converge, planOf } from "../engine/converge.ts";
import { containers, fatesOf, keptAll } from "../engine/fates.ts";
import { type EngineTest, engineTest } from "../engine/harness.ts";
import { inParts } from "../engine/parts.ts";
import { removeProjects } from "../engine/remove_projects.ts";
import { SEED } from "../seed.ts";
import { inspectProject } from "./inspection.ts";

/** Each takes about two seconds of a machine with two cores. */
const RUNS = Number(Deno.env.get("HOMEPORT_TEST_RUNS") ?? 6);

const NAMES = ["a", "b", "c"] as const;

const service = fc.record({
  image: fc.constantFrom("$IMAGE", "$IMAGE", "$OTHER"),
  label: fc.constantFrom("one", "two"),
  scale: fc.constantFrom(1, 1, 1, 2, 0),
  place: fc.constantFrom("none", "none", "net", "both", "owner"),
  volume: fc.constantFrom("", "", "/anonymous", "data:/data", "other:/data"),
  depends: fc.constantFrom(undefined, false, true),
  shares: fc.constantFrom("", "", "", "pid", "ipc", "volumes_from"),
});

type Generated = typeof service extends fc.Arbitrary<infer Each> ? Each : never;
type Stack = Readonly<Partial<Record<typeof NAMES[number], Generated>>>;

const stack: fc.Arbitrary<Stack> = fc.record({ a: service, b: service, c: service }, { requiredKeys: ["a"] });

/** Half of the changes are of a single attribute. */
const change = fc.tuple(stack, stack, fc.nat(13)).map(([before, other, which]) => ({
  before,
  after: which > 6 ? withoutFewer(before, other) : { ...before, a: changed(before.a!, other.a!, which) },
}));

/** Of replicas that change and become fewer at once the reference keeps one or another. */
function withoutFewer(before: Stack, after: Stack): Stack {
  return Object.fromEntries(NAMES.flatMap((name) => {
    const each = after[name];
    if (each === undefined) return [];
    return [[name, before[name]?.scale === 2 && each.scale === 1 ? { ...each, scale: 2 } : each]];
  }));
}

function changed(service: Generated, other: Generated, which: number): Generated {
  const key = (Object.keys(service) as (keyof Generated)[])[which]!;
  return { ...service, [key]: other[key] };
}

engineTest(`random changes lead to the same as with docker compose (seed ${SEED})`, async (t) => {
  const changes = fc.sample(change, { seed: SEED, numRuns: RUNS }).map((each, index) => ({
    name: `change ${index + 1}`,
    before: textOf(each.before),
    after: textOf(each.after),
  }));
  await inParts(t, changes, async (part, { before, after }) => {
    try {
      await compare(part, before, after);
    } catch (error) {
      throw new Error(`HOMEPORT_TEST_SEED=${SEED}:\n${before}---\n${after}`, { cause: error });
    }
  });
}, { compose: true, timeoutSeconds: 300 });

async function compare(t: EngineTest, before: string, after: string): Promise<void> {
  const engine = connectEngine({ dockerHost: t.dockerHost });
  try {
    const becomesOf = async (deploy: () => Promise<unknown>) => {
      await write(t, before);
      await converge(t, engine);
      const old = await containers(t);
      await write(t, after);
      await deploy();
      return { fates: fatesOf(old, await containers(t)), made: await inspectProject(t.api, t.project) };
    };
    const theirs = await becomesOf(() => up(t));
    await removeProjects(t.api, t.project);
    assert.deepEqual(await becomesOf(() => converge(t, engine)), theirs);
    assert.deepEqual((await planOf(t, engine)).operations, [], "a second pass has nothing to do");
    const ours = await containers(t);
    await up(t);
    assert.deepEqual(fatesOf(ours, await containers(t)), keptAll(ours), "nor has docker compose");
  } finally {
    engine.close();
  }
}

function textOf(stack: Stack): string {
  const names = NAMES.filter((name) => stack[name] !== undefined);
  const lines = names.map((name, index) => serviceText(name, stack[name]!, names[index - 1], stack));
  const pool = (subnet: string) => `{ipam: {config: [{subnet: ${subnet}}]}}`;
  return `services:\n${lines.join("")}` +
    `networks: {net: ${pool("$SUBNET.0/25")}, more: ${pool("$SUBNET.128/25")}}\nvolumes: {data: , other: }\n`;
}

/** `before`: the service above, which this one may use. */
function serviceText(
  name: string,
  { image, label, scale, place, volume, depends, shares }: Generated,
  before: keyof Stack | undefined,
  stack: Stack,
): string {
  // Without a container there is nothing to share, and of several the reference takes one or another.
  const owner = before !== undefined && stack[before]!.scale === 1 ? before : undefined;
  const isShared = owner !== undefined && shares !== "";
  const attributes = [
    `image: ${image}`,
    "stop_signal: SIGKILL",
    `scale: ${scale}`,
    `labels: {l: ${label}}`,
    place === "owner" && owner !== undefined ? `network_mode: "service:${owner}"` : NETWORKS[place],
    isShared && shares === "ipc" ? `ipc: "service:${owner}"` : "ipc: shareable",
  ];
  if (volume !== "") attributes.push(`volumes: ["${volume}"]`);
  if (isShared && shares === "pid") attributes.push(`pid: "service:${owner}"`);
  if (isShared && shares === "volumes_from") attributes.push(`volumes_from: [${owner}]`);
  if (depends !== undefined && before !== undefined) {
    attributes.push(`depends_on: {${before}: {condition: service_started, restart: ${depends}}}`);
  }
  return `  ${name}: {${attributes.join(", ")}}\n`;
}

const NETWORKS = {
  none: "network_mode: none",
  net: "networks: [net]",
  both: "networks: [net, more]",
  owner: "network_mode: none",
} as const;

async function write({ folder, images, subnet }: EngineTest, text: string): Promise<void> {
  const filled = text.replaceAll("$IMAGE", images.one).replaceAll("$OTHER", images.two)
    .replaceAll("$SUBNET", subnet);
  await Deno.writeTextFile(join(folder, "compose.yml"), filled);
}

async function up(t: EngineTest): Promise<void> {
  const { code, stderr } = await t.compose(["-p", t.project, "up", "-d", "--remove-orphans"]);
  assert.equal(code, 0, stderr);
}

/** Whether the engine is what Git says: nothing else, nothing twice, nothing lost. */
import { join } from "node:path";
import { seeEngine, type SeenContainer } from "./engine_view.ts";
import type { ServiceSpec, StackSpec } from "./stack_spec.ts";
import type { World } from "./world.ts";

export interface Precious {
  /** By the stack's name and the service's. */
  readonly container: string;
  readonly destination: string;
  readonly text: string;
}

/** What differs, in words; nothing where all is well. */
export async function findDifferences(
  world: World,
  { precious = [], keptVolumes = [] }: {
    readonly precious?: readonly Precious[];
    /** Of stacks that are gone from Git. */
    readonly keptVolumes?: readonly string[];
  } = {},
): Promise<string[]> {
  const { api } = world.site.engine;
  const seen = await seeEngine(api, world.prefix);
  const images = await imageIds(world);
  const expected = expectedContainers(world);
  const differences: string[] = [];
  const left = new Map(seen.containers.map((container) => [container.name, container]));
  for (const [name, want] of expected) {
    const container = left.get(name);
    left.delete(name);
    if (container === undefined) differences.push(`${name} is missing`);
    else differences.push(...differencesOf(container, want, images));
  }
  for (const { name, state } of left.values()) differences.push(`${name} (${state}) is not what Git says`);
  const networks = expectedNetworks(world);
  for (const [name, label] of networks) {
    const found = seen.networks[name];
    if (found === undefined) differences.push(`network ${name} is missing`);
    else if (found["network"] !== label) {
      differences.push(`network ${name} is ${found["network"]}, not ${label}`);
    }
  }
  for (const name of Object.keys(seen.networks)) {
    if (!networks.has(name)) differences.push(`network ${name} is not what Git says`);
  }
  const volumes = new Set([...expectedVolumes(world), ...keptVolumes]);
  for (const name of volumes) if (!seen.volumes.includes(name)) differences.push(`volume ${name} is lost`);
  for (const name of seen.volumes) {
    if (!volumes.has(name)) differences.push(`volume ${name} is not what Git says`);
  }
  differences.push(...await lostData(seen.containers, precious));
  return differences;
}

interface Wanted extends ServiceSpec {
  readonly networks: readonly string[];
}

function expectedContainers(world: World): Map<string, Wanted> {
  return new Map(
    Object.entries(world.stacks).flatMap(([stack, spec]) =>
      spec.services.map((service) => [
        `${world.projectOf(stack)}-${service.name}-1`,
        { ...service, networks: [spec.network === undefined ? "none" : networkOf(world, stack)] },
      ])
    ),
  );
}

function expectedNetworks(world: World): Map<string, string> {
  const withNetwork = Object.entries(world.stacks).filter(([, { network }]: [string, StackSpec]) =>
    network !== undefined
  );
  return new Map(withNetwork.map(([stack, { network }]) => [networkOf(world, stack), `${network}`]));
}

function expectedVolumes(world: World): string[] {
  return Object.entries(world.stacks).filter(([, { services }]) => services.some(({ data }) => data))
    .map(([stack]) => `${world.projectOf(stack)}_data`);
}

function networkOf(world: World, stack: string): string {
  return `${world.projectOf(stack)}_default`;
}

function differencesOf(
  container: SeenContainer,
  { image, version, state = "running", networks }: Wanted,
  images: ReadonlyMap<string, string>,
): string[] {
  const { name } = container;
  return [
    ...(state === "any" || container.state === state ? [] : [`${name} is ${container.state}, not ${state}`]),
    ...(container.environment.includes(`VERSION=${version}`)
      ? []
      : [`${name} is not version ${version}: ${container.environment.join(" ")}`]),
    ...(container.image === images.get(image)
      ? []
      : [`${name} runs ${container.image}, not that of ${image}`]),
    ...(container.networks.join() === networks.join()
      ? []
      : [`${name} is on ${container.networks.join(", ")}`]),
  ];
}

async function imageIds({ site, stacks }: World): Promise<ReadonlyMap<string, string>> {
  const references = Object.values(stacks).flatMap(({ services }) => services.map(({ image }) => image));
  const ids = [...new Set(references)].map(async (image) => {
    const { Id } = await site.engine.api.get(`/images/${image}/json`) as { readonly Id: string };
    return [image, Id] as const;
  });
  return new Map(await Promise.all(ids));
}

async function lostData(
  containers: readonly SeenContainer[],
  precious: readonly Precious[],
): Promise<string[]> {
  const lost = precious.map(async ({ container, destination, text }) => {
    const source = containers.find(({ name }) => name === container)?.mounts
      .find((mount) => mount.destination === destination)?.source;
    const found = source === undefined
      ? "nothing"
      : await Deno.readTextFile(join(source, "precious")).catch(String);
    return found === text ? [] : [`${container} has lost its data at ${destination}: ${found}`];
  });
  return (await Promise.all(lost)).flat();
}

/** Writes something into every volume of the case, and gives what must be there from now on. */
export async function plantData(world: World): Promise<Precious[]> {
  const { containers } = await seeEngine(world.site.engine.api, world.prefix);
  const planted = containers.flatMap(({ name, mounts }) =>
    mounts.map(async ({ destination, source }) => {
      const text = `precious of ${name} ${crypto.randomUUID()}`;
      await Deno.writeTextFile(join(source, "precious"), text);
      return { container: name, destination, text };
    })
  );
  return await Promise.all(planted);
}

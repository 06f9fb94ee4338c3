/** The registry that images come from. */
import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import { type FaultCase, faultCase } from "../case.ts";
import { plantData } from "../check_world.ts";
import type { RegistryFault } from "../registry_proxy.ts";
import { settle } from "../settle.ts";
import type { StackSpec } from "../stack_spec.ts";
import type { World } from "../world.ts";

/** One of two images that are in the registry, under a name that only this case has. */
async function pushImage(world: World, tag: string, from: "one" | "two"): Promise<string> {
  const { engine: { api, images }, registry } = world.site;
  const repo = `${registry.address}/${world.prefix}`;
  const post = async (path: string, query: Record<string, string>) =>
    await (await api.request("POST", path, { query, headers: { "x-registry-auth": btoa("{}") } })).text();
  await post(`/images/${images[from]}/tag`, { repo, tag });
  assert.doesNotMatch(await post(`/images/${repo}/push`, { tag }), /"error"/);
  await world.remove(`/images/${repo}:${tag}`, { force: "true" });
  world.defer(() => world.remove(`/images/${repo}:${tag}`, { force: "true" }).catch(() => {}));
  return `${repo}:${tag}`;
}

function withImage(world: World, image: string, version = 1): Record<string, StackSpec> {
  return {
    ...world.five(version),
    pulled: { services: [{ name: "a", image, version, scratch: true }] },
  };
}

function spoil(world: World, fault: (path: string) => RegistryFault | undefined): void {
  const { registry } = world.site;
  registry.fault = (path) => path.includes(world.prefix) ? fault(path) : undefined;
  world.defer(() => void (registry.fault = () => undefined));
}

/** A stack whose image is to be pulled while the registry is like this: the others are deployed, and it follows. */
function registry(what: string, fault: (path: string) => RegistryFault | undefined): FaultCase {
  return faultCase("registry", what, async (world) => {
    const image = await pushImage(world, "1", "two");
    spoil(world, fault);
    await world.commit(withImage(world, image));
    const process = await world.start();
    await process.until("the other stacks", async () => `${world.prefix}-pair-web-1` in await world.ids());
    await pause(3000);
    const isHere = `${world.prefix}-pulled-a-1` in await world.ids();
    world.site.registry.fault = () => undefined;
    await settle(world, process);
    return isHere ? "deployed all the same" : undefined;
  });
}

const status = (code: number): RegistryFault => ({ kind: "status", status: code });

export const REGISTRY_CASES: readonly FaultCase[] = [
  registry(
    "a registry that is out of order (500) holds up what needs it, and nothing else",
    () => status(500),
  ),
  registry(
    "a registry that limits the rate (429)",
    () => ({ ...status(429), headers: { "retry-after": "1" } } as RegistryFault),
  ),
  registry("a registry that refuses (401)", () => status(401)),
  registry("a registry that has the image no more (404)", () => status(404)),
  registry("a registry whose every answer takes 2 s", () => ({ kind: "slow", milliseconds: 2000 })),
  registry("layers that end in the middle", (path) => path.includes("/blobs/") ? { kind: "cut" } : undefined),
  registry(
    "a manifest that ends in the middle",
    (path) => path.includes("/manifests/") ? { kind: "cut" } : undefined,
  ),
  faultCase("registry", "a registry that is down is waited for, while drift is mended", async (world) => {
    const image = await pushImage(world, "1", "two");
    await world.site.registry.goDown();
    world.defer(() => world.site.registry.comeBack());
    await world.commit(withImage(world, image));
    const process = await world.start();
    await process.untilSaid("stack-done", "-pulled: failed");
    await process.untilSaid("stack-done", /-pair: deployed/);
    await world.post("pair-db-1", "kill");
    await process.until(
      "a mended container",
      () => world.isRunning("pair-db-1"),
    );
    world.site.registry.comeBack();
    await settle(world, process);
  }),
  faultCase(
    "registry",
    "a tag that does not exist leaves the old container running, and a mended push replaces it",
    async (world) => {
      const image = await pushImage(world, "1", "one");
      const other = await pushImage(world, "2", "two");
      const process = await world.up(withImage(world, image));
      const name = `${world.prefix}-pulled-a-1`;
      const precious = await plantData(world);
      const { [name]: before } = await world.ids();
      await world.write({ pulled: `services: { a: { image: "${image}9", network_mode: none } }\n` });
      process.reload();
      await process.untilSaid("stack-done", "-pulled: failed");
      assert.equal((await world.ids())[name], before);
      await world.commit(withImage(world, other));
      process.reload();
      await settle(world, process, { precious });
    },
  ),
  faultCase(
    "registry",
    "an image that was removed by hand is pulled again when it is needed",
    async (world) => {
      const image = await pushImage(world, "1", "two");
      const process = await world.up(withImage(world, image));
      process.kill("SIGSTOP");
      await world.remove(`/containers/${world.prefix}-pulled-a-1`, { force: "true" });
      await world.remove(`/images/${image}`, { force: "true" });
      process.kill("SIGCONT");
      await settle(world, process);
    },
  ),
  faultCase("registry", "a pull that is killed by SIGKILL is done again", async (world) => {
    const image = await pushImage(world, "1", "two");
    spoil(world, (path) => path.includes("/blobs/") ? { kind: "slow", milliseconds: 3000 } : undefined);
    await world.commit(withImage(world, image));
    const first = await world.start();
    await first.untilSaid("operation-started", "pull-image");
    await pause(1000);
    await first.end();
    world.site.registry.fault = () => undefined;
    await settle(world, await world.start());
  }),
];

/** A tag in the registry, which others move as they like. */
import assert from "node:assert/strict";
import type { World } from "./world.ts";

/** One tag of a repository that only this case has. */
export class ImageTag {
  readonly #world: World;
  readonly name: string;

  constructor(world: World) {
    this.#world = world;
    this.name = `${world.site.registry.address}/${world.prefix}:1`;
    for (const each of [this.name, `${this.name}-bad`]) {
      world.defer(() => world.remove(`/images/${each}`, { force: "true" }).catch(() => {}));
    }
  }

  get #repo(): string {
    return this.name.slice(0, -":1".length);
  }

  async id(image = this.name): Promise<string> {
    return (await this.#world.site.engine.api.get(`/images/${image}/json`) as { readonly Id: string }).Id;
  }

  /** As somebody else does it: what the tag means here stays the same. */
  async publish(image: string): Promise<void> {
    const before = await this.id().catch(() => undefined);
    await this.move(image);
    const query = { tag: "1" };
    const headers = { "x-registry-auth": btoa("{}") };
    assert.doesNotMatch(await this.#post(`/images/${this.#repo}/push`, query, headers), /"error"/);
    if (before !== undefined) await this.move(before);
  }

  /** What it means on this engine. */
  async move(image: string): Promise<void> {
    await this.#post(`/images/${image}/tag`, { repo: this.#repo, tag: "1" });
  }

  /** An image whose containers end at once, another one for each text. */
  async makeBad(text: string): Promise<string> {
    const { api, images } = this.#world.site.engine;
    const response = await api.request("POST", "/containers/create", {
      query: { name: `${this.#world.prefix}-bad` },
      body: JSON.stringify({ Image: images.two }),
      headers: { "content-type": "application/json" },
    });
    const { Id } = await response.json() as { readonly Id: string };
    const changes = ['ENTRYPOINT ["/bin/false"]', `LABEL text="${text}"`];
    await this.#post("/commit", { container: Id, repo: this.#repo, tag: "1-bad", changes });
    await this.#world.remove(`/containers/${Id}`, { force: "true" });
    return await this.id(`${this.name}-bad`);
  }

  async #post(
    path: string,
    query: Readonly<Record<string, string | readonly string[]>>,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<string> {
    return await (await this.#world.site.engine.api.request("POST", path, { query, headers })).text();
  }
}

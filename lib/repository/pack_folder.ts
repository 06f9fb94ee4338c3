/** The packs of a Git folder. Each that is fetched is complete in itself: it holds a commit and all of its files. */
import { join } from "node:path";
import { isWhole, oidsInPack } from "./pack_index.ts";

export class PackFolder {
  readonly #objects: string;
  readonly #folder: string;

  constructor(gitFolder: string) {
    this.#objects = join(gitFolder, "objects");
    this.#folder = join(this.#objects, "pack");
  }

  /** Names of the packs, such as `pack-…`. */
  names(): string[] {
    const files = this.#files();
    return files.filter((name) => name.endsWith(".idx") && files.includes(name.replace(/idx$/, "pack"))).map(
      (name) => name.slice(0, -".idx".length),
    ).sort();
  }

  holds(oid: string): boolean {
    return this.find(oid).length > 0;
  }

  /** Full IDs of all objects whose ID begins so. */
  find(prefix: string): string[] {
    return [
      ...new Set(this.names().flatMap((name) => oidsInPack(join(this.#folder, `${name}.idx`), prefix))),
    ];
  }

  /** Deletes all but the packs that these commits need. `preferred` is taken where a commit is in several. */
  keepOnly(commits: readonly string[], preferred: string): void {
    const names = this.names().sort((a, b) => Number(b === preferred) - Number(a === preferred));
    const needed = new Set([preferred]);
    for (const commit of commits) {
      const holders = names.filter((name) =>
        oidsInPack(join(this.#folder, `${name}.idx`), commit).length > 0
      );
      if (!holders.some((name) => needed.has(name)) && holders[0] !== undefined) needed.add(holders[0]);
    }
    this.#deleteLoose();
    this.#deleteOthers(needed);
  }

  /** Deletes what is damaged, as far as that can be told without reading every object. */
  dropDamaged(): void {
    const whole = this.names().filter((name) =>
      ["pack", "idx"].every((end) => isWhole(join(this.#folder, `${name}.${end}`)))
    );
    this.#deleteLoose();
    this.#deleteOthers(new Set(whole));
  }

  #deleteOthers(names: ReadonlySet<string>): void {
    for (const file of this.#files()) {
      if (!names.has(file.split(".", 1)[0]!)) Deno.removeSync(join(this.#folder, file), { recursive: true });
    }
  }

  #deleteLoose(): void {
    for (const entry of Deno.readDirSync(this.#objects)) {
      if (/^[0-9a-f]{2}$/.test(entry.name)) {
        Deno.removeSync(join(this.#objects, entry.name), { recursive: true });
      }
    }
  }

  #files(): string[] {
    return [...Deno.readDirSync(this.#folder)].map(({ name }) => name);
  }
}

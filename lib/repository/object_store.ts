import * as fs from "node:fs";
import { basename, dirname, join } from "node:path";
import { messageOf } from "../errors.ts";
import { PackFolder } from "./pack_folder.ts";
import { checksumOf, isWhole } from "./pack_index.ts";

export type ObjectType = "blob" | "tree" | "commit" | "tag";

export interface GitObject {
  readonly type: ObjectType;
  readonly content: Uint8Array;
}

/** An object that should be there is missing or damaged. A new fetch mends it. */
export class BrokenStore extends Error {
  override readonly name = "BrokenStore";
}

/** Reads objects of a Git folder, packed or loose. */
export class ObjectStore {
  readonly packs: PackFolder;
  readonly #gitFolder: string;
  /** Holds the packs while objects are read; a new one whenever the packs change. */
  #cache: object = {};

  constructor(gitFolder: string) {
    this.packs = new PackFolder(gitFolder);
    this.#gitFolder = gitFolder;
  }

  /** Throws {@linkcode BrokenStore} when it cannot be had whole. */
  async read(oid: string): Promise<GitObject> {
    try {
      // Not at the top: a pass that finds nothing changed reads no object, and spares the time that loading the library takes.
      const { readObject } = await import("./git_objects.ts");
      const found = await readObject({
        fs,
        gitdir: this.#gitFolder,
        oid,
        format: "content",
        cache: this.#cache,
      });
      if (found.format !== "content" || found.type === undefined) throw new Error("it has no type");
      return { type: found.type as ObjectType, content: found.object };
    } catch (error) {
      if (isFromDisk(error)) throw error;
      throw new BrokenStore(`object ${oid}: ${messageOf(error)}`, {
        cause: error,
      });
    }
  }

  async readAs(type: ObjectType, oid: string): Promise<Uint8Array> {
    const found = await this.read(oid);
    if (found.type !== type) throw new BrokenStore(`object ${oid} is a ${found.type}, and not a ${type}`);
    return found.content;
  }

  /** Forgets what was read, so that the next read sees packs that came or went. */
  forget(): void {
    this.#cache = {};
  }

  /** Checks a pack file, indexes it, and moves it among the packs. Gives its name. The old packs stay. */
  async adopt(packFile: string, commit: string): Promise<string> {
    const { indexPack } = await import("./git_objects.ts");
    if (!isWhole(packFile)) throw new BrokenStore("the pack that came in is incomplete or damaged");
    let oids: readonly string[];
    try {
      ({ oids } = await indexPack({
        fs,
        dir: dirname(packFile),
        gitdir: this.#gitFolder,
        filepath: basename(packFile),
      }));
    } catch (error) {
      if (isFromDisk(error)) throw error;
      throw new BrokenStore(
        `the pack that came in: ${messageOf(error)}`,
        { cause: error },
      );
    }
    if (!oids.includes(commit)) throw new BrokenStore(`the pack that came in lacks the commit ${commit}`);
    const name = `pack-${checksumOf(packFile)}`;
    const target = join(this.#gitFolder, "objects", "pack", name);
    Deno.mkdirSync(dirname(target), { recursive: true });
    // The index last: Git and others look for packs by their indexes.
    Deno.renameSync(packFile, `${target}.pack`);
    Deno.renameSync(packFile.replace(/\.pack$/, ".idx"), `${target}.idx`);
    this.forget();
    return name;
  }

  /** Deletes every object that these commits do not need. */
  keepOnly(commits: readonly string[], preferred: string): void {
    this.packs.keepOnly(commits, preferred);
    this.forget();
  }

  dropDamaged(): void {
    this.packs.dropDamaged();
    this.forget();
  }
}

/** A full disk or a missing right says nothing about the objects. */
function isFromDisk(error: unknown): boolean {
  return error instanceof Error && "code" in error && /^E[A-Z]+$/.test(String(error.code)) &&
    error.code !== "ENOENT";
}

/** The files of the repository that the builder of a service's image sees. */
import { createHash } from "node:crypto";
import { posix } from "node:path";
import type { LoadedProject } from "../compose/load.ts";
import type { Build, Project, Service } from "../compose/project.ts";
import { ConfigurationError, HomeportError, type Location, messageOf } from "../errors.ts";
import { isFolderContext } from "./build_context.ts";
import { canonicalJson } from "./canonical_json.ts";
import { IgnoreRules, parseDockerignore } from "./dockerignore.ts";
import type { Files } from "./stack.ts";
import type { TrackedFile, TrackedFiles } from "./tracked_files.ts";

export interface BuildInput {
  readonly project: Project;
  /** Absolute path of the checkout. */
  readonly root: string;
  readonly files: Files;
  readonly tracked: TrackedFiles;
  readonly locate: LoadedProject["locateBuild"];
}

export class BuildFiles {
  readonly #input: BuildInput;
  readonly #service: Service;
  readonly #build: Build;

  constructor(input: BuildInput, service: Service, build: Build) {
    this.#input = input;
    this.#service = service;
    this.#build = build;
  }

  /** Empty where it is in a context that the engine fetches. */
  dockerfileText(): string {
    if (this.#build.dockerfile_inline !== undefined) return this.#build.dockerfile_inline;
    const path = this.#dockerfile();
    const content = path === undefined ? undefined : this.#input.files.read(path);
    return content === undefined ? "" : new TextDecoder().decode(content);
  }

  hash(): ReturnType<typeof createHash> {
    const { root } = this.#input;
    const hash = createHash("sha256").update(canonicalJson(this.#definition()));
    for (const { path, mode, oid } of this.#files()) {
      hash.update(`${mode} ${oid} ${posix.relative(root, path)}\n`);
    }
    return hash;
  }

  /** Without what changes no image: where the cache comes from, and what the secrets hold. */
  #definition(): unknown {
    const { context, additional_contexts: contexts = {}, dockerfile, ...build } = this.#build;
    const { cache_from: _from, cache_to: _to, no_cache: _no, pull: _pull, ssh: _ssh, ...rest } = build;
    return {
      ...rest,
      platform: this.#service.platform,
      context: this.#relative(context ?? ""),
      dockerfile: dockerfile === undefined ? undefined : this.#relative(dockerfile),
      additional_contexts: Object.fromEntries(
        Object.entries(contexts).map(([name, value]) => [name, this.#relative(value)]),
      ),
    };
  }

  /** The checkout may lie elsewhere on another machine. */
  #relative(path: string): string {
    return path.startsWith("/") ? posix.relative(this.#input.root, path) : path;
  }

  #files(): readonly TrackedFile[] {
    const { tracked } = this.#input;
    const { context = "", additional_contexts: contexts = {} } = this.#build;
    const dockerfile = this.#dockerfile();
    const found = [
      ...this.#filesOf(context, "context", dockerfile === undefined ? [] : [`${dockerfile}.dockerignore`]),
      ...Object.values(contexts).flatMap((each) => this.#filesOf(each, "additional_contexts", [])),
      ...(dockerfile === undefined
        ? []
        : [dockerfile, `${dockerfile}.dockerignore`].flatMap((path) => tracked.filesBelow(path))),
    ];
    const byPath = new Map(found.map((file) => [file.path, file]));
    return [...byPath.values()].sort((a, b) => a.path < b.path ? -1 : 1);
  }

  /** `ignoreFiles`: those that come before the folder's own `.dockerignore`. */
  #filesOf(folder: string, attribute: string, ignoreFiles: readonly string[]): TrackedFile[] {
    const { files, tracked } = this.#input;
    if (!isFolderContext(folder)) return [];
    this.#check(folder, attribute, "folder");
    const own = posix.join(folder, ".dockerignore");
    const rules = [...ignoreFiles, own].find((path) => this.#kind(path, attribute) === "file");
    const text = rules === undefined ? "" : new TextDecoder().decode(files.read(rules));
    const ignore = new IgnoreRules(parseDockerignore(text));
    return tracked.filesBelow(folder).filter(({ path }) => {
      const inside = posix.relative(folder, path);
      // What a symlink leads to lies elsewhere, and is taken as a whole.
      return inside === "" || inside.startsWith("../") || path === own || !ignore.ignores(inside);
    });
  }

  /** `undefined`: it is given inline, or comes with a context that the engine fetches. */
  #dockerfile(): string | undefined {
    const { context = "", dockerfile = "Dockerfile", dockerfile_inline: inline } = this.#build;
    if (inline !== undefined || !isFolderContext(context)) return undefined;
    this.#check(context, "context", "folder");
    const path = posix.resolve(context, dockerfile);
    // As Docker does, for the default name.
    const lower = posix.join(posix.dirname(path), "dockerfile");
    const found = posix.basename(path) === "Dockerfile" && this.#kind(path, "dockerfile") === undefined &&
        this.#kind(lower, "dockerfile") === "file"
      ? lower
      : path;
    this.#check(found, "dockerfile", "file");
    return found;
  }

  #check(path: string, attribute: string, wanted: "file" | "folder"): void {
    if (this.#kind(path, attribute) === wanted) return;
    const { name } = this.#service;
    throw new ConfigurationError(
      `Cannot build service ${name}: there is no ${wanted} ${posix.relative(this.#input.root, path) || "."}`,
      { ...this.#place(attribute), hint: "add it to the repository, or mend the path" },
    );
  }

  #place(attribute: string): { readonly path: string; readonly location: Location | undefined } {
    const { name } = this.#service;
    return { path: `services.${name}.build.${attribute}`, location: this.#input.locate(name, attribute) };
  }

  #kind(path: string, attribute: string): ReturnType<Files["kind"]> {
    try {
      return this.#input.files.kind(path);
    } catch (error) {
      const { name } = this.#service;
      throw new ConfigurationError(
        `Cannot build service ${name}: ${messageOf(error)}`,
        {
          ...this.#place(attribute),
          hint: error instanceof HomeportError && error.hint !== undefined
            ? "keep what is built inside the repository"
            : undefined,
          cause: error,
        },
      );
    }
  }
}

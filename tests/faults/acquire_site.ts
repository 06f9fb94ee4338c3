/** An engine, a registry and a Git server of our own, and Homeport as a program. */
import { join } from "node:path";
import type { CleanUp } from "../../tools/clean_up.ts";
import { acquireGit, acquireRegistry } from "../../tools/engine/acquire_programs.ts";
import { say } from "../../tools/terminal.ts";
import { startGitServer } from "../fakes/git_server.ts";
import { startOwnEngine } from "./own_engine.ts";
import { makeProgram } from "./program.ts";
import { startRegistryProxy } from "./registry_proxy.ts";
import type { Site } from "./world.ts";

export interface SiteOptions {
  readonly program: "bundle" | "executable";
  readonly stride: number;
}

export async function acquireSite(
  { program, stride }: SiteOptions,
  { defer, signal }: CleanUp,
): Promise<Site | { readonly missing: string }> {
  const folder = await Deno.realPath(await Deno.makeTempDir({ prefix: "homeport-faults-" }));
  defer(() => Deno.remove(folder, { recursive: true }));
  const found = await acquireGit(say);
  if ("missing" in found) return found;
  const engine = await startOwnEngine(say);
  if ("missing" in engine) return engine;
  defer(() => engine.stop());
  const registry = await acquireRegistry(engine, say);
  if ("missing" in registry) return registry;
  defer(() => registry.stop());
  const proxy = startRegistryProxy(registry.registry);
  defer(() => proxy.close());
  const gitRoot = join(folder, "git");
  await Deno.mkdir(gitRoot);
  const env: Record<string, string> = found.execPath === undefined ? {} : { GIT_EXEC_PATH: found.execPath };
  const git = startGitServer({ git: { command: found.command, env }, root: gitRoot });
  defer(() => git[Symbol.asyncDispose]());
  return {
    engine,
    registry: proxy,
    git,
    gitRoot,
    folder,
    stride,
    signal,
    program: await makeProgram(folder, program),
  };
}

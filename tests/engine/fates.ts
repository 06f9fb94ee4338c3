/** What becomes of a project's containers. */
import type { EngineTest } from "./harness.ts";

export type Fate = "kept" | "restarted" | "recreated" | "created" | "removed";

/** By the container's name, without the project's. */
export type Fates = Readonly<Record<string, Fate>>;

export type Containers = Readonly<Record<string, { readonly id: string; readonly started: string }>>;

/** By name, without the project's. */
export async function containers(t: EngineTest): Promise<Containers> {
  const filters = JSON.stringify({ label: [`com.docker.compose.project=${t.project}`] });
  const list = await t.api.get("/containers/json", { all: "true", filters }) as { Id: string }[];
  const entries = await Promise.all(list.map(async ({ Id }) => {
    const { Name, State } = await t.api.get(`/containers/${Id}/json`) as {
      Name: string;
      State: { StartedAt: string };
    };
    return [Name.replace(`/${t.project}-`, ""), { id: Id, started: State.StartedAt }] as const;
  }));
  return Object.fromEntries(entries);
}

export function fatesOf(before: Containers, after: Containers): Fates {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return Object.fromEntries(names.map((name) => {
    const [old, now] = [before[name], after[name]];
    if (old === undefined) return [name, "created"];
    if (now === undefined) return [name, "removed"];
    if (old.id !== now.id) return [name, "recreated"];
    return [name, old.started === now.started ? "kept" : "restarted"];
  }));
}

export function keptAll(containers: Containers): Fates {
  return Object.fromEntries(Object.keys(containers).sort().map((name) => [name, "kept"]));
}

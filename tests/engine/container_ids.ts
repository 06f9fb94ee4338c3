import type { EngineTest } from "./harness.ts";

/** The test's containers: name → ID. */
export async function containerIds(t: EngineTest): Promise<Record<string, string>> {
  const list = (await t.api.get("/containers/json", { all: "true" })) as { Id: string; Names: string[] }[];
  return Object.fromEntries(
    list.map(({ Id, Names }): [string, string] => [Names[0]!.slice(1), Id]).filter(([name]) =>
      name.startsWith(t.project)
    )
      .sort(),
  );
}

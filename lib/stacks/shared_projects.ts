import { ConfigurationError } from "../errors.ts";
import type { BrokenStack, DesiredStack } from "./desired_stack.ts";

/** Stacks whose Compose projects have one name: each would take over the other's containers, so none of them is deployed. */
export function findSharedProjects(stacks: readonly DesiredStack[]): BrokenStack[] {
  const byProject = Map.groupBy(stacks, ({ project }) => project.name);
  return [...byProject].filter(([, owners]) => owners.length > 1).flatMap(([project, owners]) =>
    owners.map(({ name }) => {
      const others = owners.filter((other) => other.name !== name).map((other) => other.name).join(", ");
      const error = new ConfigurationError(
        `stack ${name} has the project name ${project}, as has ${others}`,
        {
          hint: `give one of them another folder name, or another name: in its Compose file`,
        },
      );
      return { name, error };
    })
  );
}

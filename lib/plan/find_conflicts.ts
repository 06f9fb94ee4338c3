/** Stacks that must not be touched, because their project is claimed by someone else as well. */
import { HomeportError } from "../errors.ts";
import type { BrokenStack } from "../stacks/desired_stack.ts";
import { referenceOf } from "./image_wishes.ts";
import { groupBy, type ObservedIndex } from "./index_observed.ts";
import { imageKey } from "./observed.ts";
import { LABELS, type PlanInput } from "./plan.ts";

export function findConflicts({ stacks, instance }: PlanInput, index: ObservedIndex): readonly BrokenStack[] {
  const byProject = groupBy(stacks, ({ project }) => [project.name]);
  return stacks.flatMap(({ name, project }) => {
    const others = byProject.get(project.name)!.filter((each) => each.name !== name);
    if (others.length > 0) {
      const names = others.map((each) => each.name).join(", ");
      return [broken(
        name,
        `Stack ${name} has the same project name as ${names}: ${project.name}`,
        'give each its own name with "name:" in its Compose file',
      )];
    }
    const rival = findRivalBuild(stacks, name);
    if (rival !== undefined) {
      return [broken(
        name,
        `Stacks ${name} and ${rival.stack} both build image ${rival.image}, and not from the same`,
        "give one of them another image",
      )];
    }
    const other = findOtherInstance(index, project.name, instance);
    return other === undefined ? [] : [broken(
      name,
      `Stack ${name} is deployed by another instance of Homeport already: project ${project.name} belongs to ${other}`,
      `if this is the same repository and host, set "instance" of the host to "${other}"; if not, rename the stack`,
    )];
  });
}

/** Each would build its own over the other's, pass after pass. */
function findRivalBuild(
  stacks: PlanInput["stacks"],
  stack: string,
): { readonly stack: string; readonly image: string } | undefined {
  const builds = stacks.flatMap(({ name, project, builds = {} }) =>
    Object.keys(builds).map((service) => ({
      stack: name,
      image: imageKey(referenceOf({ project }, project.services[service]!)),
      hash: builds[service]!.hash,
    }))
  );
  const own = builds.filter((build) => build.stack === stack);
  return builds.find((build) =>
    build.stack !== stack && own.some(({ image, hash }) => image === build.image && hash !== build.hash)
  );
}

/** Volumes outlive the stack that created them, so they claim nothing. */
function findOtherInstance(index: ObservedIndex, project: string, instance: string): string | undefined {
  return [
    ...index.containersByProject.get(project) ?? [],
    ...index.networksByProject.get(project) ?? [],
  ].map(({ labels }) => labels[LABELS.instance]).find((other) => other !== undefined && other !== instance);
}

function broken(name: string, message: string, hint: string): BrokenStack {
  return { name, error: new HomeportError(message, { hint }) };
}

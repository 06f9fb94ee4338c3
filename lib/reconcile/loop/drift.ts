/** Which events of the engine call for a pass, and how soon. */
import { projectOf } from "../../plan/compose_labels.ts";
import type { EngineEvent } from "../../plan/engine_event.ts";
import type { DesiredStack } from "../../stacks/desired_stack.ts";

/** Events come in flocks: one removed container tells of its end, its networks and its removal. */
const SETTLED = 200;
/** So often in a row it is taken for the work of a person, and not for a container that ends over and over. */
const FREE = 3;
const FIRST = 1_000;
const LONGEST = 60_000;
const QUIET = 10 * 60_000;

export class Drift {
  /** Name of a project, network or volume → the project that it belongs to. */
  #networks: ReadonlyMap<string, string> = new Map();
  #volumes: ReadonlyMap<string, string> = new Map();
  /** Name of a project → the stack that it is. */
  #projects: ReadonlyMap<string, string> = new Map();
  readonly #answered = new Map<string, { readonly at: number; readonly times: number }>();

  /** What is looked after from now on. */
  watch(stacks: readonly DesiredStack[]): void {
    const projects = stacks.map(({ project }) => project);
    this.#projects = new Map(stacks.map(({ name, project }) => [project.name, name]));
    this.#networks = new Map(
      projects.flatMap(({ name, networks }) => Object.values(networks).map((each) => [each.name, name])),
    );
    this.#volumes = new Map(
      projects.flatMap(({ name, volumes }) => Object.values(volumes).map((each) => [each.name, name])),
    );
    for (const project of this.#answered.keys()) {
      if (!this.#projects.has(project)) this.#answered.delete(project);
    }
  }

  /** When a pass is to look into it; `undefined`: it concerns none of the stacks. */
  answerAt(event: EngineEvent, now: number): number | undefined {
    const project = this.#ownerOf(event);
    return project === undefined ? undefined : this.#next(project, now);
  }

  /** Which of the stacks it concerns. */
  stackOf(event: EngineEvent): string | undefined {
    const project = this.#ownerOf(event);
    return project === undefined ? undefined : this.#projects.get(project);
  }

  #ownerOf(event: EngineEvent): string | undefined {
    if (event.kind === "network") return this.#networks.get(event.name);
    if (event.kind === "volume") return this.#volumes.get(event.name);
    const project = projectOf(event);
    return project !== undefined && this.#projects.has(project) ? project : undefined;
  }

  /** A container that ends as soon as it is started must not keep the host busy: the pauses between the passes grow. */
  #next(project: string, now: number): number {
    const last = this.#answered.get(project);
    if (last !== undefined && now <= last.at) return last.at;
    const times = last !== undefined && now - last.at < QUIET ? last.times + 1 : 1;
    const delay = times <= FREE ? SETTLED : Math.min(LONGEST, FIRST * 2 ** (times - FREE - 1));
    this.#answered.set(project, { at: now + delay, times });
    return now + delay;
  }
}

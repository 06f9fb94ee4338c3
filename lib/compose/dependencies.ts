/** Which service needs which: the order of starting and stopping. */
import type { Service } from "./project.ts";

export type Services = Readonly<Record<string, Service>>;

/** Names of the enabled services that `service` depends on, sorted. */
export function dependenciesOf(services: Services, service: string): string[] {
  return Object.keys(services[service]?.depends_on ?? {}).filter((name) => Object.hasOwn(services, name))
    .sort();
}

/** Names of the services that depend on `service`, sorted. `restart`: only those that want to be restarted along with it. */
export function dependentsOf(
  services: Services,
  service: string,
  options: { readonly restart?: true } = {},
): string[] {
  return Object.keys(services).filter((name) => {
    const dependencies = services[name]!.depends_on ?? {};
    const dependency = Object.hasOwn(dependencies, service) ? dependencies[service] : undefined;
    return dependency !== undefined && (options.restart === undefined || dependency.restart === true);
  }).sort();
}

/** Groups of service names: each group depends only on groups before it. Sorted within a group. The services have no cycle. */
export function dependencyOrder(services: Services): string[][] {
  const groups: string[][] = [];
  const done = new Set<string>();
  let waiting = Object.keys(services).sort();
  while (waiting.length > 0) {
    const ready = waiting.filter((name) => dependenciesOf(services, name).every((each) => done.has(each)));
    if (ready.length === 0) {
      throw new Error(`Services depend on each other: ${findCycle(services)?.join(" → ")}`);
    }
    for (const name of ready) done.add(name);
    waiting = waiting.filter((name) => !done.has(name));
    groups.push(ready);
  }
  return groups;
}

/** The names along a cycle, first and last the same; `undefined` without one. */
export function findCycle(services: Services): string[] | undefined {
  const done = new Set<string>();
  const path: string[] = [];

  function visit(name: string): string[] | undefined {
    if (path.includes(name)) return [...path.slice(path.indexOf(name)), name];
    if (done.has(name)) return undefined;
    path.push(name);
    for (const dependency of dependenciesOf(services, name)) {
      const cycle = visit(dependency);
      if (cycle !== undefined) return cycle;
    }
    path.pop();
    done.add(name);
    return undefined;
  }

  for (const name of Object.keys(services).sort()) {
    const cycle = visit(name);
    if (cycle !== undefined) return cycle;
  }
  return undefined;
}

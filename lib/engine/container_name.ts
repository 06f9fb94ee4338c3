import type { Project, Service } from "../compose/project.ts";

/** `<project>-<service>-<number>`, unless the file says otherwise. */
export function containerNameOf(project: Project, service: Service, number: number): string {
  return service.container_name ?? `${project.name}-${service.name}-${number}`;
}

/** What a container is called until the one that it replaces is gone. */
export function temporaryName(replacedId: string, name: string): string {
  return `${replacedId.slice(0, 12)}_${name}`;
}

export function isTemporaryName(name: string): boolean {
  return /^[0-9a-f]{12}_/.test(name);
}

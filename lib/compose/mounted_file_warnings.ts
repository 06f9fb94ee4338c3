import type { Locate } from "./locate.ts";
import type { Project } from "./project.ts";
import type { LoadWarning } from "./load.ts";

/** Configs and secrets that are files are mounted as they are: who owns them in the container cannot be chosen. The reference warns as well. */
export function mountedFileWarnings(
  { services, ...project }: Pick<Project, "services" | "configs" | "secrets">,
  locate: Locate,
): LoadWarning[] {
  return Object.values(services).flatMap((service) =>
    (["configs", "secrets"] as const).flatMap((kind) =>
      (service[kind] ?? []).flatMap((reference, index) => {
        if (project[kind][reference.source ?? ""]?.file === undefined) return [];
        return (["uid", "gid", "mode"] as const).filter((key) => reference[key] !== undefined).map((key) => {
          const path = `services.${service.name}.${kind}[${index}].${key}`;
          return {
            message: `\`${path}\` has no effect: the file is mounted as it is`,
            location: locate(path),
          };
        });
      })
    )
  );
}

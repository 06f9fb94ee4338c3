import type { Project, StringMap, Volume } from "../compose/project.ts";
import type { VolumeBody } from "./body.ts";
import { volumeLabels } from "./compose_labels.ts";

/** A volume of a project as the body of the engine's "create volume" call. */
export function volumeBody(project: Project, key: string, volume: Volume, ownership: StringMap): VolumeBody {
  return {
    Name: volume.name,
    Driver: volume.driver,
    DriverOpts: volume.driver_opts,
    Labels: { ...volume.labels, ...volumeLabels(project, key, volume), ...ownership },
  };
}

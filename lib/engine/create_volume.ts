import { HomeportError } from "../errors.ts";
import type { CreateVolume } from "../plan/operation.ts";
import { ownershipLabels } from "../plan/plan.ts";
import { attempt } from "./request_error.ts";
import { type DeployRun, projectOf, request } from "./run.ts";
import { volumeBody } from "./volume_body.ts";

/** The engine gives a volume that is there already, and never touches what it holds. */
export async function createVolume(run: DeployRun, { volume: key }: CreateVolume): Promise<void> {
  const project = projectOf(run);
  const volume = project.volumes[key];
  if (volume === undefined) throw new HomeportError(`Project ${project.name} has no volume "${key}"`);
  const body = volumeBody(project, key, volume, ownershipLabels(run.context.ownership));
  await attempt(
    `Cannot create volume ${volume.name}`,
    run.signal,
    () => request(run, { method: "POST", path: "/volumes/create", body }),
  );
}

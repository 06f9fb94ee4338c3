import { type DockerApi, DockerApiError } from "../../tools/engine/docker_api.ts";

const PROJECT_LABEL = "com.docker.compose.project";

/** Removes every container, network, volume and built image of the Compose projects whose name begins with the prefix. */
export async function removeProjects(api: DockerApi, prefix: string): Promise<void> {
  const query = { all: "true", filters: JSON.stringify({ label: [PROJECT_LABEL] }) };
  const containers = records(await api.get("/containers/json", query)).filter(belongs(prefix));
  await Promise.all(
    containers.map((each) => remove(api, `/containers/${each["Id"]}`, { force: "true", v: "true" })),
  );
  const networks = records(await api.get("/networks", query)).filter(belongs(prefix));
  await Promise.all(networks.map((each) => remove(api, `/networks/${each["Id"]}`)));
  const volumes = await api.get("/volumes", query) as { readonly Volumes: unknown };
  const owned = records(volumes.Volumes ?? []).filter(belongs(prefix));
  await Promise.all(owned.map((each) => remove(api, `/volumes/${each["Name"]}`, { force: "true" })));
  // Those that were replaced, and have no name any more, included; one may be made of another.
  const images = records(await api.get("/images/json", query)).filter(belongs(prefix));
  for (const each of images) await remove(api, `/images/${each["Id"]}`, { force: "true" });
}

type Labelled = Readonly<Record<string, unknown>> & {
  readonly Labels: Readonly<Record<string, string>> | null;
};

function records(value: unknown): readonly Labelled[] {
  return value as readonly Labelled[];
}

function belongs(prefix: string): (object: Labelled) => boolean {
  return ({ Labels }) => Labels?.[PROJECT_LABEL]?.startsWith(prefix) ?? false;
}

/** What is gone already, or on its way out, is as it should be. */
async function remove(
  api: DockerApi,
  path: string,
  query: Readonly<Record<string, string>> = {},
): Promise<void> {
  try {
    const response = await api.request("DELETE", path, { query });
    await response.body?.cancel();
  } catch (error) {
    if (!(error instanceof DockerApiError) || ![404, 409].includes(error.status)) throw error;
  }
}

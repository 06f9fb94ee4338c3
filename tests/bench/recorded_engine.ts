/** Answers like a Docker Engine on which stacks run as they should: for planning more of them than a test machine can run. */
import { createHash } from "node:crypto";
import { containerLabels, networkLabels, volumeLabels } from "../../lib/engine/compose_labels.ts";
import { LABELS, ownershipLabels } from "../../lib/plan/plan.ts";
import type { DesiredStack } from "../../lib/stacks/desired_stack.ts";

export interface RecordedEngine {
  readonly dockerHost: string;
  close(): Promise<void>;
}

export interface RecordingOptions {
  readonly stacks: readonly DesiredStack[];
  readonly instance: string;
  readonly image: string;
  readonly socket: string;
}

export function startRecordedEngine(options: RecordingOptions): RecordedEngine {
  const answers = record(options);
  const server = Deno.serve({ path: options.socket, onListen: () => {} }, (request) => {
    const path = new URL(request.url).pathname.replace(/^\/v[\d.]+/, "");
    const body = answers.get(path);
    if (path === "/_ping") return new Response("OK", { headers: { "api-version": "1.51" } });
    return body === undefined || request.method !== "GET"
      ? Response.json({ message: `not recorded: ${request.method} ${path}` }, { status: 500 })
      : new Response(body, { headers: { "content-type": "application/json" } });
  });
  return { dockerHost: `unix://${options.socket}`, close: () => server.shutdown() };
}

/** What the engine answers to each list call, as text. */
function record({ stacks, instance, image }: RecordingOptions): Map<string, string> {
  const imageId = `sha256:${hex(image)}`;
  const networks = stacks.flatMap(({ project }) =>
    Object.entries(project.networks).map(([key, network]) => ({
      Name: network.name,
      Id: hex(network.name),
      Created: "2026-01-01T00:00:00.000000000Z",
      Scope: "local",
      Driver: "bridge",
      Labels: networkLabels(project, key, network),
    }))
  );
  const volumes = stacks.flatMap(({ project }) =>
    Object.entries(project.volumes).map(([key, volume]) => ({
      Name: volume.name,
      Driver: "local",
      Mountpoint: `/var/lib/docker/volumes/${volume.name}/_data`,
      Labels: volumeLabels(project, key, volume),
    }))
  );
  const containers = stacks.flatMap((stack) =>
    Object.values(stack.project.services).map((service) => {
      const { project, stackHash, serviceFiles } = stack;
      const name = `${project.name}-${service.name}-1`;
      const filesHash = serviceFiles[service.name]?.hash;
      const ownership = {
        instance,
        stack: stack.name,
        commit: hex("commit").slice(0, 40),
        stackHash,
        version: "0.1.0",
      };
      return {
        Id: hex(name),
        Names: [`/${name}`],
        Image: image,
        ImageID: imageId,
        Command: "sleep 86400",
        Created: 1_767_225_600,
        Ports: [],
        Labels: {
          ...service.labels,
          ...containerLabels({ project, service, hashed: service, number: 1, imageId, replaces: undefined }),
          ...ownershipLabels({ ...ownership, deployedAt: "2026-01-01T00:00:00.000Z" }),
          ...(filesHash === undefined ? {} : { [LABELS.filesHash]: filesHash }),
        },
        State: "running",
        Status: "Up 2 hours",
        HostConfig: { NetworkMode: "none" },
        NetworkSettings: {
          Networks: Object.fromEntries(
            Object.keys(service.networks ?? {}).map((key) => {
              const network = project.networks[key]!.name;
              return [network, {
                NetworkID: hex(network),
                EndpointID: hex(name + network),
                Gateway: "10.0.0.1",
              }];
            }),
          ),
        },
        Mounts: (service.volumes ?? []).map(({ type, source = "", target }) => ({
          Type: type,
          ...(type === "volume" ? { Name: project.volumes[source]!.name } : { Source: source }),
          Destination: target,
          RW: true,
        })),
      };
    })
  );
  const images = [{ Id: imageId, RepoTags: [image], RepoDigests: [], Created: 0, Size: 1_000_000 }];
  return new Map([
    ["/containers/json", JSON.stringify(containers)],
    ["/networks", JSON.stringify(networks)],
    ["/volumes", JSON.stringify({ Volumes: volumes, Warnings: null })],
    ["/images/json", JSON.stringify(images)],
  ]);
}

function hex(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

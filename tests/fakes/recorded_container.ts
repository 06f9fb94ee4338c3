/** A container of the recording engine, as the engine's answers show it. */
import type { ContainerCreation } from "../../lib/engine/body.ts";

export interface RecordedContainer {
  readonly Id: string;
  /** With a leading slash. */
  readonly Name: string;
  start(): void;
  summary(): { readonly Labels: Readonly<Record<string, string>> };
  details(): unknown;
}

type ContainerBody = ContainerCreation["body"];

export function makeContainer(
  Id: string,
  name: string,
  imageId: string,
  body: ContainerBody,
  networkId: (name: string) => string,
): RecordedContainer {
  let status = "created";
  const Name = `/${name}`;
  const Labels = body.Labels ?? {};
  const Mounts = volumesOf(body).map((Name) => ({ Type: "volume", Name, Destination: "/", RW: true }));
  const NetworkSettings = {
    Networks: Object.fromEntries(
      networksOf(body).map((network) => [network, { NetworkID: networkId(network) }]),
    ),
  };
  return {
    Id,
    Name,
    start: () => void (status = "running"),
    summary: () => ({
      Id,
      Names: [Name],
      Image: body.Image,
      ImageID: imageId,
      Command: "sleep 86400",
      Created: 1_767_225_600,
      Labels,
      State: status,
      Status: status === "running" ? "Up 2 hours" : "Created",
      Ports: [],
      NetworkSettings,
      Mounts,
    }),
    details: () => ({
      Id,
      Name,
      Image: imageId,
      State: { Status: status, Running: status === "running", Paused: false, ExitCode: 0, Error: "" },
      Config: { Image: body.Image, Labels },
      HostConfig: body.HostConfig,
      Mounts,
      NetworkSettings,
    }),
  };
}

/** The names of the volumes. */
function volumesOf({ HostConfig: { Binds, Mounts } }: ContainerBody): string[] {
  return [
    ...(Binds ?? []).map((bind) => bind.split(":")[0]!).filter((source) => !source.startsWith("/")),
    ...(Mounts ?? []).flatMap(({ Type, Source }) => Type === "volume" && Source ? [Source] : []),
  ];
}

function networksOf({ HostConfig: { NetworkMode: mode }, NetworkingConfig }: ContainerBody): string[] {
  const endpoints = Object.keys(NetworkingConfig?.EndpointsConfig ?? {});
  const isOther = mode === undefined || mode === "" || mode.includes(":");
  return [...new Set([...isOther ? [] : [mode], ...endpoints])];
}

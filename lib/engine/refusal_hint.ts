/** What to do about the engine's commonest refusals. */
const HINTS: readonly (readonly [message: RegExp, hint: string])[] = [
  [
    /bind source path does not exist/i,
    "create the file or folder on the host, or mend the path in the Compose file",
  ],
  [/network .* not found/i, "create the network, or mend its name in the Compose file"],
  [/no such image|unable to find image/i, "pull the image, or mend its name in the Compose file"],
  [
    /address pools? .*(subnetted|exhausted)|could not find an available.*address pool/i,
    "remove unused networks (docker network prune)",
  ],
  [/pool overlaps/i, "choose a subnet that no other network of this machine uses"],
  [/no command specified/i, "give the service a command: its image has none"],
  [
    /volume.*'[a-z]:\/.*(mount path must be absolute|:r[ow]')/i,
    "one letter before the colon is a drive of Windows: give the volume a longer name in the short form, or use the long form",
  ],
  [/docker-init/i, "install docker-init (tini) on the host, or remove init from the service"],
  [/unable to find (user|group) /i, "name the user or group by its number, or one that the image has"],
  [
    /but it is not a shared (or slave )?mount/i,
    "share the mount on the host (mount --make-rshared), or change bind.propagation",
  ],
  [/maximum retry count can only be used/i, "remove the number of tries, or restart on-failure"],
  [
    /executable file not found|no such file or directory: unknown/i,
    "check the service's command and entrypoint",
  ],
  [/unknown or invalid runtime/i, "install the runtime, or remove it from the service"],
  [/error gathering device information/i, "connect the device, or mend its path in the Compose file"],
  [
    /could not select device driver|unresolvable CDI devices/i,
    "install the driver of the device for containers (such as nvidia-container-toolkit), or mend the request",
  ],
  [/could not get container for/i, "start the container that external_links names, or mend its name"],
  [/no space left on device/i, "free some space on the disk (docker system df)"],
  [/address already in use/i, "choose another address, or remove the container that has it"],
];

export function hintForRefusal(message: string): string | undefined {
  return HINTS.find(([pattern]) => pattern.test(message))?.[1];
}

import type { Service } from "../compose/project.ts";
import { ConfigurationError } from "../errors.ts";
import type { HostConfig } from "./body.ts";

type SecurityOptions = Pick<HostConfig, "SecurityOpt" | "MaskedPaths" | "ReadonlyPaths">;

/** The profile is part of the request: the engine never sees the file. */
export function securityOptions(service: Service, readProfile: (path: string) => string): SecurityOptions {
  const options = service.security_opt ?? [];
  const SecurityOpt = options.filter((option) => option !== UNCONFINED_PATHS).map((option) => {
    const [name, value] = split(service.name, option);
    if (name !== "seccomp" || value === "unconfined" || value === "builtin") return option;
    return `seccomp=${JSON.stringify(JSON.parse(readProfile(value)))}`;
  });
  return options.includes(UNCONFINED_PATHS)
    ? { SecurityOpt, MaskedPaths: [], ReadonlyPaths: [] }
    : { SecurityOpt };
}

const UNCONFINED_PATHS = "systempaths=unconfined";

/** `name=value`, or `name:value` as it was written long ago. */
function split(service: string, option: string): [name: string, value: string] {
  const separator = option.includes("=") ? "=" : ":";
  const at = option.indexOf(separator);
  if (at >= 0) return [option.slice(0, at), option.slice(at + 1)];
  if (option === "no-new-privileges") return [option, ""];
  throw new ConfigurationError(`Service ${service} has an unknown security_opt "${option}"`, {
    path: `services.${service}.security_opt`,
    hint: 'write it as "name=value", such as "no-new-privileges=true"',
  });
}

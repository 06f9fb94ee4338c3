import type { ValidConfig, ValidHost } from "../config/valid_config.ts";
import { ConfigurationError } from "../errors.ts";

export function getHost(config: ValidConfig, name: string): ValidHost {
  const host = config.hosts[name];
  if (host !== undefined) return host;
  throw new ConfigurationError(`host ${JSON.stringify(name)} is not in stacks.config.ts`);
}

import { posix } from "node:path";
import type { ValidConfig } from "../config/valid_config.ts";
import type { Redactor } from "../secret.ts";
import { holdsOf } from "../reconcile/held_stacks.ts";
import type { Pin } from "../reconcile/ports.ts";
import { getHost } from "./get_host.ts";
import { StateFile } from "../state/state_file.ts";

export function stateFileOf(
  { dataDir }: Pick<ValidConfig, "dataDir">,
  { host, redactor }: { readonly host: string; readonly redactor: Redactor },
): StateFile {
  return new StateFile({ dataDir, host, redact: (text) => redactor.redact(text), now: () => new Date() });
}

/** Of the other hosts that work in the data folder: what this one checks out is what their containers mount. */
export function pinsElsewhere(
  config: ValidConfig,
  { host, redactor }: { readonly host: string; readonly redactor: Redactor },
): readonly Pin[] {
  const own = getHost(config, host).stacks.path;
  const isBelow = (path: string, folder: string) => path === folder || path.startsWith(`${folder}/`);
  return Object.entries(config.hosts).flatMap(([name, { stacks: { path } }]) => {
    if (name === host || isBelow(path, own) || isBelow(own, path)) return [];
    const holds = holdsOf(stateFileOf(config, { host: name, redactor }).read());
    return [...holds].map(([stack, { to }]) => ({ path: posix.join(path, stack), commit: to.commit }));
  });
}

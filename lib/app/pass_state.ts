import { posix } from "node:path";
import type { ValidConfig } from "../config/valid_config.ts";
import type { Redactor } from "../secret.ts";
import { holdsOf } from "../reconcile/rollback/held_stacks.ts";
import type { StacksOfCommits } from "../reconcile/pass.ts";
import { commitsToKeep } from "../reconcile/rollback/sync_with_holds.ts";
import { getHost } from "./get_host.ts";
import { StateFile } from "../state/state_file.ts";

export function stateFileOf(
  { dataDir }: Pick<ValidConfig, "dataDir">,
  { host, redactor }: { readonly host: string; readonly redactor: Redactor },
): StateFile {
  return new StateFile({ dataDir, host, redact: (text) => redactor.redact(text), now: () => new Date() });
}

/** Of the other hosts that work in the data folder: what this one checks out is what their containers mount. */
export function findElsewhere(
  config: ValidConfig,
  { host, redactor }: { readonly host: string; readonly redactor: Redactor },
): ReturnType<StacksOfCommits["elsewhere"]> {
  const own = getHost(config, host).stacks.path;
  const isBelow = (path: string, folder: string) => path === folder || path.startsWith(`${folder}/`);
  const others = Object.entries(config.hosts).filter(([name]) => name !== host).map(([name, { stacks }]) => ({
    path: stacks.path,
    state: stateFileOf(config, { host: name, redactor }).read(),
  }));
  return {
    pins: others.filter(({ path }) => !isBelow(path, own) && !isBelow(own, path)).flatMap(({ path, state }) =>
      [...holdsOf(state)].map(([stack, { to }]) => ({ path: posix.join(path, stack), commit: to.commit }))
    ),
    keep: others.flatMap(({ state }) => commitsToKeep(state)),
  };
}

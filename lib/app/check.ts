/** `check`: the configuration, and every stack of a folder. */
import { join, resolve } from "node:path";
import type { CheckOptions, CheckReport } from "../cli/app.ts";
import { findUnknownSecrets } from "../config/check_registries.ts";
import type { ValidConfig } from "../config/valid_config.ts";
import { checkoutFiles } from "../repository/checkout_files.ts";
import { sourcesOf } from "../secrets/gather_variables.ts";
import type { RepositoryFiles } from "../secrets/open_files.ts";
import { checkHosts } from "../stacks/check_hosts.ts";
import { findStacks } from "../stacks/find_stacks.ts";
import type { Files } from "../stacks/stack.ts";
import { homeDir, type ProcessEnvironment } from "./environment.ts";
import { getHost } from "./get_host.ts";

export function check(
  config: ValidConfig,
  { folder, host: named, isAssumed }: CheckOptions,
  environment: ProcessEnvironment,
): CheckReport {
  const root = resolve(folder);
  const files = checkoutFiles(root);
  const names = named === undefined ? Object.keys(config.hosts) : [named];
  const inputs = names.map((name) => {
    const host = getHost(config, name);
    return {
      host: name,
      layout: host.stacks,
      root,
      files,
      startupOrder: host.startupOrder,
      envs: { host: host.envs, shared: config.envs },
      sources: sourcesOf(config.secrets, filesBeside(config, name, root, files)),
      release: config.deploy.composeHash,
      ...homeDir(environment),
    };
  });
  const report = checkHosts(inputs, { isAssumed });
  return { ...report, problems: [...findUnknownSecrets(config, names), ...report.problems] };
}

/** What lies beside the stacks, in a folder that need not be Git's. */
function filesBeside(
  { secrets, hosts }: ValidConfig,
  host: string,
  root: string,
  files: Files,
): RepositoryFiles | undefined {
  if (secrets.every(({ inRepository }) => inRepository === undefined)) return undefined;
  try {
    const { stacks } = findStacks(hosts[host]!.stacks, root, files);
    const paths = stacks.flatMap(({ folder }) =>
      files.list(folder).map((name) => join(folder, name)).filter((path) => files.kind(path) === "file")
    );
    return { root, paths, stacks, read: (path) => files.read(path) };
  } catch {
    // What is wrong with the host's folder is found by the check itself.
    return undefined;
  }
}

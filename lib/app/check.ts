/** `check`: the configuration, and every stack of a folder. */
import { join, relative, resolve } from "node:path";
import type { CheckOptions, CheckReport } from "../cli/app.ts";
import { findUnknownSecrets } from "../config/find_unknown_secrets.ts";
import type { HomeportError } from "../errors.ts";
import type { ValidConfig } from "../config/valid_config.ts";
import { checkoutFiles } from "../repository/checkout_files.ts";
import { sourcesOf } from "../secrets/secret_sources.ts";
import type { RepositoryFiles } from "../secrets/open_files.ts";
import { checkHosts } from "../stacks/check_hosts.ts";
import { findStacks } from "../stacks/find_stacks.ts";
import type { Files } from "../stacks/stack.ts";
import { homeDir, type ProcessEnvironment } from "./environment.ts";
import { getHost } from "./get_host.ts";

export async function check(
  config: ValidConfig,
  { folder, host: named, isAssumed }: CheckOptions,
  environment: ProcessEnvironment,
): Promise<CheckReport> {
  const root = resolve(folder);
  const files = checkoutFiles(root);
  const names = named === undefined ? Object.keys(config.hosts) : [named];
  const context = { dataDir: config.dataDir, signal: new AbortController().signal };
  const unencrypted: HomeportError[] = [];
  const inputs = await Promise.all(names.map(async (name) => {
    const host = getHost(config, name);
    const beside = filesBeside(config, name, root, files);
    for (const { inRepository } of config.secrets) {
      if (beside === undefined) break;
      const encrypted = await inRepository?.(context);
      const paths = beside.paths.map((path) => relative(root, path));
      unencrypted.push(...encrypted?.findUnencrypted?.(paths, (path) => files.read(join(root, path))) ?? []);
    }
    return {
      host: name,
      layout: host.stacks,
      root,
      files,
      startupOrder: host.startupOrder,
      envs: { host: host.envs, shared: config.envs },
      sources: await sourcesOf(config.secrets, context, beside),
      release: config.deploy.composeHash,
      ...homeDir(environment),
    };
  }));
  const report = checkHosts(inputs, { isAssumed });
  // Of a file that lies in clear, nothing else is worth saying.
  const inClear = new Set(unencrypted.map(({ location }) => location?.file));
  const others = report.problems.filter(({ location }) =>
    location === undefined || !inClear.has(location.file)
  );
  return { ...report, problems: [...findUnknownSecrets(config, names), ...unencrypted, ...others] };
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

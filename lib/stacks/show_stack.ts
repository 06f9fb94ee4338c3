/** A stack as `homeport config` shows it: loaded as it would be deployed, and with its secrets masked. */
import { type ConfigNode, configTree } from "../compose/config_tree.ts";
import type { HashFlavour } from "../compose/hash.ts";
import { maskTree } from "../compose/mask_tree.ts";
import { type ResourceHash, resourceHashes } from "../compose/resource_hashes.ts";
import type { StringMap } from "../compose/project.ts";
import type { EnvFileText } from "../compose/variables.ts";
import { ConfigurationError } from "../errors.ts";
import type { StackWarning } from "./desired_stack.ts";
import { loadDisguised } from "./disguise.ts";
import { findStacks } from "./find_stacks.ts";
import { type HostInput, unsetWarning } from "./load_host.ts";
import { type LoadedStack, loadStack, type StackInput } from "./load_stack.ts";
import { openedFiles } from "./opened_files.ts";
import { openedValues } from "./opened_values.ts";
import { requireSecrets } from "./require_secrets.ts";
import type { HostStacks, Stack } from "./stack.ts";
import { isComposeVariable, mergeVariables, secretsOf } from "./variables.ts";

export interface ShownStack {
  readonly model: ConfigNode;
  readonly hashes: readonly ResourceHash[];
  readonly warnings: readonly StackWarning[];
}

export interface ShowOptions {
  /** Whose hashes are shown. */
  readonly composeHash: HashFlavour;
  /** They take the place of the stack's `.env`. */
  readonly envFiles?: readonly EnvFileText[] | undefined;
}

/** Any folder with Compose files. */
export function showFolder(input: StackInput, { composeHash, envFiles }: ShowOptions): ShownStack {
  return show(loadStack({ ...input, envFiles, release: composeHash }), composeHash);
}

/**
 * A stack of a host, by name.
 *
 * @throws {HomeportError} when there is no such stack, it cannot be loaded, or a secrets provider that it needs failed.
 */
export function showStack(input: HostInput, name: string, options: ShowOptions): ShownStack {
  const { root, tracked, envs, secrets, homeDir } = input;
  const files = openedFiles(input.files, secrets.files);
  const found = findStacks(input.layout, root, input.files);
  const stack = getStack(found, name, input);
  const load = (secretVariables: StringMap) => {
    const sources = { host: envs.host, hostFile: found.envs, shared: envs.shared };
    const variables = mergeVariables({ ...sources, secrets: secretVariables });
    const load = () =>
      loadStack({
        stack,
        root,
        files,
        tracked,
        variables,
        homeDir,
        envFiles: options.envFiles,
        release: options.composeHash,
        opened: secrets.files,
      });
    return requireSecrets({ stack, files, variables, sources: secrets.sources, load });
  };
  const given = secretsOf(secrets, stack.name);
  const hidden = Object.fromEntries(
    Object.entries(given).filter(([variable, value]) => value !== "" && !isComposeVariable(variable)),
  );
  const loaded = load(given);
  const masked = (tree: ConfigNode) => {
    const twin = loadDisguised(hidden, (others) => treeOf(load({ ...given, ...others })));
    return maskTree(tree, {
      values: Object.values(hidden),
      ...(twin && { twin: { tree: twin.result, values: Object.values({ ...hidden, ...twin.values }) } }),
      untold: [
        ...Object.keys(hidden).filter((each) => twin?.values[each] === undefined).map((each) =>
          hidden[each]!
        ),
        ...openedValues(loaded.openedFiles, secrets.files),
      ],
    });
  };
  return show(loaded, options.composeHash, masked);
}

function getStack(found: HostStacks, name: string, { host, tracked }: HostInput): Stack {
  const isTracked = ({ folder }: Stack) => tracked.filesBelow(folder).length > 0;
  const stack = found.stacks.find((each) => each.name === name);
  if (stack !== undefined && isTracked(stack)) return stack;
  const broken = found.broken.find((each) => each.name === name);
  if (broken !== undefined) throw broken.error;
  const names = found.stacks.filter(isTracked).map((each) => each.name);
  throw new ConfigurationError(`Host ${host} has no stack ${name}`, {
    hint: names.length === 0 ? "add its folder to the repository" : `pick one of: ${names.join(", ")}`,
  });
}

function show(
  loaded: LoadedStack,
  composeHash: HashFlavour,
  masked: (tree: ConfigNode) => ConfigNode = (tree) => tree,
): ShownStack {
  const { desired, warnings, unset, undeployable } = loaded;
  return {
    model: masked(treeOf(loaded)),
    hashes: resourceHashes(desired.project, composeHash),
    warnings: [
      ...undeployable.map((each) => undeployableWarning(desired.name, each)),
      ...warnings,
      ...unset.map((each) => unsetWarning(desired.name, each)),
    ],
  };
}

/** What is not carried out is shown all the same. */
function undeployableWarning(stack: string, { message, path, location }: ConfigurationError): StackWarning {
  const place = path === undefined ? "" : ` (${path})`;
  return { stack, message: `cannot be deployed: ${message}${place}`, ...(location && { location }) };
}

function treeOf({ desired: { project }, extensions }: LoadedStack): ConfigNode {
  return configTree({ project, extensions });
}

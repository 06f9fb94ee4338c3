/** Loads the Compose files of a folder, as `docker compose` 2.40 does. */
import { posix } from "node:path";
import type { ConfigurationError, Location } from "../errors.ts";
import { bindModel } from "./bind.ts";
import { getConfigFiles } from "./config_files.ts";
import { findInconsistencies } from "./consistency.ts";
import { setDefaults } from "./defaults.ts";
import { fillContents } from "./file_content.ts";
import type { Files } from "./files.ts";
import { DEFAULT_FLAVOUR, type HashFlavour } from "./hash.ts";
import { type Locate, makeLocate } from "./locate.ts";
import { Locations } from "./locations.ts";
import { mergeFiles } from "./merge_files.ts";
import { mountedFileWarnings } from "./mounted_file_warnings.ts";
import { normalise } from "./normalise.ts";
import { findWrittenName, parseConfigFile } from "./parse_config_file.ts";
import { extensionsOf } from "./kind.ts";
import { getProfiles, isEnabled } from "./profiles.ts";
import type { Project, Service, StringMap } from "./project.ts";
import { projectNameOf } from "./project_name.ts";
import { resolvePaths } from "./resolve_paths.ts";
import { findLaterAttributes } from "./later_attributes.ts";
import { locationOf, pathOf, type Spot } from "./spot.ts";
import { throwAll } from "./throw_all.ts";
import { findUndeployable } from "./undeployable.ts";
import { locateBuild } from "./undeployable_build.ts";
import { usedResources } from "./used_resources.ts";
import type { Value } from "./value.ts";
import { addDotenv, type EnvFileText, readVariables } from "./variables.ts";

export interface LoadInput {
  /** Absolute path of the project folder. */
  readonly folder: string;
  /** They stand for the environment that `docker compose` runs in: they win over `.env`, and nothing else is seen. */
  readonly variables: StringMap;
  readonly files: Files;
  /** What `~` stands for. Without it, `~` is refused. */
  readonly homeDir?: string;
  /** Wins over every other name. */
  readonly projectName?: string;
  /** Default: what `COMPOSE_FILE` names, else the folder's Compose file and its override file. */
  readonly configFiles?: readonly string[];
  /** They take the place of the folder's `.env`; later ones win. */
  readonly envFiles?: readonly EnvFileText[];
  /** Default: `COMPOSE_PROFILES`. */
  readonly profiles?: readonly string[];
  /** Default: 2.40, which knows less. */
  readonly release?: HashFlavour;
}

export interface LoadedProject {
  readonly project: Project;
  /** Variables that were not set and became blank. */
  readonly unset: readonly UnsetVariable[];
  readonly warnings: readonly LoadWarning[];
  /** What is loaded as `docker compose` loads it and cannot be carried out. With any of it, the project must not be deployed. */
  readonly undeployable: readonly ConfigurationError[];
  /** Where an attribute of a service's `build` stands: what is wrong with the files that it names is found out later. */
  readonly locateBuild: (service: string, attribute: string) => Location | undefined;
  /** The files' own `x-…` keys of the top level. Nothing here uses them. */
  readonly extensions: Readonly<Record<string, Value>>;
  /** Absolute paths of the Compose, `.env`, env and label files that were read. */
  readonly usedFiles: readonly string[];
  readonly locate: Locate;
}

export interface UnsetVariable {
  readonly name: string;
  readonly location: Location | undefined;
}

export interface LoadWarning {
  readonly message: string;
  readonly location: Location | undefined;
}

/** Throws a ConfigurationError that names file and line; ConfigurationProblems when there are several. */
export function loadProject(input: LoadInput): LoadedProject {
  const { folder, files, homeDir } = input;
  const locations = new Locations();
  const unset = new Map<string, UnsetVariable>();
  const onUnset = (name: string, location: Location | undefined): void => {
    unset.set(`${name} ${location?.file}:${location?.line}`, { name, location });
  };
  const warnings: LoadWarning[] = [];
  const onWarning = (spot: Spot, message: string): void => {
    warnings.push({ message, location: locationOf(spot) });
  };

  const variables = readVariables(input.variables, folder, files, onUnset, input.envFiles);
  const configFiles = getConfigFiles(folder, files, input.configFiles, variables);
  const workingDir = posix.dirname(configFiles[0]!);
  if (input.envFiles === undefined) addDotenv(variables, workingDir, files, onUnset);
  const lookup = (name: string): string | undefined => variables.values.get(name);

  const parsed = configFiles.map((file) => parseConfigFile(file, files, locations));
  const name = projectNameOf({
    folder: workingDir,
    explicit: input.projectName,
    variable: lookup("COMPOSE_PROJECT_NAME"),
    variablePlace: variables.places.get("COMPOSE_PROJECT_NAME"),
    written: findWrittenName(parsed, lookup, locations),
  });
  variables.values.set("COMPOSE_PROJECT_NAME", name);

  const usedFiles = [...configFiles, ...variables.usedFiles];
  const dict = mergeFiles(parsed, {
    variables: variables.values,
    locations,
    onUnset,
    onWarning,
    files,
    homeDir,
    usedFiles,
    callFolder: folder,
    searchFolder: workingDir,
    workingDir,
    includedBy: [],
    included: { count: 0 },
    extended: new Map(),
  });
  throwAll(findLaterAttributes(dict, locations, input.release ?? DEFAULT_FLAVOUR));
  const problems: ConfigurationError[] = [];
  const undeployable = (problem: ConfigurationError): void => void problems.push(problem);
  setDefaults(dict, locations);
  resolvePaths(dict, { workingDir, homeDir, files, locations, undeployable });
  normalise(dict, { projectName: name, lookup, locations });

  const profiles = getProfiles(input.profiles, variables.values);
  const model = bindModel(dict, (service) => isEnabled(service, profiles), {
    workingDir,
    homeDir,
    files,
    locations,
    variables: variables.values,
    onUnset,
    usedFiles,
    undeployable,
    unused: (spot) => onWarning(spot, `\`${pathOf(spot)}\` has no effect`),
  });
  const [enabled, disabled] = partition(model.services, (service) => isEnabled(service, profiles));
  throwAll(findInconsistencies({ dict, locations, model, enabled }));

  const used = usedResources(enabled, model);
  const content = {
    dict,
    locations,
    variables: variables.values,
    files,
    onProblem: undeployable,
  };
  const configs = fillContents("configs", used.configs, content);
  const secrets = fillContents("secrets", used.secrets, content);
  const project: Project = {
    name,
    workingDir,
    configFiles,
    services: withScaleAsReplicas(enabled),
    disabledServices: Object.keys(disabled),
    networks: used.networks,
    unusedNetworks: Object.keys(model.networks).filter((key) => !Object.hasOwn(used.networks, key))
      .map((key) => model.networks[key]!.name),
    volumes: used.volumes,
    configs,
    secrets,
    models: used.models,
  };
  const locate = makeLocate(dict, locations);
  return {
    project,
    unset: [...unset.values()],
    warnings: [...warnings, ...mountedFileWarnings(project, locate)],
    undeployable: [...findUndeployable(dict, project, locations), ...problems],
    locateBuild: (service, attribute) => locateBuild(dict, locations, service, attribute),
    extensions: extensionsOf(dict),
    usedFiles,
    locate,
  };
}

function partition(
  services: Readonly<Record<string, Service>>,
  belongs: (service: Service) => boolean,
): [Record<string, Service>, Record<string, Service>] {
  const names = Object.keys(services);
  const pick = (wanted: boolean) =>
    Object.fromEntries(
      names.filter((name) => belongs(services[name]!) === wanted).map((name) => [name, services[name]!]),
    );
  return [pick(true), pick(false)];
}

/** `scale` and `deploy.replicas` say the same; where one is given and `deploy` is there, so is the other. */
function withScaleAsReplicas(services: Readonly<Record<string, Service>>): Record<string, Service> {
  return Object.fromEntries(
    Object.entries(services).map(([name, service]) => {
      const { scale, deploy } = service;
      if (scale === undefined || deploy === undefined) return [name, service];
      return [name, { ...service, deploy: { ...deploy, replicas: scale } }];
    }),
  );
}

/** Where Homeport does something else than `docker compose` 2.40 on purpose. Whatever is compared and not named here must be the same. */
export interface Difference {
  readonly id: string;
  /** The Compose attribute or the situation. */
  readonly attribute: string;
  /** What the reference does. */
  readonly reference: string;
  readonly homeport: string;
  readonly reason: string;
  /** The test that shows it: its file, and its name. */
  readonly test: string;
}

const SHOWN = "tests/parity/shown_differences.ts";

export const DIFFERENCES = [
  {
    id: "volumes-from-mode",
    attribute: "services.volumes_from",
    reference: "drops `:ro`, so that the volumes of the other container can be written to",
    homeport: "keeps the mode that the file gives",
    reason: "read-only means read-only; the config-hash is the same",
    test: `${SHOWN}: volumes_from keeps its mode`,
  },
  {
    id: "network-recreation",
    attribute: "networks",
    reference:
      "attaches containers to a network that was made anew without their aliases and addresses, and the next `up` does not mend it",
    homeport: "attaches them with everything that the file gives them",
    reason: "a service that nobody finds by its name is broken",
    test: `${SHOWN}: a network that is made anew leaves aliases and addresses as they were`,
  },
  {
    id: "shared-replica",
    attribute: "services.pid",
    reference:
      "shares the namespace of now one and now another replica when they are recreated, and may recreate the service at the next `up`",
    homeport: "shares that of the first by name, at once (`ipc`, `network_mode` and `volumes_from`, too)",
    reason: "a second pass must find nothing to do",
    test: `${SHOWN}: of several containers the first by its name is shared`,
  },
  {
    id: "foreign-networks",
    attribute: "networks.name",
    reference: "uses a network of another project that has the same name and key, with a warning",
    homeport: "refuses it, unless it is declared `external`",
    reason: "one of the two projects would remove or change it under the other",
    test: "tests/engine/networks_test.ts: a network of another project under the same name is an error",
  },
  {
    id: "fewer-replicas",
    attribute: "services.scale",
    reference: "keeps now one and now another replica where they change and become fewer at once",
    homeport: "keeps those with the lowest numbers, as where they only become fewer",
    reason: "the same files must lead to the same containers",
    test: `${SHOWN}: replicas that change and become fewer keep the lowest number`,
  },
  {
    id: "wait-timeout",
    attribute: "services.depends_on.condition",
    reference:
      "with `--wait-timeout`, now and then starts the dependent when the time is over, and reports success",
    homeport: "fails the deployment after `deploy.waitTimeout`, and starts nothing that depends on it",
    reason: "a dependency that is not there is a failure",
    test: "tests/parity/differences_test.ts: a wait whose time is over fails, and what waits is not started",
  },
  {
    id: "pre-stop-recreate",
    attribute: "services.pre_stop",
    reference: "leaves the hooks out where a container is recreated",
    homeport: "runs them wherever a running container of the service is stopped",
    reason: "what must happen before a stop must happen before every stop",
    test: `${SHOWN}: pre_stop runs before a recreation`,
  },
  {
    id: "config-content",
    attribute: "configs.content",
    reference: "does not notice that a config's or secret's content changed",
    homeport: "recreates the services that use it",
    reason: "a changed configuration is there to be used",
    test: `${SHOWN}: a changed content of a config recreates the services that use it`,
  },
  {
    id: "mounted-files",
    attribute: "services.volumes",
    reference:
      "does not notice that a file changed that is bind-mounted, or is the file of a config or secret",
    homeport: "recreates the services that mount it, where Git tracks the file",
    reason: "a push is to take effect without a further command",
    test: "tests/engine/apply_test.ts: a changed bind-mounted file recreates only the services that mount it",
  },
  {
    id: "orphans",
    attribute: "services",
    reference: "warns of containers whose service is gone from the file, without `--remove-orphans`",
    homeport: "removes them",
    reason: "what Git does not say does not run",
    test:
      "tests/engine/transitions.ts: a service that is gone from the file is removed, of which the reference only warns",
  },
  {
    id: "no-services",
    attribute: "services",
    reference: "fails where a project has no services, or none that a profile enables",
    homeport: "has nothing to create, and removes what ran",
    reason: "whoever disables the last service of a stack means it",
    test: "tests/parity/corpus_test.ts: files about ${topic} load as docker compose loads them",
  },
  {
    id: "dropped-networks",
    attribute: "networks",
    reference: "leaves a network that is gone from the file",
    homeport: "removes it, if Homeport made it and nothing is attached to it",
    reason: "Git says what there is",
    test:
      "tests/plan/networks_test.ts: a network that left the file is removed, once nothing of the stack is attached to it any more",
  },
  {
    id: "finished-jobs",
    attribute: "services.restart",
    reference: "runs a container that ended well again at every `up`",
    homeport: "leaves it alone, unless its restart policy would restart it",
    reason: "whoever looks after a host all day would run every job all day",
    test: `${SHOWN}: a job that is done is not done again`,
  },
  {
    id: "pull-always",
    attribute: "services.pull_policy",
    reference: "`always` pulls at every `up`",
    homeport: "`always` pulls when a container is created or recreated",
    reason: "the moment of an update is not to be a timer's choice; `daily` and `every_…` are there for that",
    test: "tests/plan/images_test.ts: pull_policy always does not pull on every pass",
  },
  {
    id: "labels",
    attribute: "services.labels",
    reference: "writes its own labels",
    homeport:
      "writes those of the reference, and `homeport.*` beside them on containers, networks and volumes",
    reason: "all state stands there; the labels are not part of the config-hash",
    test: "tests/engine/containers_test.ts: a container is created with both tools' labels, and started",
  },
  {
    id: "parent-folders",
    attribute: "compose.yml",
    reference: "looks for a Compose file in the folders above, if the project's folder has none",
    homeport: "looks only in the stack's folder",
    reason: "a stack is its folder; a file above is another stack's",
    test: "tests/compose/project_name_test.ts: a Compose file in a folder above is not taken",
  },
  {
    id: "process-environment",
    attribute: "variables",
    reference: "sees every variable of its process",
    homeport: "sees those that the configuration names",
    reason: "what is deployed must not depend on who starts it",
    test: "tests/compose/load_test.ts: given variables win over .env, and nothing of the process is seen",
  },
  {
    id: "alias-bombs",
    attribute: "YAML",
    reference: "hangs, and takes all memory, at aliases that multiply",
    homeport: "refuses them at once",
    reason: "one broken file must not stop a host",
    test: "tests/compose/yaml_test.ts: files made to exhaust the machine are refused at once",
  },
  {
    id: "null-pid",
    attribute: "services.pid",
    reference: "crashes at a `pid` that is empty",
    homeport: "takes it as not set, as the schema has it",
    reason: "a crash is no verdict",
    test: "tests/parity/loading_differences_test.ts: files that are loaded otherwise on purpose",
  },
  {
    id: "large-numbers",
    attribute: "services",
    reference: "makes numbers beyond 64 bits negative or small",
    homeport: "refuses whole numbers of more than 53 bits, but for sizes beyond 64, which both drop",
    reason: "nobody wants what comes of them",
    test: "tests/parity/loading_differences_test.ts: files that are loaded otherwise on purpose",
  },
  {
    id: "outside-files",
    attribute: "services.env_file",
    reference: "reads env files wherever they are",
    homeport: "refuses those outside of the repository",
    reason: "what is deployed stands in Git",
    test: "tests/parity/loading_differences_test.ts: files that are loaded otherwise on purpose",
  },
  {
    id: "compatibility-variables",
    attribute: "variables",
    reference: "names containers with `_` where `COMPOSE_COMPATIBILITY` is set, and changes Windows paths",
    homeport: "refuses these variables",
    reason: "they are those of Compose 1",
    test: "tests/parity/loading_differences_test.ts: files that are loaded otherwise on purpose",
  },
] as const satisfies readonly Difference[];

export type DifferenceId = typeof DIFFERENCES[number]["id"];

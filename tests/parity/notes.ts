/** What cannot be read from the cases, for the table of attributes. */
interface Note {
  /** The attribute, with those below it. */
  readonly path: string;
  /** Where the attribute is not carried out: what becomes of it. */
  readonly effect?: "hash" | "none" | "refused";
  readonly text: string;
}

const SWARM = "of a swarm; one engine has no use for it";
const OBJECT = "of a swarm's own object; here the content is put into the container";
const FILE = "not of a `file`, which is mounted as it is";

export const NOTES: readonly Note[] = [
  { path: "version", effect: "none", text: "obsolete: a warning says so" },
  { path: "models", effect: "refused", text: "where a service uses it" },
  { path: "include[]", text: "files of the repository only" },
  { path: "services.*.attach", effect: "hash", text: "tells `docker compose up` whose output to show" },
  {
    path: "services.*.credential_spec",
    effect: "hash",
    text: "of Windows; a warning says that it has no effect",
  },
  {
    path: "services.*.depends_on.*.restart",
    text: "restarts with what it depends on when that is made anew",
  },
  { path: "services.*.deploy.endpoint_mode", effect: "hash", text: SWARM },
  { path: "services.*.deploy.labels", effect: "hash", text: SWARM },
  { path: "services.*.deploy.mode", effect: "hash", text: SWARM },
  { path: "services.*.deploy.placement", effect: "hash", text: SWARM },
  { path: "services.*.deploy.resources.reservations.cpus", effect: "hash", text: SWARM },
  { path: "services.*.deploy.resources.reservations.generic_resources", effect: "hash", text: SWARM },
  { path: "services.*.deploy.restart_policy.delay", effect: "hash", text: SWARM },
  { path: "services.*.deploy.restart_policy.window", effect: "hash", text: SWARM },
  { path: "services.*.deploy.rollback_config", effect: "hash", text: SWARM },
  { path: "services.*.deploy.update_config", effect: "hash", text: SWARM },
  { path: "services.*.develop", effect: "hash", text: "tells `docker compose watch` what to watch" },
  { path: "services.*.extends.file", text: "files of the repository only" },
  { path: "services.*.ports[].app_protocol", effect: "hash", text: "no engine has a place for it" },
  { path: "services.*.ports[].mode", effect: "hash", text: SWARM },
  { path: "services.*.ports[].name", effect: "hash", text: "no engine has a place for it" },
  { path: "services.*.build.platforms", text: "one; several at once are refused" },
  {
    path: "services.*.pull_refresh_after",
    effect: "none",
    text: "known to the schema alone, as in `docker compose`; a warning says so",
  },
  {
    path: "services.*.volumes[].type",
    text: "`bind`, `volume`, `tmpfs`, `image`; `npipe` and `cluster` are refused",
  },
  {
    path: "networks.*.ipam.options",
    effect: "none",
    text: "`docker compose` 2.40 leaves it out, too; a warning says so",
  },
  { path: "configs.*.labels", effect: "none", text: OBJECT },
  { path: "configs.*.name", effect: "none", text: OBJECT },
  { path: "secrets.*.labels", effect: "none", text: OBJECT },
  { path: "secrets.*.name", effect: "none", text: OBJECT },
  { path: "services.*.configs[].uid", text: FILE },
  { path: "services.*.configs[].gid", text: FILE },
  { path: "services.*.configs[].mode", text: FILE },
  { path: "services.*.secrets[].uid", text: FILE },
  { path: "services.*.secrets[].gid", text: FILE },
  { path: "services.*.secrets[].mode", text: FILE },
  { path: "networks.*.external.name", text: "deprecated: a warning says so" },
  { path: "volumes.*.external.name", text: "deprecated: a warning says so" },
];

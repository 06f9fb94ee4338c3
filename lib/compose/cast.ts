import { findDecimal } from "./scalar.ts";
import { Float, type Value } from "./value.ts";

/** Makes a value of an interpolated text. */
export interface Cast {
  /** In words, for the error. */
  readonly wants: string;
  /** Undefined when the text does not fit. */
  readonly read: (text: string) => Value | undefined;
}

/** What becomes of the texts at one place of a document and below it. */
export interface CastTable {
  cast?: Cast;
  readonly below: Map<string, CastTable>;
}

export function findCasts(table: CastTable | undefined, key: string | number): CastTable | undefined {
  if (table === undefined) return undefined;
  return table.below.get(typeof key === "number" ? "[]" : key) ?? table.below.get("*");
}

const INTEGERS = [
  "services.*.cpu_count",
  "services.*.cpu_period",
  "services.*.cpu_quota",
  "services.*.cpu_rt_period",
  "services.*.cpu_rt_runtime",
  "services.*.cpu_shares",
  "services.*.deploy.placement.max_replicas_per_node",
  "services.*.deploy.replicas",
  "services.*.deploy.restart_policy.max_attempts",
  "services.*.deploy.rollback_config.parallelism",
  "services.*.deploy.update_config.parallelism",
  "services.*.healthcheck.retries",
  "services.*.oom_score_adj",
  "services.*.pids_limit",
  "services.*.ports.[].target",
  "services.*.scale",
  "services.*.ulimits.*",
  "services.*.ulimits.*.hard",
  "services.*.ulimits.*.soft",
];

const FLOATS = [
  "services.*.cpu_percent",
  "services.*.deploy.rollback_config.max_failure_ratio",
  "services.*.deploy.update_config.max_failure_ratio",
];

const SINGLE_FLOATS = ["services.*.cpus"];

const BOOLEANS = [
  "configs.*.external",
  "networks.*.attachable",
  "networks.*.enable_ipv4",
  "networks.*.enable_ipv6",
  "networks.*.external",
  "networks.*.internal",
  "secrets.*.external",
  "services.*.healthcheck.disable",
  "services.*.init",
  "services.*.oom_kill_disable",
  "services.*.privileged",
  "services.*.read_only",
  "services.*.stdin_open",
  "services.*.tty",
  "services.*.volumes.[].read_only",
  "services.*.volumes.[].volume.nocopy",
  "volumes.*.external",
];

/** The attributes whose texts Compose reads as numbers and booleans: by key, `*` for any key, `[]` for the items of a list. */
export const CASTS: CastTable = tableOf([
  [{ wants: "a whole number", read: readInteger }, INTEGERS],
  [{ wants: "a number", read: readFloat }, FLOATS],
  [{ wants: "a number", read: readSingleFloat }, SINGLE_FLOATS],
  [{ wants: "true or false", read: readBoolean }, BOOLEANS],
]);

function tableOf(casts: readonly (readonly [Cast, readonly string[]])[]): CastTable {
  const root: CastTable = { below: new Map() };
  for (const [cast, paths] of casts) {
    for (const path of paths) {
      let table = root;
      for (const key of path.split(".")) {
        const next = table.below.get(key) ?? { below: new Map() };
        table.below.set(key, next);
        table = next;
      }
      table.cast = cast;
    }
  }
  return root;
}

function readInteger(text: string): number | bigint | undefined {
  if (!/^[-+]?[0-9]+$/.test(text)) return undefined;
  const value = Number(text);
  if (Number.isSafeInteger(value)) return value === 0 ? 0 : value;
  const large = BigInt(text.replace(/^\+/, ""));
  return BigInt.asIntN(64, large) === large ? large : undefined;
}

function readFloat(text: string): Float | undefined {
  const value = findDecimal(text);
  return value === undefined ? undefined : new Float(value);
}

/** Compose keeps the number of CPUs in 32 bits. */
function readSingleFloat(text: string): Float | undefined {
  const value = Math.fround(findDecimal(text) ?? NaN);
  return Number.isFinite(value) ? new Float(value) : undefined;
}

function readBoolean(text: string): boolean | undefined {
  const word = text.toLowerCase();
  if (["true", "y", "yes", "on"].includes(word)) return true;
  return ["false", "n", "no", "off"].includes(word) ? false : undefined;
}

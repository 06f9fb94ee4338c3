/** How a stack is deployed and looked after: by its own files, else by the host's configuration, else by the defaults. */
import { isMapping, type Mapping, type Value } from "../compose/value.ts";
import { closestName } from "../compose/schema/closest_name.ts";
import type { Locate } from "../compose/locate.ts";
import { ConfigurationError } from "../errors.ts";
import { findMilliseconds } from "./duration.ts";

/** A length of time: numbers with units (`ms`, `s`, `m`, `h`, `d`), such as `"90s"`, `"5m"` or `"1h30m"`. */
export type Duration = string;

/** How a stack is deployed and looked after. */
export interface StackSettings {
  /** Milliseconds. */
  readonly healthGate: { readonly timeout: number; readonly stable: number } | "off";
  /** Whether a deployment that fails is taken back. */
  readonly rollback: "on" | "off";
  /** Whether what was changed by hand is put back, or only told. */
  readonly drift: "heal" | "report";
  /** The stack is left as it runs. */
  readonly suspend: boolean;
}

/** How it is watched whether a deployment went well. */
export interface HealthGateConfig {
  /** How long a stack's services may take until all run or are healthy. Default: `"60s"`. */
  readonly timeout?: Duration;
  /** How long they must stay so without a break; `"0s"`: not at all. Default: `"5s"`. */
  readonly stable?: Duration;
}

/** What is set for one stack. What is absent is as the configuration's `deploy` and `drift` have it. */
export interface GivenSettings {
  /** Whether it is watched how the services fare after a deployment, and for how long. Default: `deploy.healthGate`. */
  readonly healthGate?: "off" | HealthGateConfig;
  /** Whether a deployment that fails is taken back. Default: `deploy.rollback`. */
  readonly rollback?: "on" | "off";
  /** Whether what was changed by hand is put back, or only told. Default: `drift.mode`. */
  readonly drift?: "heal" | "report";
  /** Leave the stack as it runs. Default: `false`. */
  readonly suspend?: boolean;
}

/** Of the configuration. */
export interface HostSettings {
  /** Of the configuration's `deploy` and `drift`. */
  readonly defaults: StackSettings;
  /** By the stack's name. */
  readonly ofStack: Readonly<Record<string, GivenSettings>>;
}

export const DEFAULT_SETTINGS: StackSettings = {
  healthGate: { timeout: 60_000, stable: 5_000 },
  rollback: "on",
  drift: "heal",
  suspend: false,
};

export function settingsOf({ settings }: { readonly settings?: StackSettings }): StackSettings {
  return settings ?? DEFAULT_SETTINGS;
}

/** Later ones win; of a health gate also by its parts. Either of them suspends. */
export function mergeSettings(
  defaults: StackSettings,
  ...given: readonly ({ [Key in keyof GivenSettings]?: GivenSettings[Key] | undefined } | undefined)[]
): StackSettings {
  return given.reduce<StackSettings>((settings, each) => {
    if (each === undefined) return settings;
    const { healthGate, rollback, drift, suspend } = each;
    return {
      healthGate: healthGate === undefined ? settings.healthGate : mergeGate(settings.healthGate, healthGate),
      rollback: rollback ?? settings.rollback,
      drift: drift ?? settings.drift,
      suspend: settings.suspend || suspend === true,
    };
  }, defaults);
}

function mergeGate(
  known: StackSettings["healthGate"],
  given: NonNullable<GivenSettings["healthGate"]>,
): StackSettings["healthGate"] {
  if (given === "off") return "off";
  const base = known === "off" ? DEFAULT_SETTINGS.healthGate as Exclude<typeof known, "off"> : known;
  return {
    timeout: given.timeout === undefined ? base.timeout : findMilliseconds(given.timeout)!,
    stable: given.stable === undefined ? base.stable : findMilliseconds(given.stable)!,
  };
}

/** Of a stack, before its own files are asked. */
export function hostSettingsOf({ defaults, ofStack }: HostSettings, stack: string): StackSettings {
  return mergeSettings(defaults, Object.hasOwn(ofStack, stack) ? ofStack[stack] : undefined);
}

/** The key of a Compose file's top level. */
const KEY = "x-homeport";

interface SettingsOfFiles {
  /** `undefined`: they set nothing. */
  readonly given: GivenSettings | undefined;
  /** Each with its place. */
  readonly problems: readonly ConfigurationError[];
}

/** What a stack's own Compose files say of it. */
export function settingsOfFiles(
  extensions: Readonly<Record<string, Value>>,
  locate: Locate,
): SettingsOfFiles {
  const written = extensions[KEY];
  const problems: ConfigurationError[] = [];
  const report = (path: string, message: string, hint: string) =>
    void problems.push(new ConfigurationError(message, { path, location: locate(path), hint }));
  if (written === undefined || written === null) return { given: undefined, problems };
  const read = readObject(KEY, written, ["health_gate", "rollback", "drift", "suspend"], report);
  const choice = <Choice extends string>(key: string, choices: readonly Choice[]): Choice | undefined => {
    const value = read[key];
    if (value === undefined || choices.includes(value as Choice)) return value as Choice | undefined;
    report(
      `${KEY}.${key}`,
      `${show(value)} where ${choices.join(" or ")} is needed`,
      `write ${choices.map((each) => `${key}: ${each}`).join(", or ")}`,
    );
    return undefined;
  };
  const suspend = read["suspend"];
  if (suspend !== undefined && typeof suspend !== "boolean") {
    report(
      `${KEY}.suspend`,
      `${show(suspend)} where true or false is needed`,
      "write suspend: true, or suspend: false",
    );
  }
  const gate = read["health_gate"];
  const rollback = choice("rollback", ["on", "off"]);
  const drift = choice("drift", ["heal", "report"]);
  return {
    given: {
      ...(gate !== undefined && { healthGate: readGate(gate, report) }),
      ...(rollback !== undefined && { rollback }),
      ...(drift !== undefined && { drift }),
      ...(typeof suspend === "boolean" && { suspend }),
    },
    problems,
  };
}

type Report = (path: string, message: string, hint: string) => void;

function readGate(value: Value, report: Report): "off" | HealthGateConfig {
  if (value === "off") return "off";
  const path = `${KEY}.health_gate`;
  const read = readObject(path, value, ["timeout", "stable"], report);
  const duration = (key: "timeout" | "stable"): { [Key in typeof key]?: string } => {
    const text = read[key];
    if (text === undefined) return {};
    const milliseconds = typeof text === "string" ? findMilliseconds(text) : undefined;
    if (milliseconds !== undefined && (milliseconds > 0 || key === "stable")) {
      return { [key]: text as string };
    }
    report(
      `${path}.${key}`,
      `${show(text)} is not a duration`,
      `write numbers with units, such as ${key}: 90s`,
    );
    return {};
  };
  return { ...duration("timeout"), ...duration("stable") };
}

function readObject(path: string, value: Value, keys: readonly string[], report: Report): Mapping {
  if (!isMapping(value)) {
    const off = path === KEY ? "" : ", or off";
    report(
      path,
      `${show(value)} where a mapping is needed`,
      `write the keys ${keys.join(", ")} below it${off}`,
    );
    return {};
  }
  for (const key of Object.keys(value)) {
    if (keys.includes(key)) continue;
    const near = closestName(key, keys);
    const hint = near === undefined ? `the keys here are ${keys.join(", ")}` : `did you mean ${near}?`;
    report(`${path}.${key}`, `unknown key ${JSON.stringify(key)}`, hint);
  }
  return value;
}

function show(value: Value): string {
  if (isMapping(value)) return "a mapping";
  if (Array.isArray(value)) return "a list";
  return typeof value === "string" ? JSON.stringify(value) : String(value);
}

import { DEFAULT_FLAVOUR } from "../compose/hash.ts";
import { registryHost } from "../compose/registry_host.ts";
import type { StringMap } from "../compose/project.ts";
import { ConfigurationProblems } from "../errors.ts";
import { DEFAULT_SETTINGS, mergeSettings } from "../stacks/stack_settings.ts";
import type { Registries } from "./config.ts";
import { findMilliseconds } from "./duration.ts";
import { defaultInstance } from "./instance.ts";
import { problemsOf } from "./problems.ts";
import { CONFIG, type ParsedConfig, type ParsedHost } from "./schema.ts";
import { cleanPath } from "./value_rules.ts";
import type { ValidConfig, ValidHost } from "./valid_config.ts";

const DEFAULTS = {
  branch: "main",
  username: "git",
  dataDir: "/var/lib/homeport",
  interval: "60s",
  prune: true,
  waitTimeout: "5m",
  pullTimeout: "15m",
  parallel: 4,
  composeHash: DEFAULT_FLAVOUR,
  keep: "90d",
  cleanup: "30 4 * * *",
  images: "own",
  attempts: 5,
  within: "10m",
  updates: { schedule: "0 4 * * *", jitter: "10m" },
} as const;

/**
 * Checks what types cannot tell, and fills in every default.
 *
 * @throws {ConfigurationProblems} with every problem at once, each with its path such as `hosts.helium.stacks.path`.
 */
export function validateConfig(config: unknown): ValidConfig {
  const result = CONFIG.safeParse(config);
  if (result.success) return withDefaults(result.data);
  const problems = problemsOf(result.error, config);
  const count = problems.length === 1 ? "a problem" : `${problems.length} problems`;
  throw new ConfigurationProblems(`stacks.config.ts has ${count}:`, problems);
}

function withDefaults(config: ParsedConfig): ValidConfig {
  const {
    repository,
    hosts,
    envs,
    secrets = [],
    registries,
    dataDir,
    poll,
    prune,
    deploy,
    drift,
    updates,
    journal,
    notifications = [],
    cleanup,
  } = config;
  const { url, branch, auth } = repository;
  const { healthGate, rollback, drift: mode } = mergeSettings(DEFAULT_SETTINGS, deploy, {
    drift: drift?.mode,
  });
  return {
    repository: {
      url,
      branch: branch ?? DEFAULTS.branch,
      ...(auth && { auth: { token: auth.token, username: auth.username ?? DEFAULTS.username } }),
    },
    hosts: mapValues(hosts, (host, name) => hostWithDefaults(host, name, url)),
    envs: texts(envs),
    secrets: Array.isArray(secrets) ? secrets : [secrets],
    registries: byHost(registries),
    dataDir: dataDir ?? DEFAULTS.dataDir,
    poll: { interval: milliseconds(poll?.interval ?? DEFAULTS.interval) },
    prune: { enabled: prune?.enabled ?? DEFAULTS.prune },
    deploy: {
      waitTimeout: milliseconds(deploy?.waitTimeout ?? DEFAULTS.waitTimeout),
      pullTimeout: milliseconds(deploy?.pullTimeout ?? DEFAULTS.pullTimeout),
      parallel: deploy?.parallel ?? DEFAULTS.parallel,
      composeHash: deploy?.composeHash ?? DEFAULTS.composeHash,
      healthGate,
      rollback,
    },
    drift: {
      mode,
      attempts: drift?.attempts ?? DEFAULTS.attempts,
      within: milliseconds(drift?.within ?? DEFAULTS.within),
    },
    ...(updates !== undefined && {
      updates: {
        schedule: updates.schedule ?? DEFAULTS.updates.schedule,
        ...(updates.timeZone !== undefined && { timeZone: updates.timeZone }),
        jitter: milliseconds(updates.jitter ?? DEFAULTS.updates.jitter),
        mode: updates.mode ?? "apply",
        exclude: updates.exclude ?? [],
      },
    }),
    journal: { keep: milliseconds(journal?.keep ?? DEFAULTS.keep) },
    notifications,
    cleanup: {
      ...(cleanup?.schedule !== "off" && { schedule: cleanup?.schedule ?? DEFAULTS.cleanup }),
      ...(cleanup?.timeZone !== undefined && { timeZone: cleanup.timeZone }),
      images: cleanup?.images ?? DEFAULTS.images,
    },
  };
}

function hostWithDefaults(host: ParsedHost, name: string, url: string): ValidHost {
  return {
    stacks: { kind: host.stacks.kind, path: cleanPath(host.stacks.path) },
    startupOrder: host.startupOrder ?? [],
    envs: texts(host.envs),
    registries: byHost(host.registries),
    instance: host.instance ?? defaultInstance(name, url),
    stackSettings: host.stackSettings ?? {},
    maintenanceWindows: (host.maintenanceWindows ?? []).map(({ duration, ...window }) => ({
      ...window,
      duration: milliseconds(duration),
    })),
  };
}

function texts(envs: Readonly<Record<string, string | number | boolean>> = {}): StringMap {
  return mapValues(envs, String);
}

function byHost(registries: Registries = {}): Registries {
  return Object.fromEntries(Object.entries(registries).map(([name, value]) => [registryHost(name), value]));
}

function milliseconds(duration: string): number {
  const value = findMilliseconds(duration);
  if (value === undefined) throw new TypeError(`not a duration: ${duration}`);
  return value;
}

function mapValues<From, To>(
  record: Readonly<Record<string, From>>,
  map: (value: From, key: string) => To,
): Readonly<Record<string, To>> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value, key)]));
}

/** Turns what the schema found into what a person reads: the value, where it stands, and what to do. */
import type { z } from "zod";
import { ConfigurationError } from "../errors.ts";
import { findSimilar } from "./similar.ts";
import { quote } from "./value_rules.ts";

type Issue = z.core.$ZodIssue;
type Path = readonly PropertyKey[];

/** What to write, by path; `*` stands for any name or index. */
const EXAMPLES: Readonly<Record<string, string>> = {
  repository: 'repository: { url: "https://git.example.org/me/homelab.git" }',
  "repository.url": 'url: "https://git.example.org/me/homelab.git"',
  "repository.branch": 'branch: "main"',
  "repository.auth": 'auth: { token: fromEnv("GIT_TOKEN") }',
  "repository.auth.username": 'username: "git"',
  hosts: 'hosts: { helium: { stacks: folder("servers/helium") } }',
  "hosts.*": 'helium: { stacks: folder("servers/helium") }',
  "hosts.*.stacks": 'stacks: folder("servers/helium")',
  "hosts.*.stacks.kind": 'stacks: folder("servers/helium")',
  "hosts.*.stacks.path": 'stacks: folder("servers/helium")',
  "hosts.*.startupOrder": 'startupOrder: ["traefik"]',
  "hosts.*.startupOrder.*": 'startupOrder: ["traefik"]',
  "hosts.*.envs": "envs: { PUID: 1000 }",
  "hosts.*.envs.*": "envs: { PUID: 1000 }",
  "hosts.*.instance": 'instance: "helium@git.example.org/me/homelab"',
  envs: 'envs: { TZ: "Europe/Berlin" }',
  "envs.*": 'envs: { TZ: "Europe/Berlin" }',
  registries: 'registries: { "ghcr.io": { username: "me", password: fromEnv("GHCR_TOKEN") } }',
  "registries.*": '"ghcr.io": { username: "me", password: fromEnv("GHCR_TOKEN") }',
  "hosts.*.registries": 'registries: { "ghcr.io": { username: "me", password: fromEnv("GHCR_TOKEN") } }',
  "hosts.*.registries.*": '"ghcr.io": { username: "me", password: fromEnv("GHCR_TOKEN") }',
  dataDir: 'dataDir: "/var/lib/homeport"',
  poll: 'poll: { interval: "60s" }',
  "poll.interval": 'poll: { interval: "60s" }',
  prune: "prune: { enabled: true }",
  "prune.enabled": "prune: { enabled: true }",
  notifications: 'notifications: [ntfy({ topic: "homelab" })]',
  deploy: 'deploy: { waitTimeout: "5m" }',
  "deploy.waitTimeout": 'deploy: { waitTimeout: "5m" }',
  "deploy.pullTimeout": 'deploy: { pullTimeout: "15m" }',
  "deploy.parallel": "deploy: { parallel: 4 }",
  "deploy.composeHash": 'deploy: { composeHash: "5" }',
  "deploy.healthGate": 'deploy: { healthGate: { timeout: "2m", stable: "10s" } }',
  "deploy.healthGate.timeout": 'deploy: { healthGate: { timeout: "2m" } }',
  "deploy.healthGate.stable": 'deploy: { healthGate: { stable: "10s" } }',
  "deploy.rollback": 'deploy: { rollback: "off" }',
  drift: 'drift: { mode: "report" }',
  "drift.mode": 'drift: { mode: "report" }',
  "drift.attempts": 'drift: { attempts: 5, within: "10m" }',
  "drift.within": 'drift: { attempts: 5, within: "10m" }',
  updates: 'updates: { schedule: "0 4 * * *" }',
  "updates.schedule": 'updates: { schedule: "0 4 * * *" }',
  "updates.timeZone": 'timeZone: "Europe/Berlin"',
  "updates.jitter": 'jitter: "10m"',
  "updates.mode": 'updates: { mode: "notify" }',
  "updates.exclude": 'exclude: ["postgres", "media-*"]',
  "updates.exclude.*": 'exclude: ["postgres", "media-*"]',
  "hosts.*.stackSettings": 'stackSettings: { postgres: { rollback: "off" } }',
  "hosts.*.stackSettings.*": 'postgres: { rollback: "off" }',
  "hosts.*.stackSettings.*.healthGate": 'healthGate: { timeout: "2m", stable: "10s" }',
  "hosts.*.stackSettings.*.healthGate.timeout": 'healthGate: { timeout: "2m" }',
  "hosts.*.stackSettings.*.healthGate.stable": 'healthGate: { stable: "10s" }',
  "hosts.*.stackSettings.*.rollback": 'rollback: "off"',
  "hosts.*.stackSettings.*.drift": 'drift: "report"',
  "hosts.*.stackSettings.*.suspend": "suspend: true",
  "hosts.*.maintenanceWindows": 'maintenanceWindows: [{ cron: "0 18 * * 5", duration: "60h" }]',
  "hosts.*.maintenanceWindows.*": '{ cron: "0 18 * * 5", duration: "60h" }',
  "hosts.*.maintenanceWindows.*.cron": 'cron: "0 18 * * 5"',
  "hosts.*.maintenanceWindows.*.duration": 'duration: "60h"',
  "hosts.*.maintenanceWindows.*.timeZone": 'timeZone: "Europe/Berlin"',
};

/** The keys of each object, for unknown ones that were meant to be one of these. */
const KEYS: Readonly<Record<string, readonly string[]>> = {
  "": [
    "repository",
    "hosts",
    "envs",
    "secrets",
    "registries",
    "dataDir",
    "poll",
    "prune",
    "deploy",
    "drift",
    "updates",
    "journal",
    "notifications",
  ],
  repository: ["url", "branch", "auth"],
  "repository.auth": ["token", "username"],
  "hosts.*": [
    "stacks",
    "startupOrder",
    "envs",
    "registries",
    "instance",
    "stackSettings",
    "maintenanceWindows",
  ],
  "registries.*": ["username", "password", "identityToken"],
  "hosts.*.registries.*": ["username", "password", "identityToken"],
  "hosts.*.stacks": ["kind", "path"],
  poll: ["interval"],
  prune: ["enabled"],
  deploy: ["waitTimeout", "pullTimeout", "parallel", "composeHash", "healthGate", "rollback"],
  "deploy.healthGate": ["timeout", "stable"],
  drift: ["mode", "attempts", "within"],
  "hosts.*.stackSettings.*": ["healthGate", "rollback", "drift", "suspend"],
  "hosts.*.stackSettings.*.healthGate": ["timeout", "stable"],
  "hosts.*.maintenanceWindows.*": ["cron", "duration", "timeZone"],
  updates: ["schedule", "timeZone", "jitter", "mode", "exclude"],
  journal: ["keep"],
};

export function problemsOf(error: z.core.$ZodError, config: unknown): ConfigurationError[] {
  return error.issues.flatMap((issue) => explain(issue, valueAt(config, issue.path)));
}

function explain(issue: Issue, value: unknown): ConfigurationError[] {
  const path = formatPath(issue.path);
  switch (issue.code) {
    case "custom":
      return [new ConfigurationError(issue.message, { path, hint: String(issue.params?.["hint"] ?? "") })];
    case "unrecognized_keys":
      return issue.keys.map((key) => unknownKey(issue.path, key));
    case "invalid_type":
      return [wrong(issue.path, value, NAMES[issue.expected] ?? issue.expected)];
    case "invalid_union":
      return explainUnion(issue, value);
    case "too_small":
      return [wrong(issue.path, value, `at least ${issue.minimum}`)];
    case "too_big":
      return [wrong(issue.path, value, `at most ${issue.maximum}`)];
    case "invalid_value":
      return [wrong(issue.path, value, issue.values.map((each) => JSON.stringify(each)).join(" or "))];
    default:
      return [new ConfigurationError(issue.message, { path })];
  }
}

/** Of a health gate, that part counts which was meant. */
function explainUnion(
  issue: Extract<Issue, { code: "invalid_union" }>,
  value: unknown,
): ConfigurationError[] {
  if (issue.path.at(-1) !== "healthGate") return [wrong(issue.path, value, "text, a number or a boolean")];
  const ofObject = issue.errors.at(-1) ?? [];
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? ofObject.flatMap((each) =>
      explain({ ...each, path: [...issue.path, ...each.path] }, valueAt(value, each.path))
    )
    : [wrong(issue.path, value, '"off" or an object')];
}

const NAMES: Readonly<Record<string, string>> = {
  object: "an object",
  record: "an object",
  array: "a list",
  string: "text",
  boolean: "true or false",
  number: "a number",
  int: "a whole number",
};

function wrong(path: Path, value: unknown, expected: string): ConfigurationError {
  const example = EXAMPLES[pattern(path)];
  const message = value === undefined
    ? "required, and missing"
    : `${show(path, value)} where ${expected} is needed`;
  const hint = example === undefined ? undefined : `write it such as ${example}`;
  return new ConfigurationError(message, { path: formatPath(path) || "the configuration", hint });
}

function unknownKey(path: Path, key: string): ConfigurationError {
  const keys = KEYS[pattern(path)] ?? [];
  const similar = findSimilar(key, keys);
  return new ConfigurationError(`unknown key ${quote(key)}`, {
    path: formatPath([...path, key]),
    hint: similar === undefined ? `the keys here are ${keys.join(", ")}` : `did you mean ${quote(similar)}?`,
  });
}

/** Short, and without what may be a secret: contents of objects and lists are not shown. */
function show(path: Path, value: unknown): string {
  const mayBeSecret = path.some((part) =>
    part === "auth" || part === "registries" || part === "notifications"
  );
  if (typeof value === "string") return mayBeSecret || /:\/\/[^/]*@/.test(value) ? "text" : quote(value);
  if (typeof value === "function") return "a function";
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" && value !== null ? "an object" : String(value);
}

function pattern(path: Path): string {
  return path.map((part, index) => isFree(path, index) ? "*" : String(part)).join(".");
}

/** Whether the owner chose this part of the path: a host's name, a variable's name, a registry, an index. */
function isFree(path: Path, index: number): boolean {
  const before = path[index - 1];
  return typeof path[index] === "number" || (before === "hosts" && index === 1) ||
    (before === "stackSettings" && index === 3) ||
    ((before === "envs" || before === "registries") && (index === 1 || (index === 3 && path[0] === "hosts")));
}

function formatPath(path: Path): string {
  return path.map((part, index) => {
    if (typeof part === "number") return `[${part}]`;
    if (!/^[\w-]+$/.test(String(part))) return `[${quote(String(part))}]`;
    return index === 0 ? String(part) : `.${String(part)}`;
  }).join("");
}

function valueAt(config: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (value, part) =>
      typeof value === "object" && value !== null ? (value as Record<PropertyKey, unknown>)[part] : undefined,
    config,
  );
}

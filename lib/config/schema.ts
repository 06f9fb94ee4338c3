/** The form of the configuration. What each problem says to its reader is in `problems.ts`. */
import * as z from "zod";
import { HASH_FLAVOURS } from "../compose/hash.ts";
import { registryHost } from "../compose/registry_host.ts";
import type {
  CredentialReference,
  GivenSettings,
  HealthGateConfig,
  MaintenanceWindow,
  Registries,
  SecretReference,
} from "./config.ts";
import { findUrlFault, takesToken } from "./repository_url.ts";
import { findCronFault, findTimeZoneFault } from "./cron.ts";
import type { NotificationChannel } from "./notification.ts";
import type { SecretsProvider } from "./secrets_provider.ts";
import * as rules from "./value_rules.ts";

type Context = z.core.$RefinementCtx;

/** Problems of a part are no reason to keep those of the whole to oneself. */
const ALWAYS = { when: () => true };

const ENVS = recordOf(z.union([z.string(), z.number(), z.boolean()]), rules.variableName);

const REGISTRIES = recordOf(
  z.strictObject({
    username: z.unknown().superRefine(reportBadUser).optional(),
    password: z.unknown().superRefine(reportBadPassword).optional(),
    identityToken: z.unknown().superRefine(reportBadPassword).optional(),
  }).superRefine(reportIncompleteLogin, ALWAYS),
  rules.registryName,
).superRefine(reportSameRegistry, ALWAYS).transform((registries) => registries as Registries);

const REPOSITORY = z.strictObject({
  url: text((url) => findUrlFault(url)),
  branch: text(rules.branchName).optional(),
  auth: z.strictObject({
    token: z.custom<CredentialReference | SecretReference>().superRefine(reportBadToken),
    username: text(rules.userName).optional(),
  }).optional(),
}).superRefine(reportUselessAuth, ALWAYS);

const HEALTH_GATE = z.union([
  z.literal("off"),
  z.strictObject({ timeout: text(rules.duration).optional(), stable: text(rules.pause).optional() }),
]).transform((gate) => gate as "off" | HealthGateConfig);
const ROLLBACK = z.literal(["on", "off"]);
const DRIFT = z.literal(["heal", "report"]);

const STACK_SETTINGS = z.strictObject({
  healthGate: HEALTH_GATE.optional(),
  rollback: ROLLBACK.optional(),
  drift: DRIFT.optional(),
  suspend: z.boolean().optional(),
}).transform((settings) => settings as GivenSettings);

const WINDOW = z.strictObject({
  cron: text(findCronFault),
  duration: text(rules.windowDuration),
  timeZone: text(findTimeZoneFault).optional(),
}).transform((window) => window as MaintenanceWindow);

const HOST = z.strictObject({
  stacks: z.strictObject({ kind: z.literal("folder"), path: text(rules.repositoryPath) }),
  startupOrder: z.array(text(rules.stackName)).superRefine(reportRepetition, ALWAYS).optional(),
  envs: ENVS.optional(),
  registries: REGISTRIES.optional(),
  instance: text(rules.instanceName).optional(),
  stackSettings: recordOf(STACK_SETTINGS, rules.stackName).optional(),
  maintenanceWindows: z.array(WINDOW).optional(),
});

export const CONFIG = z.strictObject({
  repository: REPOSITORY,
  hosts: recordOf(HOST, rules.hostName).superRefine(reportHosts, ALWAYS),
  envs: ENVS.optional(),
  secrets: z.custom<SecretsProvider | readonly SecretsProvider[]>().superRefine(reportBadProviders)
    .optional(),
  registries: REGISTRIES.optional(),
  dataDir: text(rules.absolutePath).optional(),
  poll: z.strictObject({ interval: text(rules.pollInterval).optional() }).optional(),
  prune: z.strictObject({ enabled: z.boolean().optional() }).optional(),
  deploy: z.strictObject({
    waitTimeout: text(rules.duration).optional(),
    pullTimeout: text(rules.duration).optional(),
    parallel: z.int().min(1).max(64).optional(),
    composeHash: z.literal(HASH_FLAVOURS).optional(),
    healthGate: HEALTH_GATE.optional(),
    rollback: ROLLBACK.optional(),
  }).optional(),
  drift: z.strictObject({
    mode: DRIFT.optional(),
    attempts: z.int().min(1).max(100).optional(),
    within: text(rules.duration).optional(),
  }).optional(),
  updates: z.strictObject({
    schedule: text(findCronFault).optional(),
    timeZone: text(findTimeZoneFault).optional(),
    jitter: text(rules.pause).optional(),
    mode: z.literal(["apply", "notify"]).optional(),
    exclude: z.array(text(rules.stackName)).optional(),
  }).optional(),
  journal: z.strictObject({ keep: text(rules.duration).optional() }).optional(),
  notifications: z.array(z.custom<NotificationChannel>().superRefine(reportBadChannel)).optional(),
  cleanup: z.strictObject({
    schedule: text((value) => value === "off" ? undefined : findCronFault(value)).optional(),
    timeZone: text(findTimeZoneFault).optional(),
    images: z.literal(["own", "all"]).optional(),
  }).optional(),
});

export type ParsedConfig = z.output<typeof CONFIG>;
export type ParsedHost = z.output<typeof HOST>;

function text(rule: rules.Rule) {
  return z.string().superRefine((value, context) => report(context, rule(value)));
}

function recordOf<Value extends z.ZodType>(value: Value, key: rules.Rule) {
  return z.record(z.string(), value).superRefine((record, context) => {
    if (!isRecord(record)) return;
    for (const name of Object.keys(record)) report(context, key(name), [name]);
  }, ALWAYS);
}

function reportUselessAuth(repository: unknown, context: Context): void {
  if (!isRecord(repository) || repository["auth"] === undefined) return;
  const url = repository["url"];
  if (typeof url !== "string" || takesToken(url) || findUrlFault(url) !== undefined) return;
  report(context, {
    message: `a token is of no use with ${rules.quote(url)}`,
    hint: "leave auth out, or use an https:// URL",
  }, ["auth"]);
}

function reportBadToken(token: unknown, context: Context): void {
  reportBadCredential(token, context, TOKEN_HINT);
}

const TOKEN_HINT =
  'write fromEnv("GIT_TOKEN"), fromFile("/etc/homeport/git-token") or fromSecrets("GIT_TOKEN")';
const PASSWORD_HINT =
  'write fromEnv("REGISTRY_TOKEN"), fromFile("/etc/homeport/registry-token") or fromSecrets("REGISTRY_TOKEN")';

function reportBadPassword(password: unknown, context: Context): void {
  if (password !== undefined) reportBadCredential(password, context, PASSWORD_HINT);
}

function reportBadUser(user: unknown, context: Context): void {
  if (typeof user !== "string") return reportBadPassword(user, context);
  if (rules.userName(user) === undefined) return;
  const hint = "write the user's name without colons and spaces; the credential belongs into `password`";
  report(context, { message: "not a user name", hint });
}

function reportIncompleteLogin(login: unknown, context: Context): void {
  if (!isRecord(login)) return;
  const { username, password, identityToken } = login;
  if (identityToken !== undefined) {
    if (username === undefined && password === undefined) return;
    return report(context, {
      message: "identityToken stands beside a user or a password",
      hint: "write either identityToken, or username and password",
    });
  }
  const hint = 'write it such as "ghcr.io": { username: "me", password: fromEnv("GHCR_TOKEN") }';
  for (const [key, value] of Object.entries({ username, password })) {
    if (value === undefined) report(context, { message: "required, and missing", hint }, [key]);
  }
}

function reportSameRegistry(registries: unknown, context: Context): void {
  if (!isRecord(registries)) return;
  const names = Object.keys(registries);
  names.forEach((name, index) => {
    const other = names.slice(0, index).find((each) => registryHost(each) === registryHost(name));
    if (other === undefined) return;
    const message = `${rules.quote(name)} is the same registry as ${rules.quote(other)}`;
    report(context, { message, hint: "list it once" }, [name]);
  });
}

/** The value is never shown: a person may have put the credential itself there. */
function reportBadCredential(token: unknown, context: Context, hint: string): void {
  if (token === undefined) return report(context, { message: "required, and missing", hint });
  if (typeof token === "string") {
    return report(context, { message: "a credential is a reference, never a literal", hint });
  }
  const { kind, name, path } = isRecord(token) ? token : {};
  if ((kind === "credential-from-env" || kind === "credential-from-secrets") && typeof name === "string") {
    return rules.variableName(name) &&
      report(context, { message: "not a name of a variable", hint }, ["name"]);
  }
  if (kind === "credential-from-file" && typeof path === "string") {
    return rules.absolutePath(path) && report(context, { message: "not an absolute path", hint }, ["path"]);
  }
  report(context, { message: "not a reference to a credential", hint });
}

function reportRepetition(names: unknown, context: Context): void {
  if (!Array.isArray(names)) return;
  names.forEach((name, index) => {
    if (typeof name !== "string" || names.indexOf(name) === index) return;
    report(context, { message: `${rules.quote(name)} is listed twice`, hint: "list it once" }, [index]);
  });
}

function reportHosts(hosts: unknown, context: Context): void {
  if (!isRecord(hosts)) return;
  const names = Object.keys(hosts);
  if (names.length === 0) {
    report(context, {
      message: "no host at all",
      hint: 'add one, such as helium: { stacks: folder("servers/helium") }',
    });
  }
  const owners = new Map<unknown, string>();
  for (const name of names) {
    const host = hosts[name];
    const instance = isRecord(host) ? host["instance"] : undefined;
    const other = owners.get(instance);
    if (instance !== undefined && other !== undefined) {
      report(context, {
        message: `${rules.quote(String(instance))} is the instance of host ${other} too`,
        hint: "give each host its own: each would take the other's stacks down",
      }, [name, "instance"]);
    }
    if (instance !== undefined) owners.set(instance, name);
  }
}

function reportBadProviders(secrets: unknown, context: Context): void {
  if (secrets === undefined) return;
  const isList = Array.isArray(secrets);
  for (const [index, each] of (isList ? secrets : [secrets]).entries()) {
    const path = isList ? [index] : [];
    const faults = isProvider(each) ? each.faults ?? [] : [{
      message: "not a secrets provider",
      hint: 'write env("DB_PASSWORD") or dotenvFiles("/etc/homeport/secrets.env"), or several in a list',
    }];
    for (const fault of faults) report(context, fault, path);
  }
}

function isProvider(value: unknown): value is SecretsProvider {
  return isRecord(value) && typeof value["label"] === "string" && typeof value["variables"] === "function" &&
    typeof value["mayProvide"] === "function";
}

function reportBadChannel(channel: unknown, context: Context): void {
  const faults = isChannel(channel) ? channel.faults ?? [] : [{
    message: "not a channel for notifications",
    hint: 'write ntfy({ topic: "homelab" }), email({ … }) or another one of them',
  }];
  for (const fault of faults) report(context, fault);
}

function isChannel(value: unknown): value is NotificationChannel {
  return isRecord(value) && typeof value["label"] === "string" && typeof value["send"] === "function" &&
    Array.isArray(value["credentials"]);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function report(context: Context, fault: rules.Fault | undefined, path: (string | number)[] = []): void {
  if (fault === undefined) return;
  context.addIssue({ code: "custom", message: fault.message, path, params: { hint: fault.hint } });
}

/** Takes only what this Homeport wrote, or could have written: a state that is half understood would deploy what was taken back. */
import type { HostState } from "../reconcile/state/stack_state.ts";

export class UnusableState extends Error {
  readonly isNewer: boolean;

  constructor(message: string, isNewer = false) {
    super(message);
    this.isNewer = isNewer;
  }
}

export function parseHosts(text: string, version: number): Readonly<Record<string, HostState>> {
  const parsed = parseJson(text);
  const written = isRecord(parsed) ? parsed["version"] : undefined;
  if (typeof written !== "number") throw new UnusableState("it is no state of Homeport");
  if (written > version) {
    throw new UnusableState(`it is of version ${written}, and this Homeport knows up to ${version}`, true);
  }
  const hosts = (parsed as Record<string, unknown>)["hosts"];
  if (!isRecord(hosts)) throw new UnusableState("hosts is missing");
  for (const [name, host] of Object.entries(hosts)) {
    if (!isHost(host)) throw new UnusableState(`hosts.${name} is not as it was written`);
  }
  return hosts as unknown as Record<string, HostState>;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new UnusableState("it is no JSON");
  }
}

function isHost(value: unknown): boolean {
  return isRecord(value) && isRecord(value["stacks"]) &&
    Object.values(value["stacks"]).every(isStack);
}

function isStack(value: unknown): boolean {
  if (!isRecord(value)) return false;
  const { intended, good, hold, rejected, heals } = value;
  return isListOf(good, isGood) && isListOf(rejected, isRejected) &&
    isListOf(heals, (each) => typeof each === "string") &&
    (intended === undefined || hasTexts(intended, "commit", "stackHash", "since")) &&
    (hold === undefined || isHold(hold));
}

function isGood(value: unknown): boolean {
  return hasTexts(value, "commit", "stackHash", "at") && hasImages(value);
}

function hasImages(value: unknown): boolean {
  const images = isRecord(value) ? value["images"] : undefined;
  return isRecord(images) && Object.values(images).every((each) => hasTexts(each, "id"));
}

function isRejected(value: unknown): boolean {
  return hasTexts(value, "reference", "since") && isRecord(value) && hasTexts(value["bad"], "id") &&
    hasTexts(value["good"], "id");
}

function isHold(value: unknown): boolean {
  if (!isRecord(value) || typeof value["since"] !== "string") return false;
  switch (value["kind"]) {
    case "rolled-back":
      return hasTexts(value, "reason") && hasTexts(value["bad"], "commit", "stackHash") &&
        isGood(value["to"]);
    case "manual":
      return hasTexts(value["to"], "commit") && hasImages(value["to"]);
    case "drift":
      return hasTexts(value, "reason", "stackHash");
    default:
      return false;
  }
}

function hasTexts(value: unknown, ...keys: readonly string[]): boolean {
  return isRecord(value) && keys.every((key) => typeof value[key] === "string");
}

function isListOf(value: unknown, isItem: (item: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every(isItem);
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

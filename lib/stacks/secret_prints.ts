/** Which secrets go into which service, so that a plan can say which one changed. */
import type { StringMap } from "../compose/project.ts";
import { canonicalJson } from "./canonical_json.ts";
import type { DesiredStack, SecretPrints } from "./desired_stack.ts";
import { loadDisguised } from "./disguise.ts";

export interface PrintInput {
  readonly desired: DesiredStack;
  /** Those that the stack's files name. */
  readonly secrets: StringMap;
  /** Loads the stack with other values of these. */
  readonly load: (others: StringMap) => DesiredStack;
  /** Of a value, for nobody to guess the value from. */
  readonly fingerprint: (name: string, value: string) => string;
}

/** A secret goes into a service if the service is another one with another value. Where no other value can be tried, it may. */
export function findSecretPrints({ desired, secrets, load, fingerprint }: PrintInput): SecretPrints {
  const prints: Record<string, Record<string, string>> = Object.create(null);
  for (const name of Object.keys(secrets).sort()) {
    const value = secrets[name]!;
    const twin = loadDisguised({ [name]: value }, load);
    const isTried = twin?.values[name] !== undefined;
    for (const service of Object.keys(desired.project.services)) {
      if (isTried && contentOf(desired, service) === contentOf(twin!.result, service)) continue;
      (prints[service] ??= Object.create(null))![name] = fingerprint(name, value);
    }
  }
  return prints;
}

function contentOf({ project, serviceFiles }: DesiredStack, service: string): string {
  return canonicalJson([project.services[service], serviceFiles[service]?.hash]);
}

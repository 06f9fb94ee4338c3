/** Which secrets go into which service, so that a plan can say which one changed. */
import { canonicalJson } from "./canonical_json.ts";
import type { DesiredStack, SecretPrints } from "./desired_stack.ts";
import { loadDisguised } from "./disguise.ts";

/** A variable or an encrypted file that a stack uses. */
export interface UsedSecret {
  /** As plans name it. */
  readonly name: string;
  readonly value: string;
  /** Loads the stack with another value of it. */
  readonly loadWith: (other: string) => DesiredStack;
}

/** Of a value, for nobody to guess the value from. */
type Fingerprint = (name: string, value: string) => string;

/** A secret goes into a service if the service is another one with another value. Where no other value can be tried, it may. */
export function findSecretPrints(
  desired: DesiredStack,
  secrets: readonly UsedSecret[],
  fingerprint: Fingerprint,
): SecretPrints {
  const prints: Record<string, Record<string, string>> = Object.create(null);
  for (const { name, value, loadWith } of secrets) {
    const twin = loadDisguised({ [name]: value }, (others) => loadWith(others[name]!));
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

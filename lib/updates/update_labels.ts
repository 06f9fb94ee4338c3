/** Labels by which a service says what becomes of newer images: ours, and those of the tools that people come from. */
import type { StringMap } from "../compose/project.ts";

const UPDATES_LABEL = "homeport.updates";

/** `told`: it is only told that there is a newer one. */
export type LabelVerdict =
  | { readonly kind: "free" }
  | { readonly kind: "told"; readonly reason: string }
  | { readonly kind: "excluded"; readonly reason: string };

const FREE: LabelVerdict = { kind: "free" };

/** Our own label wins. A word of it that means nothing is no permission. */
export function verdictOf(labels: StringMap): LabelVerdict {
  const own = labels[UPDATES_LABEL];
  if (own === "on") return FREE;
  if (own === "notify") return { kind: "told", reason: `label ${UPDATES_LABEL} is notify` };
  if (own === "off") return { kind: "excluded", reason: `label ${UPDATES_LABEL} is off` };
  if (own !== undefined) {
    return {
      kind: "excluded",
      reason: `label ${UPDATES_LABEL} is ${JSON.stringify(own)}: write on, off or notify`,
    };
  }
  return verdictOfWatchtower(labels);
}

const WATCHTOWER = "com.centurylinklabs.watchtower";

function verdictOfWatchtower(labels: StringMap): LabelVerdict {
  const { [`${WATCHTOWER}.enable`]: enable, [`${WATCHTOWER}.monitor-only`]: monitorOnly } = labels;
  if (isFalse(enable)) return { kind: "excluded", reason: `label ${WATCHTOWER}.enable is ${enable}` };
  if (isTrue(monitorOnly)) {
    return { kind: "told", reason: `label ${WATCHTOWER}.monitor-only is ${monitorOnly}` };
  }
  return FREE;
}

const COMPOSEFLUX = "composeflux.image-update.exclude";

/** ComposeFlux leaves a whole stack out, as soon as one of its services says so. */
export function findStackExclusion(services: Readonly<Record<string, StringMap>>): string | undefined {
  const service = Object.keys(services).sort().find((name) => isTrue(services[name]![COMPOSEFLUX]));
  return service === undefined ? undefined : `label ${COMPOSEFLUX} of ${service} is true`;
}

/** As Go reads truth, which these tools are written in. */
function isTrue(value: string | undefined): boolean {
  return value !== undefined && ["1", "t", "T", "true", "TRUE", "True"].includes(value);
}

function isFalse(value: string | undefined): boolean {
  return value !== undefined && ["0", "f", "F", "false", "FALSE", "False"].includes(value);
}

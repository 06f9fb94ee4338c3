import { deviceAttributes } from "./deploy.ts";
import {
  attributes,
  choice,
  command,
  flag,
  list,
  NAME,
  nothing,
  ONE_LINE,
  oneOf,
  openNames,
  pairs,
  type Rule,
  scalar,
  text,
  textOrTexts,
  texts,
  whole,
} from "./rule.ts";
import { fileReferences } from "./service_parts.ts";

/** Attributes that few home servers use; some are not carried out yet, but a mistake in them is named all the same. */
const blkioLimits = list(attributes({ path: text, rate: whole }, { others: "none" }));

export const blkioConfig: Rule = attributes({
  device_read_bps: blkioLimits,
  device_read_iops: blkioLimits,
  device_write_bps: blkioLimits,
  device_write_iops: blkioLimits,
  weight: whole,
  weight_device: list(attributes({ path: text, weight: whole }, { others: "none" })),
}, { others: "none" });

export function build(extraHosts: Rule, ulimits: Rule): Rule {
  return choice(
    text,
    attributes({
      additional_contexts: pairs,
      args: pairs,
      cache_from: list(text),
      cache_to: list(text),
      context: text,
      dockerfile: text,
      dockerfile_inline: text,
      entitlements: list(text),
      extra_hosts: extraHosts,
      isolation: text,
      labels: pairs,
      network: text,
      no_cache: flag,
      platforms: list(text),
      privileged: flag,
      provenance: flag,
      pull: flag,
      sbom: flag,
      secrets: fileReferences,
      shm_size: whole,
      ssh: pairs,
      tags: list(text),
      target: text,
      ulimits,
    }),
  );
}

export const credentialSpec: Rule = attributes({ config: text, file: text, registry: text });

export const hook: Rule = attributes({
  command,
  environment: pairs,
  privileged: flag,
  user: text,
  working_dir: text,
}, { required: ["command"] });

/** Of release 5. */
export const preStartHook: Rule = attributes({
  command,
  environment: pairs,
  image: text,
  per_replica: flag,
  privileged: flag,
  user: text,
  working_dir: text,
});

export const develop: Rule = choice(
  nothing,
  attributes({
    watch: list(attributes({
      action: oneOf("rebuild", "sync", "restart", "sync+restart", "sync+exec"),
      exec: hook,
      ignore: textOrTexts,
      include: textOrTexts,
      initial_sync: scalar("boolean"),
      path: text,
      target: text,
    }, { required: ["path", "action"] })),
  }),
);

export const gpus: Rule = choice(oneOf("all"), list(attributes(deviceAttributes, { others: "any" })));

const option = scalar("string", "number", "boolean");

export const provider: Rule = attributes({
  options: openNames(ONE_LINE, choice(option, list(option))),
  type: text,
}, { required: ["type"] });

export const serviceModels: Rule = choice(
  texts,
  openNames(NAME, choice(attributes({ endpoint_var: text, model_var: text }), nothing)),
);

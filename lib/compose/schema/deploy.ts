import {
  amount,
  attributes,
  choice,
  list,
  nothing,
  oneOf,
  pairs,
  type Rule,
  text,
  texts,
  whole,
} from "./rule.ts";

const updateConfig = attributes({
  delay: text,
  failure_action: text,
  max_failure_ratio: amount,
  monitor: text,
  order: oneOf("start-first", "stop-first"),
  parallelism: whole,
});

/** Of a reserved device, such as a GPU. */
export const deviceAttributes: Readonly<Record<string, Rule>> = {
  capabilities: texts,
  count: whole,
  device_ids: texts,
  driver: text,
  options: pairs,
};

const genericResource = attributes({ discrete_resource_spec: attributes({ kind: text, value: amount }) });

const resources = attributes({
  limits: attributes({ cpus: amount, memory: text, pids: whole }),
  reservations: attributes({
    cpus: amount,
    devices: list(attributes(deviceAttributes, { required: ["capabilities"] })),
    generic_resources: list(genericResource),
    memory: text,
  }),
});

export const deploy: Rule = choice(
  nothing,
  attributes({
    endpoint_mode: text,
    labels: pairs,
    mode: text,
    placement: attributes({
      constraints: list(text),
      max_replicas_per_node: whole,
      preferences: list(attributes({ spread: text })),
    }),
    replicas: whole,
    resources,
    restart_policy: attributes({ condition: text, delay: text, max_attempts: whole, window: text }),
    rollback_config: updateConfig,
    update_config: updateConfig,
  }),
);

/** The shape of `deploy`, in the order of the config hash. */
import { textList, textMap } from "./collection_kinds.ts";
import { deviceRequest, genericResource } from "./hardware_shapes.ts";
import { kept, list, shape, withoutEffect, written } from "./kind.ts";
import type { Deploy, Resource, RestartPolicy, UpdateConfig } from "./project.ts";
import { byteSize, duration, float32, integer, text, unsigned } from "./scalar_kinds.ts";

const updateConfig = shape<UpdateConfig>({
  parallelism: kept(unsigned),
  delay: duration,
  failure_action: text,
  monitor: duration,
  max_failure_ratio: float32,
  order: text,
});

const resource = shape<Resource>({
  cpus: float32,
  memory: byteSize,
  pids: integer,
  devices: list(deviceRequest),
  generic_resources: withoutEffect(list(genericResource)),
});

const restartPolicy = shape<RestartPolicy>({
  condition: text,
  delay: kept(duration),
  max_attempts: kept(unsigned),
  window: kept(duration),
});

const placement = shape<NonNullable<Deploy["placement"]>>({
  constraints: textList,
  preferences: list(shape<{ readonly spread?: string }>({ spread: text })),
  max_replicas_per_node: unsigned,
});

export const deploy = shape<Deploy>({
  mode: text,
  replicas: kept(integer),
  labels: textMap,
  update_config: updateConfig,
  rollback_config: updateConfig,
  resources: written(
    shape<NonNullable<Deploy["resources"]>>({ limits: resource, reservations: resource }),
    "{}",
  ),
  restart_policy: restartPolicy,
  placement: written(placement, "{}"),
  endpoint_mode: text,
});

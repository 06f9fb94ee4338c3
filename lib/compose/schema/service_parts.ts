import {
  amount,
  attributes,
  choice,
  driverOptions,
  flag,
  list,
  NAME,
  names,
  nothing,
  oneOf,
  pairs,
  type Rule,
  scalar,
  set,
  text,
  texts,
  within,
} from "./rule.ts";

const dependency = attributes({
  condition: oneOf("service_started", "service_healthy", "service_completed_successfully"),
  required: scalar("boolean"),
  restart: flag,
}, { required: ["condition"] });

export const dependsOn: Rule = choice(texts, names(NAME, dependency));

export const envFile: Rule = choice(
  text,
  list(choice(
    text,
    attributes({ format: text, path: text, required: flag }, { required: ["path"], others: "none" }),
  )),
);

/** A service's use of configs or secrets. */
export const fileReferences: Rule = list(choice(
  text,
  attributes({ gid: text, mode: amount, source: text, target: text, uid: text }),
));

const serviceNetwork = attributes({
  aliases: texts,
  driver_opts: driverOptions,
  gw_priority: scalar("number"),
  interface_name: text,
  ipv4_address: text,
  ipv6_address: text,
  link_local_ips: texts,
  mac_address: text,
  priority: scalar("number"),
});

export const serviceNetworks: Rule = choice(set(text), names(NAME, choice(serviceNetwork, nothing)));

export const serviceVolume: Rule = choice(
  text,
  attributes({
    bind: attributes({
      create_host_path: flag,
      propagation: text,
      recursive: oneOf("enabled", "disabled", "writable", "readonly"),
      selinux: oneOf("z", "Z"),
    }),
    consistency: text,
    image: attributes({ subpath: text }),
    read_only: flag,
    source: text,
    target: text,
    tmpfs: attributes({ mode: amount, size: within(0) }),
    type: oneOf("bind", "volume", "tmpfs", "cluster", "npipe", "image"),
    volume: attributes({ labels: pairs, nocopy: flag, subpath: text }),
  }, { required: ["type"] }),
);

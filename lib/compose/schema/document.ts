import {
  attributes,
  choice,
  driverOptions,
  flag,
  list,
  NAME,
  names,
  nothing,
  ONE_LINE,
  openNames,
  pairs,
  type Rule,
  scalar,
  text,
  textOrTexts,
} from "./rule.ts";
import { services } from "./service.ts";

const include = choice(
  text,
  attributes({ env_file: textOrTexts, path: textOrTexts, project_directory: text }, { others: "none" }),
);

/** With the old form `external: { name: … }`. */
const external = choice(flag, attributes({ name: text }));
const looseExternal = choice(flag, attributes({ name: text }, { others: "any" }));

const texts = names(ONE_LINE, text);

const pool = attributes({ aux_addresses: texts, gateway: text, ip_range: text, subnet: text });

const network = choice(
  nothing,
  attributes({
    attachable: flag,
    driver: text,
    driver_opts: driverOptions,
    enable_ipv4: flag,
    enable_ipv6: flag,
    external,
    internal: flag,
    ipam: attributes({ config: list(pool), driver: text, options: texts }),
    labels: pairs,
    name: text,
  }),
);

const volume = choice(
  nothing,
  attributes({ driver: text, driver_opts: driverOptions, external, labels: pairs, name: text }),
);

const secret = attributes({
  driver: text,
  driver_opts: driverOptions,
  environment: text,
  external: looseExternal,
  file: text,
  labels: pairs,
  name: text,
  template_driver: text,
});

const config = attributes({
  content: text,
  environment: text,
  external: looseExternal,
  file: text,
  labels: pairs,
  name: text,
  template_driver: text,
});

const model = attributes({
  context_size: scalar("integer"),
  model: text,
  name: text,
  runtime_flags: list(text),
}, { required: ["model"] });

/** A whole Compose file. Source: the Compose specification, https://github.com/compose-spec/compose-spec/blob/main/spec.md */
export const document: Rule = attributes({
  configs: names(NAME, config),
  include: list(include),
  models: openNames(NAME, model),
  name: text,
  networks: openNames(NAME, network),
  secrets: names(NAME, secret),
  services,
  version: text,
  volumes: names(NAME, volume),
});

import assert from "node:assert/strict";
import type { ConfigurationError } from "../../lib/errors.ts";
import { interpolateTree } from "../../lib/compose/interpolate.ts";
import { Locations } from "../../lib/compose/locations.ts";
import { validateSchema } from "../../lib/compose/schema/validate.ts";
import type { Mapping } from "../../lib/compose/value.ts";
import { parseYaml } from "../../lib/compose/yaml.ts";

Deno.test("every mistake is named with its path, line, value and what is expected", () => {
  const problems = validate(`services:
  web:
    image: 5
    ports: "80:80"
    healthcheck:
      test: {a: b}
    deploy:
      replicas: 1.5
    cpu_percent: 101
    depends_on:
      db: {condition: healthy}
    volumes:
      - source: /a
      - [a]
volumes:
`);
  assert.deepEqual(problems.map(({ path, location, message }) => `${path}:${location?.line} ${message}`), [
    "services.web.image:3 image must be a text, not 5",
    'services.web.ports:4 ports must be a list, not "80:80"',
    "services.web.healthcheck.test:6 test must be a text or a list, not a mapping",
    "services.web.deploy.replicas:8 replicas must be a whole number, not 1.5",
    "services.web.cpu_percent:9 cpu_percent must be a whole number from 0 to 100, not 101",
    'services.web.depends_on.db.condition:11 condition must be "service_started", "service_healthy" or "service_completed_successfully", not "healthy"',
    'services.web.volumes[0]:13 volumes[0] has no "type"',
    "services.web.volumes[1]:14 volumes[1] must be a text or a mapping, not a list",
    "volumes:15 volumes must be a mapping, not empty",
  ]);
  assert.ok(problems.every(({ hint }) => hint !== undefined && hint !== ""));
});

Deno.test("an unknown attribute comes with the one that was probably meant", () => {
  const cases = [
    ["service: {}", "service", 'did you mean "services"?'],
    ["services: {a: {port: []}}", "services.a.port", 'did you mean "ports"?'],
    ["services: {a: {containerName: b}}", "services.a.containerName", 'did you mean "container_name"?'],
    ["services: {a: {enviroment: []}}", "services.a.enviroment", 'did you mean "environment"?'],
    ["services: {a: {heathcheck: {}}}", "services.a.heathcheck", 'did you mean "healthcheck"?'],
    ["services: {a: {logging: {opts: {}}}}", "services.a.logging.opts", "known here: driver, options"],
    ["services: {a: {frobnicate: 1}}", "services.a.frobnicate", "remove it, or mend its spelling"],
  ] as const;
  for (const [text, path, hint] of cases) {
    const problems = validate(text);
    assert.deepEqual(problems.map((problem) => [problem.path, problem.hint]), [[path, hint]], text);
    assert.match(problems[0]!.message, /^Unknown attribute /);
  }
});

Deno.test("names, repetitions and extensions are looked at as the specification says", () => {
  const cases = [
    ["services: {'my web': {image: a}}", ['"my web" is not a valid name in services']],
    ["services: {a: {security_opt: [b, c, b]}}", ['"b" is there twice in security_opt']],
    ["services: {a: {volumes: [{type: bind, target: b}, {target: b, type: bind}]}}", [
      "a mapping is there twice in volumes",
    ]],
    ["x-a: {b: 1}\nservices: {a: {x-b: 1, deploy: {x-c: 1}}}", []],
    ["services: {a: {blkio_config: {x-b: 1}}}", ['Unknown attribute "x-b"']],
    ["networks: {'my net': {anything: 1}}", []],
  ] as const;
  for (const [text, messages] of cases) {
    assert.deepEqual(validate(text).map(({ message }) => message), messages, text);
  }
});

Deno.test("a value that came from a variable is shown as it was written", () => {
  const [problem] = validate("services: {a: {environment: '${DB_PASSWORD}'}}", { DB_PASSWORD: "hunter2" });
  assert.equal(problem!.message, 'environment must be a mapping or a list, not "${DB_PASSWORD}"');
});

Deno.test("what only a swarm carries out is accepted, as docker compose does", () => {
  const text =
    "services: {a: {deploy: {mode: replicated, placement: {constraints: [a]}, update_config: {parallelism: 1}, endpoint_mode: vip}}}";
  assert.deepEqual(validate(text), []);
});

function read(text: string, variables: Readonly<Record<string, string>> = {}): [Mapping, Locations] {
  const locations = new Locations();
  const dict = parseYaml(text, "compose.yml", locations)[0]!.value as Mapping;
  return [interpolateTree(dict, (name) => variables[name], locations, () => {}), locations];
}

function validate(text: string, variables?: Readonly<Record<string, string>>): ConfigurationError[] {
  return validateSchema(...read(text, variables));
}

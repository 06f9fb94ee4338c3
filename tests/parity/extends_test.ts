/** Services that extend others, generated, merged here and by `docker compose`: in one file, from another, and overridden. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { configTree } from "../../lib/compose/config_tree.ts";
import { loadProject } from "../../lib/compose/load.ts";
import { renderJson } from "../../lib/compose/render_config.ts";
import { ConfigurationError, ConfigurationProblems, formatError } from "../../lib/errors.ts";
import { memoryFiles } from "../compose/disk_files.ts";
import { SEED } from "../seed.ts";
import { sideBySide } from "../engine/parts.ts";
import { type Reference, referenceTest } from "./reference.ts";

const BATCHES = 12;
const SERVICES = 50;

const key = fc.constantFrom("A", "B", "C", "D");
const word = fc.constantFrom("", "x", "y", "1", "a b", "k=v");
const unique = <T>(item: fc.Arbitrary<T>) => fc.uniqueArray(item, { maxLength: 3 });
const map = fc.dictionary(key, word, { maxKeys: 3 });
const lines = (name: fc.Arbitrary<string>) => unique(fc.tuple(name, word).map(([k, v]) => `${k}=${v}`));
/** As a mapping or as a list. */
const pairs = fc.oneof(map, lines(key));
const source = fc.constantFrom("./a", "../b", "./c/d", "/abs", "named", "~/home");
const target = fc.constantFrom("/t1", "/t2", "/t3");
const mount = fc.oneof(
  fc.tuple(source, target, fc.constantFrom("", ":ro", ":rw")).map((parts) =>
    `${parts[0]}:${parts[1]}${parts[2]}`
  ),
  fc.record({ type: fc.constant("tmpfs"), target }),
  fc.record({ type: fc.constant("bind"), source: fc.constantFrom("./a", "b"), target }),
);
const port = fc.oneof(
  fc.constantFrom("80", "80:80", "127.0.0.1:80:80", "81:80/udp", "90-91:90-91"),
  fc.record({ target: fc.constantFrom(80, 90), published: fc.constantFrom("80", "90") }),
);
const network = fc.constantFrom("one", "two");
const limit = fc.oneof(fc.integer({ min: 1, max: 9 }), fc.constant({ soft: 1, hard: 2 }));

const attributes = fc.record({
  annotations: pairs,
  cap_add: unique(fc.constantFrom("CHOWN", "KILL")),
  command: fc.oneof(word, fc.constant(null), fc.array(word, { maxLength: 2 })),
  depends_on: fc.oneof(
    unique(fc.constantFrom("db", "cache")),
    fc.dictionary(
      fc.constantFrom("db", "cache"),
      fc.constantFrom({ condition: "service_started" }, { condition: "service_healthy", restart: true }),
    ),
  ),
  deploy: fc.record({ labels: pairs, mode: fc.constant("replicated") }, { requiredKeys: [] }),
  dns: fc.oneof(fc.constantFrom("1.1.1.1", "8.8.8.8"), unique(fc.constantFrom("1.1.1.1", "8.8.8.8"))),
  entrypoint: fc.oneof(word, fc.constant(null), fc.array(word, { maxLength: 2 })),
  environment: fc.oneof(pairs, unique(key)),
  expose: unique(fc.constantFrom("1", "2", "3")),
  extra_hosts: fc.oneof(
    fc.dictionary(fc.constantFrom("h1", "h2"), fc.constantFrom("10.0.0.1", "10.0.0.2")),
    unique(fc.constantFrom("h1=10.0.0.1", "h2:10.0.0.2", "h1=10.0.0.3")),
  ),
  healthcheck: fc.record({
    test: fc.constantFrom("true", ["CMD", "x"], ["NONE"]),
    interval: fc.constantFrom("1s", "1m"),
  }, { requiredKeys: [] }),
  init: fc.boolean(),
  labels: pairs,
  logging: fc.record({
    driver: fc.constantFrom("json-file", "local"),
    options: fc.dictionary(key, fc.constantFrom("1", "2")),
  }, { requiredKeys: [] }),
  networks: fc.oneof(
    unique(network),
    fc.dictionary(
      network,
      fc.oneof(fc.constant(null), fc.record({ aliases: unique(word.filter((each) => each !== "")) })),
    ),
  ),
  ports: unique(port),
  restart: fc.constantFrom("always", "no"),
  sysctls: fc.oneof(map, lines(fc.constantFrom("s.a", "s.b"))),
  tmpfs: fc.oneof(fc.constant("/m1"), unique(fc.constantFrom("/m1", "/m2"))),
  ulimits: fc.dictionary(fc.constantFrom("nofile", "nproc"), limit),
  volumes: fc.array(mount, { maxLength: 3 }),
  "x-own": map,
}, { requiredKeys: [] });

const generated = fc.record({
  base: attributes,
  extending: attributes,
  overriding: attributes,
  elsewhere: fc.boolean(),
});

type Generated = typeof generated extends fc.Arbitrary<infer Each> ? Each : never;

referenceTest(
  `generated services extend each other as with docker compose (seed ${SEED})`,
  async (reference) => {
    const all = fc.sample(generated, { seed: SEED, numRuns: BATCHES * SERVICES });
    const batches = Array.from(
      { length: BATCHES },
      (_, index) => all.slice(index * SERVICES, (index + 1) * SERVICES),
    );
    let accepted = 0;
    await sideBySide(batches, async (batch) => {
      const count = await compare(batch, reference, `HOMEPORT_TEST_SEED=${SEED}`);
      accepted += count;
    });
    assert.ok(accepted > BATCHES * SERVICES / 2, `only ${accepted} services were accepted`);
    return all.length;
  },
);

/** Gives the number of accepted services. A batch that somebody refuses is halved, down to single services. */
async function compare(batch: readonly Generated[], reference: Reference, again: string): Promise<number> {
  const files = filesOf(batch);
  const [here, there] = [ours(files), await theirs(reference, files)];
  const accepted = [here, there].filter((each) => typeof each !== "string").length;
  if (accepted === 2) {
    assert.deepEqual(here, there, again);
    return batch.length;
  }
  if (batch.length > 1) {
    const middle = batch.length >> 1;
    return await compare(batch.slice(0, middle), reference, again) +
      await compare(batch.slice(middle), reference, again);
  }
  const verdicts = [here, there].map((each) => typeof each === "string" ? `refused: ${each}` : "accepted");
  assert.equal(accepted, 0, `${again}: ${verdicts.join("; docker compose: ")}\n${JSON.stringify(batch)}`);
  return 0;
}

/** Deep enough for a `..`. */
const STACK = "deep/stack";

function filesOf(batch: readonly Generated[]): Record<string, string> {
  const own: Record<string, unknown> = { db: { image: "db" }, cache: { image: "cache" } };
  const others: Record<string, unknown> = {};
  const overrides: Record<string, unknown> = {};
  batch.forEach(({ base, extending, overriding, elsewhere }, index) => {
    (elsewhere ? others : own)[`base${index}`] = { image: "base", ...base };
    const reference = elsewhere ? { file: "sub/base.yml" } : {};
    own[`web${index}`] = { extends: { service: `base${index}`, ...reference }, ...extending };
    overrides[`web${index}`] = overriding;
  });
  // Tells where the reference works: in a temporary folder, which is also the home.
  own["where"] = { image: "x", volumes: ["./where:/where"] };
  const top = { networks: { one: null, two: null }, volumes: { named: null } };
  return {
    [`${STACK}/compose.yml`]: JSON.stringify({ name: "generated", services: own, ...top }),
    [`${STACK}/compose.override.yml`]: JSON.stringify({ services: overrides }),
    [`${STACK}/sub/base.yml`]: JSON.stringify({ services: others }),
  };
}

type Services = Readonly<Record<string, unknown>>;

/** The services, or why they are refused. */
function ours(files: Readonly<Record<string, string>>): Services | string {
  const inRepository = Object.entries(files).map(([path, content]) => [`/repo/${path}`, content]);
  try {
    const loaded = loadProject({
      folder: `/repo/${STACK}`,
      variables: {},
      files: memoryFiles(Object.fromEntries(inRepository)),
      homeDir: "/repo",
    });
    return JSON.parse(renderJson(configTree(loaded)).replaceAll("$$", "$")).services;
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    const problems = error instanceof ConfigurationProblems ? error.problems : [error];
    return problems.map(formatError).join("\n");
  }
}

async function theirs(
  reference: Reference,
  files: Readonly<Record<string, string>>,
): Promise<Services | string> {
  const verdict = await reference.config(files, {
    COMPOSE_FILE: `${STACK}/compose.yml:${STACK}/compose.override.yml`,
  });
  if (!verdict.accepted) return verdict.message;
  const services = verdict.model["services"];
  const folder = services["where"].volumes[0].source.replace(`/${STACK}/where`, "");
  return JSON.parse(JSON.stringify(services).replaceAll(folder, "/repo"));
}

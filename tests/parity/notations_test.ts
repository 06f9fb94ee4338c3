/** Short notations, generated, read here and by `docker compose`. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { configTree } from "../../lib/compose/config_tree.ts";
import { loadProject } from "../../lib/compose/load.ts";
import { ConfigurationError } from "../../lib/errors.ts";
import { renderJson } from "../../lib/compose/render_config.ts";
import { memoryFiles } from "../compose/disk_files.ts";
import { sideBySide } from "../engine/parts.ts";
import { type Reference, referenceTest } from "./reference.ts";
import { SEED } from "../seed.ts";

/** What is written, and the attributes of a service that it is written into. */
interface Notation {
  readonly name: string;
  readonly texts: fc.Arbitrary<string>;
  readonly attributes: (text: string) => Readonly<Record<string, unknown>>;
}

const piecesOf = (pieces: readonly string[], maxLength: number) =>
  fc.array(fc.constantFrom(...pieces), { minLength: 1, maxLength }).map((each) => each.join(""));

/** Beyond this, not every nanosecond is a number of its own: Homeport refuses what it cannot hold. 0 for what is no length of time. */
function roughDays(text: string): number {
  const days: Readonly<Record<string, number>> = { s: 1 / 86_400, m: 1 / 1440, h: 1 / 24, d: 1, w: 7 };
  return [...text.matchAll(/([\d.]+)([a-z]+)/g)].reduce(
    (sum, [, amount, unit]) => sum + (Number(amount) || 0) * (days[unit!] ?? 0),
    0,
  );
}

const NOTATIONS: readonly Notation[] = [
  {
    name: "commands",
    texts: piecesOf([
      " ",
      "a",
      "bc",
      "'",
      '"',
      "\\",
      "\\n",
      "\\t",
      "$$",
      "$$(",
      ")",
      "`",
      ">",
      "2>",
      ";",
      "|",
      "é",
      "=",
      "''",
    ], 9),
    attributes: (text) => ({ command: text }),
  },
  {
    name: "lengths of time",
    texts: fc.oneof(
      piecesOf(["1", "20", "0", ".", "5", "ns", "us", "ms", "s", "m", "h", "d", "w"], 6),
      fc.array(
        fc.tuple(
          fc.double({ min: 0, max: 1e4, noNaN: true }).map((each) => each.toFixed(7)),
          fc.constantFrom("us", "ms", "s", "m", "h"),
        ),
        {
          minLength: 1,
          maxLength: 3,
        },
      ).map((parts) => parts.flat().join("")),
    ).filter((text) => roughDays(text) < 100),
    attributes: (text) => ({ stop_grace_period: text }),
  },
  {
    name: "sizes",
    texts: fc.tuple(
      piecesOf(["1", "5", "12", ".", "0"], 4),
      fc.constantFrom("", "b", "k", "kb", "KiB", " m", "mib", "G", "gB", "t", "x", "ki"),
    ).map((each) => each.join("")),
    attributes: (text) => ({ mem_limit: text }),
  },
  {
    name: "volumes",
    texts: piecesOf([
      "a",
      "/a",
      "./b",
      "..",
      "~",
      "~/x",
      ":",
      ":",
      "/",
      "ro",
      "z",
      "rslave",
      ",",
      "C:",
      "/../c",
      "$$",
      "{",
      "}",
      "nocopy",
    ], 6),
    attributes: (text) => ({ volumes: [text] }),
  },
  {
    name: "ports",
    texts: piecesOf([
      "80",
      "81",
      "9000-9002",
      "90-92",
      ":",
      ":",
      "127.0.0.1",
      "[::1]",
      "/udp",
      "/TCP",
      "0",
      "-",
    ], 5)
      // What follows a second slash is ignored by one release of the library that the reference is built with, and refused by another.
      .filter((text) => text.split("/").length <= 2),
    attributes: (text) => ({ ports: [text] }),
  },
  {
    name: "extra hosts",
    texts: piecesOf(["a", "b.c", ":", "=", "1.2.3.4", "[::1]", "::2", ",", "host-gateway"], 5),
    attributes: (text) => ({ extra_hosts: [text] }),
  },
  {
    name: "devices",
    texts: piecesOf(["/dev/a", "/dev/b", ":", "rwm", "r", "vendor.com/class=x"], 6),
    attributes: (text) => ({ devices: [text] }),
  },
];

for (const { name, texts, attributes } of NOTATIONS) {
  referenceTest(
    `${name} in short notation are read as docker compose reads them (seed ${SEED})`,
    async (reference) => {
      const samples = [...new Set(fc.sample(texts, { numRuns: 250, seed: SEED }))];
      const accepted = samples.filter((text) => ours([attributes(text)]) !== undefined);
      const refused = samples.filter((text) => !accepted.includes(text));
      const services = accepted.map(attributes);
      const again = `HOMEPORT_TEST_SEED=${SEED}`;
      assert.ok(accepted.length > 10, `${again}: too few are accepted`);
      const model = await theirs(reference, services);
      assert.notEqual(model, undefined, `${again}: ${await findRefused(reference, accepted, attributes)}`);
      assert.deepEqual(ours(services), model, again);
      await sideBySide(refused.slice(0, 10), async (text) => {
        assert.equal(
          await theirs(reference, [attributes(text)]),
          undefined,
          `${again}: wrongly refused: ${text}`,
        );
      });
      return accepted.length + Math.min(refused.length, 10);
    },
  );
}

/** The first that `docker compose` alone refuses. */
async function findRefused(
  reference: Reference,
  texts: readonly string[],
  attributes: Notation["attributes"],
): Promise<string> {
  let low = texts;
  while (low.length > 1) {
    const half = low.slice(0, Math.ceil(low.length / 2));
    low = await theirs(reference, half.map(attributes)) === undefined ? half : low.slice(half.length);
  }
  return `wrongly accepted: ${low[0]}`;
}

function ours(services: readonly object[]): unknown {
  const files = memoryFiles({ [`/repo/${STACK}/compose.yml`]: contentOf(services) });
  try {
    const loaded = loadProject({ folder: `/repo/${STACK}`, variables: {}, files, homeDir: HOME });
    return JSON.parse(renderJson(configTree(loaded)).replaceAll("$$", "$")).services;
  } catch (error) {
    if (error instanceof ConfigurationError) return undefined;
    throw error;
  }
}

/** The reference works in a temporary folder. A service of its own tells which. */
async function theirs(reference: Reference, services: readonly object[]): Promise<unknown> {
  const verdict = await reference.config({ [`${STACK}/compose.yml`]: contentOf(services) }, {
    COMPOSE_FILE: `${STACK}/compose.yml`,
    HOME,
  });
  if (!verdict.accepted) return undefined;
  const models = verdict.model["services"];
  const folder = models["where"].volumes[0].source.replace(`/${STACK}/where`, "");
  return JSON.parse(JSON.stringify(models).replaceAll(folder, "/repo"));
}

/** Deep enough for a few `..`. */
const STACK = "deep/down/here/stack";
const HOME = "/home/deep/down/here/me";
const VOLUMES = ["a", "ro", "z", "nocopy", "rslave"];

function contentOf(services: readonly object[]): string {
  const named = services.map((attributes, index) => [`s${index}`, { image: "x", ...attributes }]);
  const where = { image: "x", volumes: ["./where:/where"] };
  const volumes = Object.fromEntries(VOLUMES.map((name) => [name, null]));
  return JSON.stringify({ name: "x", services: { ...Object.fromEntries(named), where }, volumes });
}

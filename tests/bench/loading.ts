/** Compose files in this process: loading and hashing many of them, large ones, and ones that are made to exhaust the machine. */
import { join } from "node:path";
import { loadProject } from "../../lib/compose/load.ts";
import { resourceHashes } from "../../lib/compose/resource_hashes.ts";
import { ConfigurationError } from "../../lib/errors.ts";
import { memoryFiles } from "../compose/disk_files.ts";
import { measure } from "./measure.ts";
import { seconds, type Section } from "./report.ts";
import { stackFiles, stackName } from "./stacks.ts";

const STACKS = 100;
const PREFIX = "hpbench";
const OPTIONS = { image: "example.org/app:1", prefix: PREFIX, network: true };

export interface Compose {
  readonly command: string;
  readonly env: Readonly<Record<string, string>>;
  readonly version: string;
}

export async function benchLoading(folder: string, compose: Compose): Promise<Section> {
  const stacks = Array.from({ length: 4 * STACKS }, (_, index) => stackFiles(index, OPTIONS));
  const load = (count: number) => median(15, () => stacks.slice(0, count).forEach(loadStack));
  load(STACKS);
  const hundred = load(STACKS);
  const config = await composeConfig(folder, stacks.slice(0, STACKS), compose);
  const stackGrowth = load(4 * STACKS) / hundred / 4;
  const few = median(15, () => loadOne(manyServices(100)));
  const serviceGrowth = median(15, () => loadOne(manyServices(400))) / few / 4;
  const long = anchored();
  const lines = long.split("\n").length;
  const anchors = median(15, () => loadOne(long));
  const refusals = HOSTILE.map(({ what, text }) => ({ what, ...refusal(text) }));
  return {
    title: "Loading",
    text:
      `In one process, after a warm-up; medians of 15. The stacks are those of the other sections, two services each; their files are in ` +
      `memory. \`docker compose config\` (${compose.version}) runs once for each of them. Linear growth: four times as much takes four ` +
      `times as long. Memory is what the process grew by.`,
    rows: [
      row(`load and hash ${STACKS} stacks`, seconds(hundred), "< 300 ms", hundred < 300),
      row(
        `the same, against ${STACKS} × \`docker compose config\``,
        `${seconds(hundred)} : ${seconds(config)} = ${(hundred / config).toFixed(4)}`,
        "≤ 0.1",
        hundred / config <= 0.1,
      ),
      row(
        `growth, ${STACKS} → ${4 * STACKS} stacks`,
        stackGrowth.toFixed(2),
        "≈ 1 (linear)",
        stackGrowth < 1.5,
      ),
      row(
        "growth, 100 → 400 services in a stack",
        serviceGrowth.toFixed(2),
        "≈ 1 (linear)",
        serviceGrowth < 1.5,
      ),
      row(`a file of ${lines} lines with anchors`, seconds(anchors), "< 100 ms", anchors < 100),
      ...refusals.map(({ what, milliseconds, grown }) =>
        row(
          `${what}, refused`,
          `${milliseconds.toFixed(1)} ms, ${(grown / 1e6).toFixed(1)} MB`,
          "< 100 ms, < 50 MB",
          milliseconds < 100 && grown < 50e6,
        )
      ),
    ],
  };
}

function row(what: string, measured: string, target: string, met: boolean): Section["rows"][number] {
  return { what, measured, target, met };
}

function median(times: number, run: () => void): number {
  const runs = Array.from({ length: times }, () => {
    const start = performance.now();
    run();
    return performance.now() - start;
  });
  return runs.sort((a, b) => a - b)[times >> 1]!;
}

function loadStack(files: Readonly<Record<string, string>>): void {
  const name = Object.keys(files)[0]!.split("/")[0]!;
  const contents = Object.fromEntries(Object.entries(files).map(([path, text]) => [`/repo/${path}`, text]));
  loadIn(`/repo/${name}`, contents);
}

function loadOne(text: string): void {
  loadIn("/repo/stack", { "/repo/stack/compose.yml": text });
}

function loadIn(folder: string, contents: Readonly<Record<string, string>>): void {
  const { project } = loadProject({
    folder,
    variables: {},
    files: memoryFiles(contents),
    homeDir: "/home/me",
  });
  if (resourceHashes(project).length === 0) throw new Error(`${folder} has nothing to hash`);
}

async function composeConfig(
  folder: string,
  stacks: readonly Readonly<Record<string, string>>[],
  { command, env }: Compose,
): Promise<number> {
  for (const [path, text] of stacks.flatMap((files) => Object.entries(files))) {
    await Deno.mkdir(join(folder, path, ".."), { recursive: true });
    await Deno.writeTextFile(join(folder, path), text);
  }
  const start = performance.now();
  for (let index = 0; index < stacks.length; index++) {
    const cwd = join(folder, stackName(PREFIX, index));
    await measure(command, ["compose", "config", "--hash", "*"], { cwd, env });
  }
  return performance.now() - start;
}

function service(index: number): string {
  return `  app${index}:
    <<: *defaults
    image: example.org/app:${index}
    environment: { <<: *variables, INDEX: "${index}" }
    ports: ["${10_000 + index}:80"]
    volumes: ["./config/${index}:/config:ro", "data:/data/${index}"]
`;
}

function manyServices(count: number): string {
  return withServices(Array.from({ length: count }, (_, index) => service(index)));
}

/** Every service in some twelve lines. */
function anchored(): string {
  return withServices(
    Array.from({ length: 250 }, (_, index) =>
      `${service(index)}    labels:
      - traefik.enable=true
      - traefik.http.routers.app${index}.rule=Host(\`app${index}.example.org\`)
    deploy: *limits
    healthcheck:
      <<: *health
      interval: ${index + 1}s
`),
  );
}

function withServices(services: readonly string[]): string {
  return `x-defaults: &defaults
  restart: unless-stopped
  logging: { driver: json-file, options: { max-size: 10m, max-file: "3" } }
x-variables: &variables { TZ: Etc/UTC, PUID: "1000", PGID: "1000" }
x-limits: &limits { resources: { limits: { memory: 256M } } }
x-health: &health { test: [CMD, "true"], retries: 3 }
services:
${services.join("")}volumes:
  data:
`;
}

const NAMES = "abcdefghi";

const HOSTILE: readonly { readonly what: string; readonly text: string }[] = [
  {
    what: "9 levels of 9 aliases each",
    text: [...NAMES].map((name, index) =>
      `${name}: &${name} [${Array(9).fill(index === 0 ? "x" : `*${NAMES[index - 1]}`).join(", ")}]\n`
    ).join(""),
  },
  {
    what: "a chain of 5,000 aliases",
    text: `a0: &a0 [x]\n${
      Array.from({ length: 5_000 }, (_, index) => `a${index + 1}: &a${index + 1} [*a${index}]\n`).join("")
    }`,
  },
  { what: "100,000 opening brackets", text: `a: ${"[".repeat(100_000)}` },
];

/** The first time counts: nobody is warm for an attack. */
function refusal(text: string): { milliseconds: number; grown: number } {
  const before = Deno.memoryUsage().rss;
  const start = performance.now();
  try {
    loadOne(text);
  } catch (error) {
    const milliseconds = performance.now() - start;
    if (error instanceof ConfigurationError) {
      return { milliseconds, grown: Math.max(0, Deno.memoryUsage().rss - before) };
    }
    throw error;
  }
  throw new Error("A hostile file was loaded");
}

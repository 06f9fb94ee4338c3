/** 30 stacks with 60 containers: first deployment and nothing changed, beside a loop of `docker compose up -d`. */
import { join } from "node:path";
import { compile } from "../../tools/compile.ts";
import { BUILDERS, writeEntry } from "../../tools/entry.ts";
import { measure, type Measured, measureOften } from "./measure.ts";
import { mebibytes, seconds, type Section } from "./report.ts";
import { makeRepository, SERVICES_PER_STACK, stackName } from "./stacks.ts";

const STACKS = 30;
const PREFIX = "hpbench";

export interface DeploymentTools {
  readonly folder: string;
  readonly dockerHost: string;
  readonly image: string;
  readonly compose: {
    readonly command: string;
    readonly env: Readonly<Record<string, string>>;
    readonly version: string;
  };
}

export async function benchDeployment(tools: DeploymentTools): Promise<Section> {
  const { folder, image, dockerHost } = tools;
  const remote = join(folder, "homelab");
  await makeRepository(remote, STACKS, { image, prefix: PREFIX, network: true });
  const dataDir = join(folder, "data");
  const executable = join(folder, "homeport");
  await compile(await writeEntry(folder, configText(remote, dataDir)), executable);
  const env = { DOCKER_HOST: dockerHost };
  const homeport = (...args: string[]) => measure(executable, [...args, "--host", "bench"], { env });

  // A plan makes the checkout, in which docker compose works too: both see the same paths.
  await homeport("plan");
  const loop = () => composeLoop(tools, join(dataDir, "checkout", "servers/bench"), ["up", "-d"]);
  const composeFirst = await loop();
  const composeAgain = await measureOften(3, loop);
  await composeLoop(tools, join(dataDir, "checkout", "servers/bench"), ["down", "--volumes"]);

  try {
    const first = await homeport("apply");
    const again = await measureOften(7, () => homeport("apply"));
    if (!again.stdout.includes(`${STACKS} unchanged`)) throw new Error(`not a no-op: ${again.stdout}`);
    return {
      title: `${STACKS} stacks, ${STACKS * SERVICES_PER_STACK} containers`,
      text:
        `Each stack has two services, a network, two volumes, an \`.env\`, an \`env_file\` and a mounted folder; images are present. ` +
        `\`apply\` is the compiled executable; the loop is \`docker compose up -d\` (${tools.compose.version}) in every stack's folder. ` +
        `Medians of 7 and of 3 runs where nothing changed; one run for the first deployment, without the health gate: by default ` +
        `\`apply\` watches for 5 s more whether everything stays up, which \`docker compose\` does not.`,
      rows: [
        row("nothing changed: `apply`, against the loop", again, composeAgain, 1 / 8),
        row("first deployment: `apply`, against the loop", first, composeFirst, 0.6),
        {
          what: "nothing changed: peak memory of `apply`",
          measured: mebibytes(again.peakMemory),
          target: "< 130 MB",
          met: again.peakMemory < 130e6,
        },
      ],
    };
  } finally {
    await composeLoop(tools, join(dataDir, "checkout", "servers/bench"), ["down", "--volumes"]);
  }
}

function row(what: string, ours: Measured, loop: Measured, most: number): Section["rows"][number] {
  const share = ours.milliseconds / loop.milliseconds;
  return {
    what,
    measured: `${seconds(ours.milliseconds)} : ${seconds(loop.milliseconds)} = ${share.toFixed(3)}`,
    target: `≤ ${most}`,
    met: share <= most,
  };
}

async function composeLoop(
  { compose, dockerHost }: DeploymentTools,
  root: string,
  args: readonly string[],
): Promise<Measured> {
  const started = performance.now();
  let last: Measured | undefined;
  for (let index = 0; index < STACKS; index++) {
    const env = { ...compose.env, DOCKER_HOST: dockerHost };
    last = await measure(compose.command, ["compose", ...args], {
      cwd: join(root, stackName(PREFIX, index)),
      env,
    });
  }
  return { ...last!, milliseconds: performance.now() - started };
}

function configText(remote: string, dataDir: string): string {
  return `import { defineConfig, folder } from ${JSON.stringify(BUILDERS)};
export default defineConfig({
  repository: { url: ${JSON.stringify(remote)} },
  hosts: { bench: { stacks: folder("servers/bench") } },
  dataDir: ${JSON.stringify(dataDir)},
  deploy: { healthGate: "off" },
});
`;
}

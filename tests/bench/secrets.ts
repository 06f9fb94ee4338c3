/** What a thousand secrets add to the `plan` of a hundred stacks that use them, by provider; and how often a provider is asked. */
import { join } from "node:path";
import type { StringMap } from "../../lib/compose/project.ts";
import { validateConfig } from "../../lib/config/validate_config.ts";
import { defineConfig, folder as stacksIn } from "../../lib/mod.ts";
import { checkoutFiles } from "../../lib/repository/checkout_files.ts";
import { openRepository } from "../../lib/repository/open_repository.ts";
import { loadHost } from "../../lib/stacks/load_host.ts";
import { compile } from "../../tools/compile.ts";
import { BUILDERS, writeEntry } from "../../tools/entry.ts";
import { BitwardenServer } from "../fakes/bitwarden_server.ts";
import { startInfisicalServer } from "../fakes/infisical_server.ts";
import { startRecordingEngine } from "../fakes/recording_engine.ts";
import { sealSopsDotenv, sealSopsJson, sealSopsYaml } from "../fakes/sops_writer.ts";
import { keyText, recipientOf } from "../secrets/sops/fixtures.ts";
import { measure } from "./measure.ts";
import { deployAll } from "./planning.ts";
import { seconds, type Section } from "./report.ts";
import { makeRepository } from "./stacks.ts";

const STACKS = 100;
const SECRETS = 1000;
const RUNS = 7;
const IMAGE = "example.org/app:1";
const IDENTITY = { clientId: "bench", clientSecret: "bench-secret" };

const VALUES: StringMap = Object.fromEntries(
  Array.from({ length: SECRETS }, (_, index) => [`SECRET_${index}`, `value-${index}-${"x".repeat(24)}`]),
);

export async function benchSecrets(folder: string): Promise<Section> {
  await using infisical = startInfisicalServer({
    ...IDENTITY,
    projects: [{
      id: "5f0c1f5e-2f4c-4a7e-9d0a-0d6d2f1c7b11",
      slug: "homelab",
      environments: { prod: { "/": { secrets: VALUES } } },
    }],
  });
  await using bitwarden = new BitwardenServer();
  bitwarden.secrets = Object.entries(VALUES).map(([key, value]) => ({ key, value, project: "homelab" }));
  await writeFiles(folder);
  const remote = join(folder, "homelab");
  await makeRepository(remote, STACKS, {
    image: IMAGE,
    prefix: "hpbench",
    network: false,
    secretsPerStack: SECRETS / STACKS,
  });
  const executable = join(folder, "homeport");
  const text = configText(folder, infisical.origin, bitwarden.origin);
  await compile(await writeEntry(folder, text), executable);
  const engine = startRecordingEngine({ socket: join(folder, "engine.sock"), images: [IMAGE] });
  try {
    await deploy(folder, remote, engine.dockerHost);
    const plan = async (provider: string) => {
      const env = {
        DOCKER_HOST: engine.dockerHost,
        BENCH_PROVIDER: provider,
        BENCH_ID: IDENTITY.clientId,
        BENCH_SECRET: IDENTITY.clientSecret,
        BENCH_TOKEN: bitwarden.accessToken,
        ...(provider === "env" && VALUES),
      };
      return (await measure(executable, ["plan", "--host", "bench", "--exit-code"], { env })).milliseconds;
    };
    await plan("infisical");
    await plan("bitwarden");
    const requests = [infisical.requests.length, bitwarden.requests.length];
    const times = new Map<string, number[]>(["none", ...PROVIDERS].map((name) => [name, []]));
    // In turns: whatever else the machine does concerns all of them.
    for (let run = 0; run < RUNS; run++) {
      for (const [name, runs] of times) runs.push(await plan(name));
    }
    const none = fastest(times.get("none")!);
    return {
      title: "Secrets",
      text:
        `The compiled executable's \`plan --exit-code\` of ${STACKS} stacks that use ${SECRETS} secrets, ${
          SECRETS / STACKS
        } each, on which all of them run, against the same with the values in ` +
        `\`envs\` (${
          seconds(none)
        }; the fastest of ${RUNS}). Loading the provider's code, asking a server on this machine, and finding which ` +
        "secrets each stack uses are part of it.",
      rows: [
        ...["infisical", "bitwarden"].map((name, index) => ({
          what: `requests of a pass to ${name}`,
          measured: `${requests[index]}: the log-in and a list`,
          target: "2, however many stacks",
          met: requests[index] === 2,
        })),
        ...PROVIDERS.map((name) => {
          const more = fastest(times.get(name)!) - none;
          return {
            what: `${SECRETS} secrets from ${LABELS[name]}`,
            measured: `+ ${seconds(more)}`,
            target: "< 150 ms",
            met: more < 150,
          };
        }),
      ],
    };
  } finally {
    await engine.close();
  }
}

const LABELS = {
  env: "the environment",
  dotenvFiles: "a dotenv file",
  secretFiles: "files",
  infisical: "Infisical",
  bitwarden: "Bitwarden",
  sopsDotenv: "a dotenv file of sops",
  sopsJson: "a JSON file of sops",
  sopsYaml: "a YAML file of sops",
} as const;

const PROVIDERS = Object.keys(LABELS) as (keyof typeof LABELS)[];

async function writeFiles(folder: string): Promise<void> {
  const recipients = [recipientOf("first")];
  const listed = Object.entries(VALUES).map(([key, text]) => ({ key, text }));
  const files = {
    "age.key": keyText("first"),
    "plain.env": Object.entries(VALUES).map(([name, value]) => `${name}=${value}\n`).join(""),
    "sops.env": await sealSopsDotenv(VALUES, { recipients }),
    "sops.json": await sealSopsJson(listed, { recipients }),
    "sops.yaml": await sealSopsYaml(VALUES, { recipients }),
    ...Object.fromEntries(Object.entries(VALUES).map(([name, value]) => [`files/${name}`, value])),
  };
  await Deno.mkdir(join(folder, "files"));
  for (const [name, text] of Object.entries(files)) {
    await Deno.writeTextFile(join(folder, name), text, { mode: 0o600 });
  }
}

/** One executable for all: the variable says which provider it has. */
function configText(folder: string, infisical: string, bitwarden: string): string {
  const path = (name: string) => JSON.stringify(join(folder, name));
  return `import {
  bitwarden, defineConfig, dotenvFiles, env, fromEnv, fromFile, infisical, secretFiles, sops,
} from ${JSON.stringify(BUILDERS)};
const keys = fromFile(${path("age.key")});
const providers = {
  env: () => env("SECRET_*"),
  dotenvFiles: () => dotenvFiles(${path("plain.env")}),
  secretFiles: () => secretFiles(${path("files")}),
  infisical: () => infisical({
    server: ${JSON.stringify(infisical)},
    clientId: fromEnv("BENCH_ID"),
    clientSecret: fromEnv("BENCH_SECRET"),
    project: "homelab",
    environment: "prod",
  }),
  bitwarden: () => bitwarden({
    server: ${JSON.stringify(bitwarden)},
    accessToken: fromEnv("BENCH_TOKEN"),
    project: "homelab",
  }),
  sopsDotenv: () => sops({ keys, files: [${path("sops.env")}] }),
  sopsJson: () => sops({ keys, files: [${path("sops.json")}] }),
  sopsYaml: () => sops({ keys, files: [${path("sops.yaml")}] }),
};
const provider = Deno.env.get("BENCH_PROVIDER");
export default defineConfig({
  ...${JSON.stringify(configOf(folder))},
  ...(Object.hasOwn(providers, provider)
    ? { secrets: providers[provider]() }
    : { envs: ${JSON.stringify(VALUES)} }),
});
`;
}

function configOf(folder: string) {
  return {
    repository: { url: join(folder, "homelab") },
    hosts: { bench: { stacks: stacksIn("servers/bench") } },
    dataDir: join(folder, "data"),
  };
}

async function deploy(folder: string, remote: string, dockerHost: string): Promise<void> {
  const { hosts, repository, dataDir } = validateConfig(defineConfig(configOf(folder)));
  const { stacks: layout, instance } = hosts["bench"]!;
  const { signal } = new AbortController();
  const snapshot = await openRepository({ url: remote, branch: repository.branch, dataDir })
    .sync({ offline: "refused", signal });
  const { stacks } = loadHost({
    host: "bench",
    layout,
    root: snapshot.folder,
    files: checkoutFiles(snapshot.folder),
    tracked: snapshot.tracked,
    startupOrder: [],
    envs: { host: {}, shared: VALUES },
    secrets: { variables: {}, sources: [] },
  });
  if (stacks.length !== STACKS) throw new Error(`${stacks.length} of ${STACKS} stacks could be loaded`);
  await deployAll(stacks, instance, dockerHost);
}

/** Whatever else the machine does can only add to it. */
function fastest(runs: readonly number[]): number {
  return Math.min(...runs);
}

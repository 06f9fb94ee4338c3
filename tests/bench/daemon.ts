/** `homeport run` over days, in some minutes: what it costs while nothing changes, and how soon it acts. Beside a shell loop. */
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { compile } from "../../tools/compile.ts";
import { BUILDERS, writeEntry } from "../../tools/entry.ts";
import { socketPathOf } from "../../tools/engine/docker_api.ts";
import type { FoundProgram } from "../engine/environment.ts";
import { type GitServer, startGitServer } from "../fakes/git_server.ts";
import { ContainerEvents } from "./container_events.ts";
import type { DeploymentTools } from "./deployment.ts";
import { IMAGE, prepareHost } from "./planning.ts";
import { mebibytes, type Row, seconds, type Section } from "./report.ts";
import { startShellLoop } from "./shell_loop.ts";
import { changeStack, makeRepository, stackName } from "./stacks.ts";
import { WatchedProcess } from "./watched_process.ts";

const PREFIX = "hpdaemon";
const STACKS = 20;
const MANY = 100;
const SAMPLES = 4;
const RELOADS = 100;
const IDLE_SECONDS = 120;
/** Seconds between two polls where pushes are measured: the shortest that there are. */
const SHORT_POLL = 5;

export interface DaemonTools extends DeploymentTools {
  readonly git: FoundProgram;
}

export async function benchDaemon(tools: DaemonTools): Promise<Section> {
  const remote = join(tools.folder, "homelab");
  await makeRepository(remote, STACKS, { image: tools.image, prefix: PREFIX, network: true });
  await using server = startGitServer({ git: tools.git, root: tools.folder });
  await using events = await ContainerEvents.follow(socketPathOf(tools.dockerHost)!);
  const bench: Bench = { tools, remote, url: server.url("homelab/.git"), events };
  const loop = await measureLoop(bench);
  const quiet = await measureQuiet(bench);
  const quick = await measureQuick(bench);
  await removeAll(bench);
  const many = await measureMany(tools, server);
  const { idle, reloaded } = quiet;
  return {
    title: "The daemon",
    text:
      `\`run\` of the compiled executable over ${STACKS} stacks like those above, which it polls over HTTP on this machine. It idles for ` +
      `${IDLE_SECONDS} s at the usual poll of 60 s. Pushes change one stack, whose image is present, and are polled for every ` +
      `${SHORT_POLL} s: until the engine says that the container runs, ${SAMPLES} times at moments by chance. The loop is \`git fetch\` and ` +
      `\`docker compose up -d\` (${tools.compose.version}) in every stack's folder, with the same pause; its time on the processor is that of a ` +
      `round, every 60 s. ${MANY} stacks run on a recording engine; requests are counted there and by the Git server.`,
    rows: [
      row("idle: one core's time", `${idle.share.toFixed(3)} %`, "< 0.2 %", idle.share < 0.2),
      row("the same, of the loop", `${loop.share.toFixed(2)} %`),
      row(
        "idle: memory (RSS), at the beginning and at the end",
        `${mebibytes(idle.before)}, ${mebibytes(idle.after)}`,
        "< 80 MB",
        Math.max(idle.before, idle.after) < 80e6,
      ),
      row(`memory (RSS) after ${RELOADS} reloads`, mebibytes(reloaded), "< 80 MB", reloaded < 80e6),
      row(
        `nothing new, ${STACKS} stacks: a pass, against a round of the loop`,
        `${seconds(quiet.pass)} : ${seconds(loop.round)} = ${(quiet.pass / loop.round).toFixed(3)}`,
        "≤ 0.125",
        quiet.pass <= loop.round / 8,
      ),
      row(
        `nothing new, ${MANY} stacks: a pass, and the peak of memory`,
        `${seconds(many.pass)}, ${mebibytes(many.peak)}`,
        "< 250 ms, < 120 MB",
        many.pass < 250 && many.peak < 120e6,
      ),
      row(
        "requests of such a pass: Git, engine",
        `${many.gitRequests}, ${many.engineRequests}`,
        "1, 1",
        many.gitRequests === 1 && many.engineRequests === 1,
      ),
      row(
        "poll that finds a push → running",
        spread(quick.fromPoll),
        "< 1.5 s",
        median(quick.fromPoll) < 1500,
      ),
      row("the same, of the loop: beginning of the round → running", spread(loop.fromPoll)),
      row(`push → running, polled every ${SHORT_POLL} s`, spread(quick.fromPush)),
      row("the same, of the loop", spread(loop.fromPush)),
      row(
        "container removed by hand → running again",
        spread(quick.healed),
        "< 1 s",
        median(quick.healed) < 1000,
      ),
    ],
  };
}

interface Bench {
  readonly tools: DaemonTools;
  readonly remote: string;
  readonly url: string;
  readonly events: ContainerEvents;
}

/** Leaves nothing behind: Homeport finds an engine without the stacks. */
async function measureLoop(bench: Bench) {
  const { tools, url } = bench;
  const loop = await startShellLoop({ ...tools, url, pause: SHORT_POLL, stacks: "servers/bench" });
  try {
    const { process } = loop;
    const rounds: number[] = [];
    const costs: number[] = [];
    await loop.round();
    for (let times = 0; times < 5; times++) {
      const before = process.processorTime();
      rounds.push(await loop.round());
      costs.push(process.processorTime() - before);
    }
    const round = median(rounds);
    const pushes = await measurePushes(bench, loop.lastBegin);
    return { round, share: median(costs) / Math.max(60_000, round) * 100, ...pushes };
  } finally {
    await loop.stop();
    await removeAll(bench);
  }
}

async function measureQuiet(bench: Bench) {
  await using daemon = await startDaemon(bench, "60s");
  await daemon.until(isDone);
  // V8 is not done before with what the first pass took.
  await pause(30_000);
  const before = daemon.memory().resident;
  const spent = daemon.processorTime();
  await pause(IDLE_SECONDS * 1000);
  const share = (daemon.processorTime() - spent) / (IDLE_SECONDS * 1000) * 100;
  const after = daemon.memory().resident;
  const polls = millisecondsOfPolls(daemon);
  for (let times = 0; times < RELOADS; times++) {
    daemon.signal("SIGHUP");
    await pause(150);
  }
  await pause(10_000);
  return { idle: { share, before, after }, pass: median(polls), reloaded: daemon.memory().resident };
}

async function measureQuick(bench: Bench) {
  await using daemon = await startDaemon(bench, `${SHORT_POLL}s`);
  await daemon.until(isDone);
  const pushes = await measurePushes(
    bench,
    (before) => daemon.lines.findLast(({ text, at }) => text.includes('"pass-started"') && at < before)!.at,
  );
  const healed: number[] = [];
  for (let index = 0; index < SAMPLES; index++) {
    const name = containerName(index);
    const since = Date.now();
    await docker(bench.tools, ["rm", "-f", name]);
    const gone = await bench.events.when("destroy", name, since);
    healed.push(await bench.events.when("start", name, gone) - gone);
  }
  return { ...pushes, healed };
}

/** `pollBefore`: when the last look at the repository began before a moment. */
async function measurePushes({ remote, tools, events }: Bench, pollBefore: (at: number) => number) {
  const fromPush: number[] = [];
  const fromPoll: number[] = [];
  for (let sample = 0; sample < SAMPLES; sample++) {
    await pause(1000 + Math.random() * SHORT_POLL * 1000);
    const index = sample % STACKS;
    await changeStack(remote, index, { image: tools.image, prefix: PREFIX, network: true });
    const pushed = Date.now();
    const running = await events.when("start", containerName(index), pushed);
    fromPush.push(running - pushed);
    fromPoll.push(running - pollBefore(running));
  }
  return { fromPush, fromPoll };
}

async function measureMany({ folder: parent }: DaemonTools, server: GitServer) {
  const folder = join(parent, "many");
  await Deno.mkdir(folder);
  await makeRepository(join(folder, "homelab"), MANY, { image: IMAGE, prefix: PREFIX, network: true });
  await using host = await prepareHost(folder, MANY, {
    repository: { url: server.url("many/homelab/.git") },
    poll: { interval: `${SHORT_POLL}s` },
  });
  const { executable, engine } = host;
  await using daemon = new WatchedProcess(executable, {
    args: ["run", "--host", "bench", "--json", "--verbose"],
    env: { DOCKER_HOST: engine.dockerHost },
  });
  await daemon.until(isDone);
  const [git, asked] = [server.requests.length, engine.requests.length];
  while (millisecondsOfPolls(daemon).length < 7) await daemon.until(isDone, daemon.lines.length);
  const polls = millisecondsOfPolls(daemon);
  return {
    pass: median(polls),
    peak: daemon.memory().peak,
    gitRequests: (server.requests.length - git) / polls.length,
    engineRequests: (engine.requests.length - asked) / polls.length,
  };
}

async function startDaemon({ tools, url }: Bench, interval: string): Promise<WatchedProcess> {
  const folder = join(tools.folder, `daemon-${interval}`);
  await Deno.mkdir(folder);
  const executable = join(folder, "homeport");
  await compile(
    await writeEntry(
      folder,
      `import { defineConfig, folder } from ${JSON.stringify(BUILDERS)};
export default defineConfig({
  repository: { url: ${JSON.stringify(url)} },
  hosts: { bench: { stacks: folder("servers/bench") } },
  dataDir: ${JSON.stringify(join(tools.folder, "data"))},
  poll: { interval: ${JSON.stringify(interval)} },
  drift: { attempts: 100 },
});
`,
    ),
    executable,
  );
  return new WatchedProcess(executable, {
    args: ["run", "--host", "bench", "--json", "--verbose"],
    env: { DOCKER_HOST: tools.dockerHost },
  });
}

function isDone(text: string): boolean {
  return text.includes('"event":"pass-done"');
}

function millisecondsOfPolls({ lines }: WatchedProcess): number[] {
  return lines.filter(({ text }) => isDone(text)).map(({ text }) => JSON.parse(text))
    .filter(({ triggers }) => triggers.join() === "poll").map(({ milliseconds }) => milliseconds);
}

function containerName(index: number): string {
  return `${stackName(PREFIX, index)}-app-1`;
}

async function removeAll({ tools }: Bench): Promise<void> {
  const label = "com.docker.compose.project";
  for (const [kind, list, remove] of REMOVALS) {
    const listed = await docker(tools, [
      ...list,
      "--filter",
      `label=${label}`,
      "--format",
      `{{.Label "${label}"}} {{.${kind}}}`,
    ]);
    const ids = listed.split("\n").filter((line) => line.startsWith(`${PREFIX}-`)).map((line) =>
      line.split(" ")[1]!
    );
    if (ids.length > 0) await docker(tools, [...remove, ...ids]);
  }
}

const REMOVALS = [
  ["ID", ["ps", "-a"], ["rm", "-f"]],
  ["ID", ["network", "ls"], ["network", "rm"]],
  ["Name", ["volume", "ls"], ["volume", "rm"]],
] as const;

async function docker({ compose, dockerHost }: DaemonTools, args: readonly string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(compose.command, {
    args: [...args],
    env: { ...compose.env, DOCKER_HOST: dockerHost },
  }).output();
  if (!success) throw new Error(`docker ${args.join(" ")}: ${new TextDecoder().decode(stderr)}`);
  return new TextDecoder().decode(stdout);
}

function row(what: string, measured: string, target = "–", met = true): Row {
  return { what, measured, target, met };
}

function spread(times: readonly number[]): string {
  return `median ${seconds(median(times))}, p95 ${seconds(percentile(times, 0.95))}`;
}

function median(times: readonly number[]): number {
  return percentile(times, 0.5);
}

function percentile(times: readonly number[], share: number): number {
  const sorted = [...times].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!;
}

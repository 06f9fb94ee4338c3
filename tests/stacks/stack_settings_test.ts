import assert from "node:assert/strict";
import { formatError } from "../../lib/errors.ts";
import { loadHost } from "../../lib/stacks/load_host.ts";
import {
  DEFAULT_SETTINGS,
  type GivenSettings,
  type HostSettings,
  type StackSettings,
} from "../../lib/stacks/stack_settings.ts";
import { memoryFiles, memoryTrackedFiles } from "../fakes/memory_files.ts";

const ROOT = "/checkout";
const SERVICES = "services: {web: {image: busybox:1, network_mode: none}}\n";

function load(text: string, settings?: HostSettings) {
  const tree = { "helium/web/compose.yml": SERVICES + text };
  return loadHost({
    host: "helium",
    layout: { kind: "folder", path: "helium" },
    root: ROOT,
    files: memoryFiles(ROOT, tree),
    tracked: memoryTrackedFiles(ROOT, tree, {}),
    startupOrder: [],
    envs: { host: {}, shared: {} },
    secrets: { variables: {}, sources: [] },
    ...(settings && { settings }),
  });
}

const D = DEFAULT_SETTINGS;
const CASES: readonly {
  readonly name: string;
  readonly file?: string;
  readonly config?: GivenSettings;
  readonly defaults?: Partial<StackSettings>;
  readonly gives: Partial<StackSettings>;
}[] = [
  { name: "nothing", gives: {} },
  { name: "an empty x-homeport", file: "x-homeport:\n", gives: {} },
  { name: "the defaults of the configuration", defaults: { drift: "report" }, gives: { drift: "report" } },
  {
    name: "the configuration of the stack, before the defaults",
    defaults: { rollback: "off", drift: "report" },
    config: { rollback: "on" },
    gives: { rollback: "on", drift: "report" },
  },
  {
    name: "its own file, before all else",
    file: "x-homeport: {rollback: off, drift: heal, health_gate: {timeout: 2m}}\n",
    config: { rollback: "on", drift: "report", healthGate: { timeout: "3m", stable: "10s" } },
    gives: { rollback: "off", healthGate: { timeout: 120_000, stable: 10_000 } },
  },
  { name: "a gate that is off", file: "x-homeport: {health_gate: off}\n", gives: { healthGate: "off" } },
  {
    name: "a gate where it is off elsewhere",
    file: "x-homeport: {health_gate: {stable: 0s}}\n",
    defaults: { healthGate: "off" },
    gives: { healthGate: { timeout: 60_000, stable: 0 } },
  },
  { name: "a suspension by its file", file: "x-homeport: {suspend: true}\n", gives: { suspend: true } },
  {
    name: "a suspension by the configuration, whatever the file says",
    file: "x-homeport: {suspend: false}\n",
    config: { suspend: true },
    gives: { suspend: true },
  },
];

for (const { name, file = "", config, defaults, gives } of CASES) {
  Deno.test(`a stack's settings are those of ${name}`, () => {
    const ofStack: Record<string, GivenSettings> = config === undefined ? {} : { web: config };
    const { stacks, broken } = load(file, { defaults: { ...D, ...defaults }, ofStack });
    assert.deepEqual(broken, []);
    assert.deepEqual(stacks[0]!.settings, { ...D, ...gives });
  });
}

Deno.test("settings change no hash", () => {
  const hash = (text: string) => load(text).stacks[0]!.stackHash;
  assert.equal(hash("x-homeport: {suspend: true}\n"), hash(""));
});

Deno.test("wrong settings break the stack, each with its place", () => {
  const { stacks, broken } = load(`x-homeport:
  rollback: false
  drift: fix
  suspend: "yes"
  healthgate: off
  health_gate:
    timeout: 0s
    stable: soon
    grace: 1s
`);
  assert.deepEqual(stacks, []);
  const text = formatError(broken[0]!.error);
  assert.match(text, /→ write rollback: on, or rollback: off$/m);
  const places = text.split("\n").filter((line) => line.includes("compose.yml"));
  assert.deepEqual(places.map((line) => line.trim()), [
    'unknown key "healthgate" (x-homeport.healthgate, helium/web/compose.yml:6)',
    '"yes" where true or false is needed (x-homeport.suspend, helium/web/compose.yml:5)',
    "false where on or off is needed (x-homeport.rollback, helium/web/compose.yml:3)",
    '"fix" where heal or report is needed (x-homeport.drift, helium/web/compose.yml:4)',
    'unknown key "grace" (x-homeport.health_gate.grace, helium/web/compose.yml:10)',
    '"0s" is not a duration (x-homeport.health_gate.timeout, helium/web/compose.yml:8)',
    '"soon" is not a duration (x-homeport.health_gate.stable, helium/web/compose.yml:9)',
  ]);
});

Deno.test("x-homeport that is no mapping is refused", () => {
  assert.match(
    formatError(load("x-homeport: yes please\n").broken[0]!.error),
    /"yes please" where a mapping is needed/,
  );
});

Deno.test("settings of a stack that is not there are told", () => {
  const { warnings } = load("", { defaults: D, ofStack: { wbe: { suspend: true } } });
  assert.deepEqual(warnings, [{
    stack: "wbe",
    message: "stackSettings names it, and there is no such stack",
  }]);
});

import assert from "node:assert/strict";
import { renderJson } from "../../lib/compose/render_config.ts";
import { renderYaml } from "../../lib/compose/render_config_yaml.ts";
import type { StringMap } from "../../lib/compose/project.ts";
import { showFolder, type ShownStack, showStack } from "../../lib/stacks/show_stack.ts";
import { NO_TRACKED_FILES } from "../../lib/stacks/tracked_files.ts";
import { memoryFiles, memoryTrackedFiles, type MemoryTree } from "../fakes/memory_files.ts";

const ROOT = "/repo";

function show(compose: string, secrets: StringMap, tree: MemoryTree = {}, name = "shop"): ShownStack {
  const files: MemoryTree = { "servers/helium/shop/compose.yml": compose, ...tree };
  return showStack(
    {
      host: "helium",
      layout: { kind: "folder", path: "servers/helium" },
      root: ROOT,
      files: memoryFiles(ROOT, files),
      tracked: memoryTrackedFiles(ROOT, files),
      startupOrder: [],
      envs: { host: { TZ: "Europe/Berlin" }, shared: {} },
      secrets: { variables: secrets, sources: [] },
    },
    name,
    { composeHash: "2.40" },
  );
}

/** The first service, as JSON. */
function serviceOf(shown: ShownStack): Record<string, unknown> {
  return Object.values(JSON.parse(renderJson(shown.model)).services)[0] as Record<string, unknown>;
}

const service = (lines: string) => `services:\n  web:\n    image: "app:1"\n${lines}`;

Deno.test("a secret is masked, and what looks like it but is none is shown", () => {
  const shown = show(
    service('    environment: { A: "x${PASSWORD}y", B: "hunter2", C: "$TZ" }\n    labels: ["l=$PASSWORD"]\n'),
    { PASSWORD: "hunter2" },
  );
  const { environment, labels } = serviceOf(shown);
  assert.deepEqual(environment, { A: "x***y", B: "hunter2", C: "Europe/Berlin" });
  assert.deepEqual(labels, { l: "***" });
});

Deno.test("what is not carried out is shown all the same, with a warning", () => {
  const shown = show(service("    secrets: [s]\nsecrets: {s: {external: true}}\n"), {});
  assert.deepEqual(JSON.parse(renderJson(shown.model)).secrets, { s: { name: "s", external: true } });
  assert.deepEqual(shown.warnings, [{
    stack: "shop",
    message: 'cannot be deployed: "external" is not supported yet (secrets.s.external)',
    location: { file: "servers/helium/shop/compose.yml", line: 5, column: 15 },
  }]);
});

Deno.test("a short secret masks no more than its own place", () => {
  const shown = show(service('    environment: { A: "${PIN}", B: "app:1" }\n    user: "1"\n'), { PIN: "1" });
  const { environment, user, image } = serviceOf(shown);
  assert.deepEqual([environment, user, image], [{ A: "***", B: "app:1" }, "1", "app:1"]);
});

Deno.test("a secret is masked in whatever form it went in", () => {
  const shown = show(
    service(
      '    command: run --password ${PASSWORD}\n    mem_limit: ${SIZE}\n    ports: ["${PORT}:80"]\n' +
        "    cpu_shares: ${SHARES}\n    environment: [PASSWORD, '${KEY}=1']\n",
    ),
    { PASSWORD: String.raw`a\"b c`, SIZE: "512m", PORT: "8181", SHARES: "7", KEY: "HIDDEN" },
  );
  const text = renderJson(shown.model);
  const { ports, mem_limit, cpu_shares, environment } = serviceOf(shown);
  assert.doesNotMatch(text, /512|536870912|8181|HIDDEN|a\\*"b|"c"/);
  assert.deepEqual(environment, { "***": "***", PASSWORD: "***" });
  assert.deepEqual([mem_limit, cpu_shares], ["***", "***"]);
  assert.equal((ports as { published: string }[])[0]!.published, "***");
});

Deno.test("a secret that has no other value is masked in every text that holds it", () => {
  const shown = show(
    service(
      '    environment: { A: "in 0000 or so", B: "$ZEROS", C: "00" }\n    user: "${ON}"\n    tty: true\n',
    ),
    { ZEROS: "0000", ON: "true", SHORT: "00" },
  );
  const { environment, user, tty } = serviceOf(shown);
  assert.deepEqual([environment, user, tty], [{ A: "in *** or so", B: "***", C: "***" }, "***", true]);
});

Deno.test("a secret that must be a duration or a truth value hides no less of the others", () => {
  const shown = show(
    service(
      '    healthcheck: { test: x, interval: "${WAIT}" }\n    tty: ${ON}\n    command: run "${PASSWORD}"\n' +
        '    environment: { A: "in 10s", B: "true" }\n',
    ),
    { WAIT: "10s", ON: "true", PASSWORD: String.raw`a\"b c` },
  );
  const { environment, healthcheck, command, tty } = serviceOf(shown);
  assert.deepEqual(environment, { A: "in 10s", B: "true" });
  assert.deepEqual(healthcheck, { test: ["CMD-SHELL", "x"], interval: "***" });
  assert.deepEqual([command, tty], [["run", "***"], true]);
});

Deno.test("masks stay texts in YAML", () => {
  const shown = show(service("    environment: { A: $PASSWORD }\n"), { PASSWORD: "hunter2" });
  assert.match(renderYaml(shown.model), /^ {6}A: '\*\*\*'$/m);
});

Deno.test("the hashes are those of the real values, and of what is not external", () => {
  const text = (value: string) =>
    service(`    environment: { A: "${value}" }\n    volumes: ["data:/d", "else:/e"]\n`) +
    "volumes: { data: {}, else: { external: true } }\n";
  const [masked, plain] = [show(text("$PASSWORD"), { PASSWORD: "hunter2" }), show(text("hunter2"), {})];
  assert.deepEqual(masked.hashes, plain.hashes);
  assert.deepEqual(masked.hashes.map(({ kind, name }) => `${kind} ${name}`), [
    "service web",
    "network default",
    "volume data",
  ]);
});

Deno.test("a stack that is not there is refused with the names of those that are", () => {
  assert.throws(() => show(service(""), {}, {}, "shpo"), {
    message: "Host helium has no stack shpo",
    hint: "pick one of: shop",
  });
});

Deno.test("a folder is shown with its own .env, or with the env files in its place", () => {
  const files = memoryFiles(ROOT, {
    "shop/compose.yml": service("    environment: { A: '${A-none}', B: '${B-none}' }\n"),
    "shop/.env": "A=own\n",
  });
  const stack = { name: "shop", folder: `${ROOT}/shop` };
  const input = { stack, root: ROOT, files, tracked: NO_TRACKED_FILES, variables: {} };
  const environmentWith = (envFiles?: { path: string; text: string }[]) =>
    serviceOf(showFolder(input, { composeHash: "2.40", envFiles }))["environment"];
  assert.deepEqual(environmentWith(), { A: "own", B: "none" });
  assert.deepEqual(
    environmentWith([{ path: "/1.env", text: "B=first\nC=x\n" }, { path: "/2.env", text: "B=second$C\n" }]),
    { A: "none", B: "secondx" },
  );
});

Deno.test("variables that are not set are warned of", () => {
  const { warnings } = show(service("    user: $NOBODY\n"), {});
  assert.deepEqual(warnings, [{
    stack: "shop",
    message: "variable NOBODY is not set; a blank takes its place",
    location: { file: "servers/helium/shop/compose.yml", line: 4, column: 5 },
  }]);
});

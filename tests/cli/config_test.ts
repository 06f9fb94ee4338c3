import assert from "node:assert/strict";
import type { ConfigOptions, ConfigReport } from "../../lib/cli/app.ts";
import { HomeportError } from "../../lib/errors.ts";
import { cli, fakeApp } from "../fakes/fake_app.ts";

const REPORT: ConfigReport = {
  model: {
    kind: "map",
    entries: [["name", { kind: "text", value: "shop" }], ["services", { kind: "map", entries: [] }]],
  },
  hashes: [
    { kind: "service", name: "web", hash: "a1" },
    { kind: "network", name: "default", hash: "b2" },
    { kind: "volume", name: "data", hash: "c3" },
  ],
  warnings: [{ stack: "shop", message: "odd", location: { file: "shop/compose.yml", line: 9 } }],
};

/** What the application is asked, and what is printed. */
async function run(...args: string[]) {
  const asked: ConfigOptions[] = [];
  const app = fakeApp({
    showConfig: (options) => {
      asked.push(options);
      return Promise.resolve(REPORT);
    },
  });
  return { ...await cli(["config", ...args], app), asked: asked[0] };
}

const WARNING = "warning: shop: odd (shop/compose.yml:9)\n";

const FORMS: readonly [string[], string][] = [
  [[], "name: shop\nservices: {}\n"],
  [["--format", "yaml"], "name: shop\nservices: {}\n"],
  [["--format", "json"], '{\n  "name": "shop",\n  "services": {}\n}\n'],
  [["--hashes"], "service web a1\nnetwork default b2\nvolume data c3\n"],
];

for (const [args, expected] of FORMS) {
  Deno.test(`config ${args.join(" ")} prints its result alone on standard output`, async () => {
    const { code, stdout, stderr } = await run(...args);
    assert.deepEqual([code, stdout, stderr], [0, expected, WARNING]);
  });
}

Deno.test("config is about the working folder unless a folder or a stack is named", async () => {
  assert.deepEqual((await run()).asked, { source: { kind: "folder", folder: Deno.cwd() }, envFiles: [] });
  const { asked } = await run("--path", "/srv/shop", "--env-file", "/a.env", "--env-file", "b.env");
  assert.deepEqual(asked, {
    source: { kind: "folder", folder: "/srv/shop" },
    envFiles: ["/a.env", `${Deno.cwd()}/b.env`],
  });
});

Deno.test("config --stack is about a stack of the host", async () => {
  const { asked } = await run("--stack", "shop", "--offline", "--compose-hash", "5");
  assert.ok(asked?.source.kind === "stack");
  const { host, stack, offline } = asked.source;
  assert.deepEqual([host, stack, offline, asked.composeHash], ["helium", "shop", true, "5"]);
  const other = (await run("--host", "xenon", "--stack", "shop")).asked;
  assert.ok(other?.source.kind === "stack");
  assert.deepEqual([other.source.host, other.source.offline], ["xenon", false]);
});

const MISTAKES: readonly [string[], RegExp][] = [
  [["--host", "xenon"], /^--host is of use with --stack only\n {2}→ name the stack with --stack/],
  [["--offline"], /^--offline is of use with --stack only/],
  [["--path", ".", "--stack", "shop"], /'--path <folder>' cannot be used with option '--stack <name>'/],
  [["--hashes", "--format", "json"], /'--hashes' cannot be used with option '--format <format>'/],
  [["--format", "toml"], /Allowed choices are yaml, json/],
  [["--compose-hash", "3"], /Allowed choices are 2\.40, 5/],
];

for (const [args, expected] of MISTAKES) {
  Deno.test(`config ${args.join(" ")} is refused with exit code 2`, async () => {
    const { code, stdout, stderr, asked } = await run(...args);
    assert.deepEqual([code, stdout, asked], [2, "", undefined]);
    assert.match(stderr, expected);
  });
}

Deno.test("what cannot be loaded is said on standard error", async () => {
  const error = new HomeportError("secrets are not to be had", { hint: "try again" });
  const app = fakeApp({ showConfig: () => Promise.reject(error) });
  const { code, stdout, stderr } = await cli(["config"], app);
  assert.deepEqual([code, stdout], [1, ""]);
  assert.match(stderr, /secrets are not to be had\n {2}→ try again/);
});

/** `homeport config` as a person has it: a folder on disk, a repository, no engine. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { createApp } from "../../lib/app.ts";
import { dotenvFiles } from "../../lib/mod.ts";
import { findCompose, skipTest } from "../engine/environment.ts";
import { cli } from "../fakes/fake_app.ts";
import { Homelab } from "../fakes/homelab.ts";
import { temporaryFolder } from "../temporary_folder.ts";

const COMPOSE = `name: shop
x-note: "<$\${NOT}>"
services:
  web:
    image: "app:\${TAG-none}"
    env_file: ../common.env
    environment: { MONEY: "5$$", PASSWORD: "\${PASSWORD-}", FROM_PROCESS: "\${HOME-no}" }
    volumes: ["./data:/data"]
`;

/** A folder of the test's own, with files by their path. */
async function inFolder(
  files: Readonly<Record<string, string>>,
  test: (folder: string) => Promise<void>,
): Promise<void> {
  using folder = temporaryFolder();
  for (const [path, text] of Object.entries(files)) {
    await Deno.mkdir(join(folder.path, path, ".."), { recursive: true });
    await Deno.writeTextFile(join(folder.path, path), text);
  }
  await test(folder.path);
}

/** The configuration is no valid one, and nobody asks for it. */
const app = () => createApp({ repository: { url: "nowhere" }, hosts: {} }, { environment: {} });

const REPOSITORY = {
  ".git/HEAD": "ref: refs/heads/main\n",
  "common.env": "COMMON=1\n",
  "shop/compose.yml": COMPOSE,
  "shop/.env": "TAG=own\n",
  "a.env": "TAG=a\nBOTH=a\n",
  "b.env": "TAG=b$BOTH\n",
};

const ENV_FILES: readonly (readonly string[])[] = [[], ["a.env"], ["a.env", "b.env"]];
const compose = findCompose();

for (const names of ENV_FILES) {
  for (const format of ["json", "yaml"]) {
    const name = `config --format ${format} with ${
      names.join(", ") || ".env"
    } prints what docker compose prints`;
    if ("missing" in compose) {
      skipTest(name, compose.missing);
      continue;
    }
    Deno.test(name, () =>
      inFolder(REPOSITORY, async (folder) => {
        const envFiles = names.flatMap((each) => ["--env-file", join(folder, each)]);
        const path = join(folder, "shop");
        const ours = await cli(["config", "--path", path, "--format", format, ...envFiles], app());
        const theirs = await new Deno.Command(compose.command, {
          args: ["compose", ...envFiles, "config", "--format", format],
          cwd: path,
          clearEnv: true,
          env: { ...compose.env, PATH: Deno.env.get("PATH") ?? "" },
          stdin: "null",
        }).output();
        assert.deepEqual([ours.code, ours.stderr], [0, ""]);
        assert.equal(ours.stdout.trimEnd(), new TextDecoder().decode(theirs.stdout).trimEnd());
        assert.ok(ours.stdout.includes("$${NOT}"));
      }));
  }
}

Deno.test("config takes files from the folder alone where no repository is around it", () => {
  const { [".git/HEAD"]: _head, ...files } = REPOSITORY;
  return inFolder(files, async (folder) => {
    const { code, stdout, stderr } = await cli(["config", "--path", join(folder, "shop")], app());
    assert.deepEqual([code, stdout], [2, ""]);
    assert.match(stderr, /"\.\.\/common\.env" leads out of the repository/);
  });
});

const MISSING: readonly [string[], RegExp][] = [
  [["--path", "/nowhere/at/all"], /^There is no folder \/nowhere\/at\/all/],
  [["--path", "/etc/hosts"], /^There is no folder \/etc\/hosts/],
  [["--path", "/", "--env-file", "/nowhere.env"], /^Cannot read the env file \/nowhere\.env/],
  [["--path", "/proc/self/fd"], /^There is no Compose file in \/proc\/self\/fd/],
];

for (const [args, expected] of MISSING) {
  Deno.test(`config ${args.join(" ")} says what is missing`, async () => {
    const { code, stdout, stderr } = await cli(["config", ...args], app());
    assert.deepEqual([code, stdout], [2, ""]);
    assert.match(stderr, expected);
  });
}

Deno.test("config --stack shows what the repository says now, with its secrets masked and without an engine", () =>
  inFolder({ "secrets.env": "PASSWORD=hunter2\nUSER_NAME=shop\n" }, async (folder) => {
    const lab = new Homelab({
      folder,
      dockerHost: `unix://${folder}/no.sock`,
      config: { secrets: dotenvFiles(join(folder, "secrets.env")), deploy: { composeHash: "5" } },
    });
    const text =
      'services:\n  shop:\n    image: "app:1"\n    environment: { A: "$PASSWORD", B: "u $USER_NAME" }\n' +
      '    volumes: ["./data:/data"]\n';
    await lab.commit({ "shop/compose.yml": text });
    const args = ["config", "--host", "helium", "--stack", "shop"];
    const { code, stdout, stderr } = await lab.run(...args);
    assert.equal(code, 0, stderr);
    assert.match(
      stdout,
      /^services:\n {2}shop:\n {4}environment:\n {6}A: '\*\*\*'\n {6}B: u \*\*\*\n {4}image: app:1\n/m,
    );
    assert.ok(stdout.includes(`source: ${lab.stackFolder("shop")}/data\n`));
    const flavours = await Promise.all(
      [[], ["--compose-hash", "5"], ["--compose-hash", "2.40"]].map((more) =>
        lab.run(...args, "--hashes", ...more)
      ),
    );
    assert.equal(flavours[0]!.stdout, flavours[1]!.stdout);
    assert.notEqual(flavours[1]!.stdout, flavours[2]!.stdout);
    assert.match(flavours[0]!.stdout, /^service shop [0-9a-f]{64}\nnetwork default [0-9a-f]{64}\n$/);

    await Deno.rename(lab.remote, `${lab.remote}-gone`);
    assert.notEqual((await lab.run(...args)).code, 0);
    const offline = await lab.run(...args, "--offline");
    assert.deepEqual([offline.code, offline.stdout], [0, stdout]);
    assert.match(offline.stderr, /the repository cannot be reached; going on with the last checkout/);
  }));

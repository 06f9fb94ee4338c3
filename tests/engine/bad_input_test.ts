/** What a person gets wrong, and what breaks: a clear error, the right exit code, and nothing lost or half-done. */
import assert from "node:assert/strict";
import { join } from "node:path";
import git from "isomorphic-git";
import * as fs from "node:fs";
import { fromFile } from "../../lib/mod.ts";
import { startEngineProxy } from "../fakes/engine_proxy.ts";
import { startGitServer } from "../fakes/git_server.ts";
import { type CliResult, Homelab } from "../fakes/homelab.ts";
import { findGit } from "./environment.ts";
import { containerIds } from "./container_ids.ts";
import { type EngineTest, engineTest } from "./harness.ts";

interface WrongStack {
  readonly name: string;
  /** Files of the stack `bad`. */
  readonly files: (t: EngineTest) => Readonly<Record<string, string>>;
  /** What the error must hold, besides the file. */
  readonly says: readonly RegExp[];
}

const WRONG_STACKS: readonly WrongStack[] = [
  {
    name: "broken YAML",
    files: () => ({ "compose.yml": "services:\n  a: [unclosed\n" }),
    says: [/compose\.yml:\d/],
  },
  {
    name: "an alias bomb",
    files: () => ({ "compose.yml": aliasBomb() }),
    says: [/compose\.yml/, /alias/i],
  },
  {
    name: "duplicate keys",
    files: () => ({ "compose.yml": "services:\n  a:\n    image: x\n    image: y\n" }),
    says: [/compose\.yml:4/, /image/],
  },
  {
    name: "a required variable that is not set",
    files: () => ({ "compose.yml": "services:\n  a:\n    image: ${WHICH:?say which}\n" }),
    says: [/compose\.yml:3/, /WHICH/, /say which/],
  },
  {
    name: "an unknown key",
    files: () => ({ "compose.yml": "services:\n  a:\n    image: x\n    enviroment: {A: 1}\n" }),
    says: [/compose\.yml:4/, /enviroment/, /did you mean.*environment/i],
  },
  {
    name: "a value of the wrong type",
    files: () => ({ "compose.yml": "services:\n  a:\n    image: x\n    ports: 80\n" }),
    says: [/compose\.yml:4/, /ports/],
  },
  {
    name: "an attribute that is not supported yet",
    files: () => ({ "compose.yml": "services:\n  a:\n    build: .\n" }),
    says: [/compose\.yml:3/, /build/],
  },
  {
    name: "a path that leaves the repository",
    files: () => ({
      "compose.yml": "services:\n  a:\n    image: x\n    env_file: ../../../../../secret.env\n",
    }),
    says: [/secret\.env/, /leads out of the repository/],
  },
  {
    name: "a dependency cycle",
    files: () => ({
      "compose.yml": "services:\n  a: {image: x, depends_on: [b]}\n  b: {image: x, depends_on: [a]}\n",
    }),
    says: [/compose\.yml:[23]/, /a → b → a/],
  },
];

for (const { name, files, says } of WRONG_STACKS) {
  engineTest(
    `a stack with ${name} is refused with its place, by check and by apply, and the others are deployed`,
    async (t) => {
      const lab = await homelab(t);
      const bad = `${t.project}-bad`;
      await lab.commit(
        Object.fromEntries(Object.entries(files(t)).map(([file, text]) => [`${bad}/${file}`, text])),
      );
      const checked = await lab.run("check", "--path", lab.remote);
      assert.equal(checked.code, 2, output(checked));
      const applied = await lab.run("apply");
      assert.equal(applied.code, 2, output(applied));
      for (const result of [checked, applied]) {
        for (const pattern of says) assert.match(output(result), pattern);
        assert.doesNotMatch(output(result), /\n\s+at .*\.ts:\d+/, "no stack trace");
      }
      assert.deepEqual(await names(t), [`${t.project}-good-a-1`]);
    },
  );
}

engineTest("a symlink that leaves the repository is refused", async (t) => {
  const lab = await homelab(t);
  const folder = join(lab.remote, "servers/helium", `${t.project}-bad`);
  await Deno.mkdir(folder);
  await Deno.symlink("/etc/passwd", join(folder, "leak.env"));
  await git.add({ fs, dir: lab.remote, filepath: `servers/helium/${t.project}-bad/leak.env` });
  await lab.commit({
    [`${t.project}-bad/compose.yml`]: "services:\n  a:\n    image: x\n    env_file: leak.env\n",
  });
  const applied = await lab.run("apply");
  assert.equal(applied.code, 2, output(applied));
  assert.match(output(applied), /leak\.env.*leads out of the repository/);
  assert.doesNotMatch(output(applied), /root:/);
});

engineTest("a broken stack that runs is left as it runs, and is not pruned", async (t) => {
  const lab = await homelab(t);
  await lab.commit({ [`${t.project}-bad/compose.yml`]: service(t) });
  assert.equal((await lab.run("apply")).code, 0);
  const before = await containerIds(t);
  await lab.commit({ [`${t.project}-bad/compose.yml`]: "services: [" });
  assert.equal((await lab.run("apply")).code, 2);
  assert.deepEqual(await containerIds(t), before);
});

engineTest("a stack folder without a Compose file is skipped, and said so", async (t) => {
  const lab = await homelab(t);
  await lab.commit({ [`${t.project}-notes/README.md`]: "notes" });
  const applied = await lab.run("apply");
  assert.equal(applied.code, 0, output(applied));
  assert.match(output(applied), new RegExp(`skipped.*${t.project}-notes`));
});

engineTest("two stacks with one project name are both refused, each naming the other", async (t) => {
  const lab = await homelab(t);
  await lab.commit({
    [`${t.project}-one/compose.yml`]: `name: ${t.project}-same\n${service(t)}`,
    [`${t.project}-two/compose.yml`]: `name: ${t.project}-same\n${service(t)}`,
  });
  for (const result of [await lab.run("check", "--path", lab.remote), await lab.run("apply")]) {
    assert.equal(result.code, 2, output(result));
    assert.match(output(result), new RegExp(`${t.project}-same`));
    assert.match(output(result), new RegExp(`${t.project}-one`));
    assert.match(output(result), new RegExp(`${t.project}-two`));
  }
  assert.deepEqual(await names(t), [`${t.project}-good-a-1`]);
});

engineTest("an unknown host is a configuration error that lists the hosts", async (t) => {
  const lab = await homelab(t);
  const result = await lab.run("apply", "--host", "heliun");
  assert.equal(result.code, 2);
  assert.match(result.stderr, /helium/);
});

engineTest("without an engine nothing is done, and the error says where it was looked for", async (t) => {
  const lab = await homelab(t, "unix:///nonexistent/docker.sock");
  const result = await lab.run("apply");
  assert.equal(result.code, 1);
  assert.match(result.stderr, /\/nonexistent\/docker\.sock/);
  assert.match(result.stderr, /→/);
});

engineTest("an engine that dies in the middle fails the apply, and the next one converges", async (t) => {
  let writes = 0;
  const proxy = await startEngineProxy({
    target: t.socketPath,
    socket: join(t.folder, "proxy.sock"),
    onRequest: ({ method }) => method === "GET" || ++writes < 3 ? undefined : { kind: "cut", when: "before" },
  });
  try {
    const lab = await homelab(t, proxy.dockerHost);
    await lab.commit({ [`${t.project}-bad/compose.yml`]: service(t) });
    const died = await lab.run("apply");
    assert.equal(died.code, 1, output(died));
    assert.ok(writes >= 3);
    writes = -1_000_000;
    const again = await lab.run("apply");
    assert.equal(again.code, 0, output(again));
    assert.deepEqual(await names(t), [`${t.project}-bad-a-1`, `${t.project}-good-a-1`]);
    assert.equal((await lab.run("plan", "--exit-code")).code, 0);
  } finally {
    await proxy.close();
  }
});

engineTest("an image that does not exist fails its stack before anything of it is touched", async (t) => {
  const lab = await homelab(t);
  await lab.commit({ [`${t.project}-bad/compose.yml`]: service(t) });
  assert.equal((await lab.run("apply")).code, 0);
  const before = await containerIds(t);
  await lab.commit({
    [`${t.project}-bad/compose.yml`]: service(t).replace(/image: .*/, "image: 127.0.0.1:1/no/such:image"),
  });
  const failed = await lab.run("apply");
  assert.equal(failed.code, 1, output(failed));
  assert.match(output(failed), /127\.0\.0\.1:1\/no\/such:image/);
  assert.deepEqual(await containerIds(t), before);
});

engineTest("a port that is taken fails its service, and says which port", async (t) => {
  using taken = Deno.listen({ hostname: "0.0.0.0", port: 0 });
  const { port } = taken.addr as Deno.NetAddr;
  const lab = await homelab(t);
  await lab.commit({
    [`${t.project}-bad/compose.yml`]: `services:
  a:
    image: ${t.images.one}
    command: sleep 600
    stop_signal: SIGKILL
    ports: ["${port}:80"]
networks: {default: {ipam: {config: [{subnet: ${t.subnet}.0/28}]}}}
`,
  });
  const failed = await lab.run("apply");
  assert.equal(failed.code, 1, output(failed));
  assert.match(output(failed), new RegExp(`${port}`));
  taken.close();
  const again = await lab.run("apply");
  assert.equal(again.code, 0, output(again));
});

engineTest("a repository that cannot be had is an error, and what runs is left alone", async (t) => {
  const lab = await homelab(t);
  assert.equal((await lab.run("apply")).code, 0);
  const before = await containerIds(t);
  await Deno.rename(lab.remote, `${lab.remote}-moved`);
  const failed = await lab.run("apply");
  assert.notEqual(failed.code, 0);
  assert.match(failed.stderr, new RegExp(lab.remote));
  assert.deepEqual(await containerIds(t), before);
});

engineTest(
  "an unreachable server is an error, and with --offline the last checkout is deployed",
  async (t) => {
    const found = findGit();
    assert.ok("command" in found);
    const root = join(t.folder, "served");
    await Deno.mkdir(root);
    const server = startGitServer({ git: found, root });
    const lab = new Homelab({
      folder: t.folder,
      dockerHost: t.dockerHost,
      config: { repository: { url: server.url("homelab/.git") } },
      remote: join(root, "homelab"),
    });
    await lab.commit({ [`${t.project}-good/compose.yml`]: service(t) });
    assert.equal((await lab.run("plan")).code, 0);
    await server[Symbol.asyncDispose]();
    const failed = await lab.run("apply");
    assert.equal(failed.code, 1, output(failed));
    assert.deepEqual(await names(t), []);
    const offline = await lab.run("apply", "--offline");
    assert.equal(offline.code, 0, output(offline));
    assert.match(output(offline), /last checkout/);
    assert.deepEqual(await names(t), [`${t.project}-good-a-1`]);
  },
);

engineTest("a wrong branch names those that exist", async (t) => {
  const lab = await homelab(t, t.dockerHost, "mian");
  const failed = await lab.run("apply");
  assert.equal(failed.code, 2, output(failed));
  assert.match(failed.stderr, /mian/);
  assert.match(failed.stderr, /main\b/);
});

engineTest("an empty repository is an error that says so", async (t) => {
  const lab = new Homelab({ folder: t.folder, dockerHost: t.dockerHost });
  await git.init({ fs, dir: lab.remote, defaultBranch: "main" });
  const failed = await lab.run("apply");
  assert.notEqual(failed.code, 0);
  assert.match(failed.stderr, /empty|no commit/i);
});

engineTest("a wrong token is refused by the server, and is shown nowhere", async (t) => {
  const found = findGit();
  assert.ok("command" in found);
  const root = join(t.folder, "served");
  await Deno.mkdir(root);
  await using server = startGitServer({
    git: found,
    root,
    credentials: { username: "git", token: "right-token" },
  });
  const tokenFile = join(t.folder, "token");
  await Deno.writeTextFile(tokenFile, "wrong-token-canary\n");
  const lab = new Homelab({
    folder: t.folder,
    dockerHost: t.dockerHost,
    config: { repository: { url: server.url("homelab/.git"), auth: { token: fromFile(tokenFile) } } },
    remote: join(root, "homelab"),
  });
  await lab.commit({ [`${t.project}-good/compose.yml`]: service(t) });
  const failed = await lab.run("apply");
  assert.equal(failed.code, 1, output(failed));
  assert.match(output(failed), /token/);
  assert.doesNotMatch(output(failed), /canary/);
  await Deno.writeTextFile(tokenFile, "right-token\n");
  const applied = await lab.run("apply");
  assert.equal(applied.code, 0, output(applied));
  for await (const text of textsBelow(lab.dataDir)) assert.doesNotMatch(text, /right-token|canary/);
});

engineTest("a data folder that cannot be written is an error that names it", async (t) => {
  const file = join(t.folder, "file");
  await Deno.writeTextFile(file, "");
  const lab = new Homelab({
    folder: t.folder,
    dockerHost: t.dockerHost,
    config: { dataDir: join(file, "data") },
  });
  await lab.commit({ [`${t.project}-good/compose.yml`]: service(t) });
  const failed = await lab.run("apply");
  assert.notEqual(failed.code, 0);
  assert.match(failed.stderr, new RegExp(join(file, "data")));
  assert.match(failed.stderr, /→/);
});

engineTest(
  "of two applies at once the second waits, says for whom, and then finds nothing to do",
  async (t) => {
    const lab = await homelab(t);
    const results = await Promise.all([lab.run("apply"), lab.run("apply")]);
    assert.deepEqual(results.map(({ code }) => code), [0, 0], results.map(output).join("\n"));
    assert.match(results.map(output).join("\n"), /waiting for pid \d+ \(apply --host helium\)/);
    assert.deepEqual(await names(t), [`${t.project}-good-a-1`]);
  },
);

/** A Homelab with one good stack. */
async function homelab(t: EngineTest, dockerHost = t.dockerHost, branch?: string): Promise<Homelab> {
  const lab = new Homelab({ folder: t.folder, dockerHost });
  await lab.commit({ [`${t.project}-good/compose.yml`]: service(t) });
  if (branch === undefined) return lab;
  return new Homelab({ folder: t.folder, dockerHost, config: { repository: { url: lab.remote, branch } } });
}

function service(t: EngineTest): string {
  return `services:
  a:
    image: ${t.images.one}
    command: sleep 600
    network_mode: none
    stop_signal: SIGKILL
`;
}

function aliasBomb(): string {
  const levels = Array.from({ length: 12 }, (_, level) => {
    const items = level === 0 ? '"x"' : `*l${level - 1}`;
    return `x-l${level}: &l${level} [${Array(12).fill(items).join(", ")}]`;
  });
  return `${levels.join("\n")}\nservices: {a: {image: x}}\n`;
}

function output({ stdout, stderr }: CliResult): string {
  return `${stdout}\n${stderr}`;
}

async function names(t: EngineTest): Promise<string[]> {
  return Object.keys(await containerIds(t));
}

async function* textsBelow(folder: string): AsyncGenerator<string> {
  for await (const entry of Deno.readDir(folder)) {
    const path = join(folder, entry.name);
    if (entry.isDirectory) yield* textsBelow(path);
    else if (entry.isFile) yield new TextDecoder("latin1").decode(await Deno.readFile(path));
  }
}

import assert from "node:assert/strict";
import { join } from "node:path";
import { ConfigurationError } from "../../lib/errors.ts";
import { checkoutFiles } from "../../lib/repository/checkout_files.ts";
import { gitTest } from "../engine/environment.ts";
import { scratchRemote, writeFiles } from "./scratch_remote.ts";

Deno.test("files of a checkout are read, told apart and listed, through symlinks that stay inside", () => {
  using folder = checkout();
  const files = checkoutFiles(folder.root);
  const at = (path: string) => join(folder.root, path);

  assert.equal(new TextDecoder().decode(files.read(at("web/compose.yml"))), "services: {}\n");
  assert.equal(new TextDecoder().decode(files.read(at("inside/compose.yml"))), "services: {}\n");
  assert.equal(new TextDecoder().decode(files.read(at("web/up/web/compose.yml"))), "services: {}\n");
  assert.equal(new TextDecoder().decode(files.read(at("absolute"))), "services: {}\n");
  assert.equal(files.read(at("web/missing")), undefined);
  assert.equal(files.read(at("web/compose.yml/below")), undefined);
  assert.deepEqual(
    ["web", "web/compose.yml", "inside", "missing", "dangling", "pipe"].map((path) => files.kind(at(path))),
    [
      "folder",
      "file",
      "folder",
      undefined,
      undefined,
      "other",
    ],
  );
  assert.deepEqual(files.list(at("web")), ["compose.yml", "up"]);
  assert.deepEqual(files.list(at("missing")), []);
  assert.ok(!files.list(folder.root).includes(".git"));
});

Deno.test("a checkout below a symlink is as good as any", () => {
  using folder = checkout();
  const link = join(folder.outside, "link");
  Deno.symlinkSync(folder.root, link);
  assert.deepEqual(checkoutFiles(link).list(join(link, "inside")), ["compose.yml", "up"]);
});

const ESCAPES: readonly [string, RegExp][] = [
  ["web/../../outside/secret", /outside of the repository's folder/],
  ["/etc/passwd", /^\/etc\/passwd is outside of the repository's folder/],
  ["escape", /escape is outside of the repository's folder .*: it leads to .*\/outside\/secret/],
  ["escape-folder/secret", /it leads to .*\/outside/],
  ["escape-folder/missing", /it leads to .*\/outside/],
  ["escape-missing", /it leads to .*\/outside\/nothing/],
  ["twice", /it leads to .*\/outside\/secret/],
  ["sibling", /it leads to .*\/root-sibling/],
  ["circle", /circle is a symlink that leads in a circle/],
];

for (const [path, message] of ESCAPES) {
  Deno.test(`refused: ${path}`, () => {
    using folder = checkout();
    const files = checkoutFiles(folder.root);
    const target = path.startsWith("/") ? path : `${folder.root}/${path}`;
    for (const use of [files.read, files.kind, files.list]) {
      assert.throws(
        () => use(target),
        (error) => error instanceof ConfigurationError && message.test(error.message),
      );
    }
  });
}

Deno.test("a folder is not read as a file", () => {
  using folder = checkout();
  const files = checkoutFiles(folder.root);
  assert.throws(() => files.read(join(folder.root, "web")), /Cannot read .*web: it is a folder/);
  assert.throws(() => files.read(join(folder.root, "pipe")), /Cannot read .*pipe: it is no ordinary file/);
});

gitTest("tracked files are listed at and below a path, with what Git knows of them", async (git) => {
  using remote = scratchRemote(git);
  writeFiles(remote.work, {
    "web/conf/a": "1\n",
    "web/conf/b/c": "2\n",
    "web/conf.d/x": "3\n",
    "web/conf-y": "4\n",
    run: "5\n",
  });
  Deno.chmodSync(join(remote.work, "run"), 0o755);
  Deno.symlinkSync("web/conf", join(remote.work, "link"));
  remote.commit({});
  const { tracked, folder } = await remote.sync();
  writeFiles(folder, { "web/conf/data/rows": "a container's\n" });
  const below = (path: string) =>
    tracked.filesBelow(join(folder, path)).map((file) => file.path.slice(folder.length + 1));

  assert.deepEqual(below("web/conf"), ["web/conf/a", "web/conf/b/c"]);
  assert.deepEqual(below("web/conf/"), ["web/conf/a", "web/conf/b/c"]);
  assert.deepEqual(below("web/conf/a"), ["web/conf/a"]);
  assert.deepEqual(below("link"), ["link", "web/conf/a", "web/conf/b/c"]);
  assert.deepEqual(below("link/b"), ["web/conf/b/c"]);
  assert.deepEqual(below("web/conf/data"), []);
  assert.deepEqual(below("nothing"), []);
  assert.equal(below("").length, 6);
  assert.deepEqual(tracked.filesBelow("/etc"), []);
  const [run] = tracked.filesBelow(join(folder, "run"));
  const modified = Math.floor(Deno.statSync(join(folder, "run")).mtime!.getTime() / 1000);
  assert.deepEqual(run, {
    path: join(folder, "run"),
    oid: remote.git("rev-parse", "HEAD:run"),
    mode: "100755",
    modified,
  });
});

interface Checkout extends Disposable {
  readonly root: string;
  readonly outside: string;
}

function checkout(): Checkout {
  const folder = Deno.realPathSync(Deno.makeTempDirSync({ prefix: "homeport-files-" }));
  const root = join(folder, "root");
  const outside = join(folder, "outside");
  writeFiles(folder, {
    "root/web/compose.yml": "services: {}\n",
    "outside/secret": "secret\n",
    "root-sibling": "x",
    "root/.git/config": "",
  });
  const links: Readonly<Record<string, string>> = {
    inside: "web",
    "web/up": "..",
    absolute: join(root, "web/compose.yml"),
    dangling: "web/nothing",
    escape: "../outside/secret",
    "escape-folder": outside,
    "escape-missing": "../outside/nothing",
    twice: "web/up/escape",
    sibling: "../root-sibling",
    circle: "circle",
  };
  for (const [name, target] of Object.entries(links)) Deno.symlinkSync(target, join(root, name));
  new Deno.Command("mkfifo", { args: [join(root, "pipe")] }).outputSync();
  return { root, outside, [Symbol.dispose]: () => Deno.removeSync(folder, { recursive: true }) };
}

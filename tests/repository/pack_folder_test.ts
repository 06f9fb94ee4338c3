import assert from "node:assert/strict";
import { join } from "node:path";
import { PackFolder } from "../../lib/repository/pack_folder.ts";
import { gitTest } from "../engine/environment.ts";
import { packs } from "./broken_disk.ts";
import { scratchRemote } from "./scratch_remote.ts";

gitTest("objects are found by their IDs and by the beginnings of these, as git finds them", async (git) => {
  using remote = scratchRemote(git);
  // So many that every first byte occurs, the lowest and the highest among them.
  remote.commit(Object.fromEntries(Array.from({ length: 500 }, (_, each) => [`f/${each}`, `${each}\n`])));
  await remote.sync();
  const gitFolder = join(remote.checkout, ".git");
  const oids = remote.gitIn(remote.checkout, "cat-file", "--batch-all-objects", "--batch-check=%(objectname)")
    .split("\n");
  const found = (prefix: string) => new PackFolder(gitFolder).find(prefix).sort();
  const beginning = (prefix: string) => oids.filter((oid) => oid.startsWith(prefix)).sort();
  for (
    const prefix of [
      "0000",
      "00",
      "ff",
      "ffff",
      ...oids.slice(0, 40).map((oid, each) => oid.slice(0, each + 1)),
    ]
  ) {
    if (prefix.length > 1) assert.deepEqual(found(prefix), beginning(prefix), prefix);
  }
  assert.ok(beginning("00").length > 0 && beginning("ff").length > 0);
  for (const oid of [oids[0]!, oids.at(-1)!]) assert.deepEqual(found(oid), [oid]);
  // Made anew by git, in one pack or in two.
  remote.gitIn(remote.checkout, "repack", "-q", "-a", "-d");
  assert.deepEqual(found("00"), beginning("00"));
  for (const length of [1100, 1000]) {
    Deno.truncateSync(packs(gitFolder).find((path) => path.endsWith(".idx"))!, length);
    assert.deepEqual(found("ff"), []);
  }
});

gitTest("of several packs those stay that a kept commit needs", async (git) => {
  using remote = scratchRemote(git);
  const [one, two, three] = ["1", "2", "3"].map((content) => remote.commit({ f: content })) as [
    string,
    string,
    string,
  ];
  await remote.sync();
  const folder = new PackFolder(join(remote.checkout, ".git"));
  const ours = folder.names();
  const keep = async (...commits: readonly string[]) => {
    await remote.sync({ keep: commits });
    return folder.names().length;
  };
  const { head } = await remote.sync();
  for (const commit of [one, two]) await head.filesAt(commit);
  assert.equal(folder.names().length, 3);
  assert.equal(await keep(one, two), 3);
  assert.equal(await keep(two, three, "f".repeat(40)), 2);
  assert.ok(folder.holds(two) && folder.holds(three) && !folder.holds(one));
  assert.equal(await keep(), 1);
  assert.deepEqual(folder.names(), ours);
});

/** What becomes of images that deployments left behind. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { journalOf } from "../../lib/app/pass.ts";
import { validateConfig } from "../../lib/config/validate_config.ts";
import { connectEngine } from "../../lib/engine/client.ts";
import type { CleanupReport } from "../../lib/reconcile/cleanup/cleanup_report.ts";
import { Redactor } from "../../lib/secret.ts";
import type { History } from "../../lib/reconcile/history/history.ts";
import { Homelab } from "../fakes/homelab.ts";
import { type EngineTest, engineTest } from "./harness.ts";

engineTest("cleanup removes what deployments left behind, and nothing of others", async (t) => {
  const lab = new Homelab({ folder: t.folder, dockerHost: t.dockerHost });
  const name = `${t.project}-image`;
  const ids = await makeImages(t, name, ["1", "2", "3", "4", "unknown"]);
  const [old = "", shared = "", stopped = "", now = "", unknown = ""] = ids;
  const deploy = async (tag: string) => {
    await lab.commit({ "stack.yml": "", [`${t.project}/compose.yml`]: service(`${name}:${tag}`) });
    const { code, stdout, stderr } = await lab.run("apply");
    assert.equal(code, 0, `${stdout}${stderr}`);
  };
  try {
    for (const tag of ["1", "2", "3", "4"]) await deploy(tag);
    await t.api.request("POST", `/images/${name}:2/tag`, { query: { repo: name, tag: "mine" } });
    await t.api.request("POST", "/containers/create", {
      query: { name: `${t.project}-other` },
      body: JSON.stringify({ Image: stopped, Labels: { "com.docker.compose.project": t.project } }),
      headers: { "content-type": "application/json" },
    });
    const journal = join(lab.dataDir, "journal.db");
    const lastPass = Deno.statSync(journal).mtime!;

    const kept = await lab.run("cleanup");
    assert.deepEqual(
      kept,
      { code: 0, stdout: "helium: no image to remove\n", stderr: "" },
      "all may be gone back to",
    );
    await keepNewest(lab, t.project);

    const dry = await lab.run("cleanup", "--dry-run", "--json");
    assert.equal(dry.code, 0, dry.stderr);
    const would: CleanupReport = JSON.parse(dry.stdout);
    const wanted = [[old, [`${name}:1`]], [shared, [`${name}:2`]]];
    const summary = ({ images }: CleanupReport) =>
      images.map(({ id, references }) => [id, references]).sort();
    assert.deepEqual(summary(would), wanted.sort());
    assert.deepEqual(await tagsOf(t, old), [`${name}:1`], "nothing was removed");

    const done = await lab.run("cleanup", "--json");
    assert.equal(done.code, 0, done.stderr);
    const report: CleanupReport = JSON.parse(done.stdout);
    assert.deepEqual(summary(report), wanted.sort());
    assert.deepEqual([report.kept, report.failed], [[], []]);
    assert.equal(await tagsOf(t, old), undefined);
    assert.deepEqual(await tagsOf(t, shared), [`${name}:mine`], "a tag of others stays");
    assert.deepEqual(
      await tagsOf(t, stopped),
      [`${name}:3`],
      "a container that does not run was made from it",
    );
    assert.deepEqual(await tagsOf(t, now), [`${name}:4`]);
    assert.deepEqual(await tagsOf(t, unknown), [`${name}:unknown`], "no deployment ran it");
    assert.deepEqual(Deno.statSync(journal).mtime, lastPass, "a cleanup is no pass");

    const again = await lab.run("cleanup");
    assert.deepEqual(again, { code: 0, stdout: "helium: no image to remove\n", stderr: "" });
    const history: History = JSON.parse((await lab.run("history", "--json")).stdout);
    const { subject } = history.entries[0]!;
    assert.deepEqual(
      subject.kind === "cleanup" && subject.images.map(({ id }) => id).sort(),
      [old, shared].sort(),
    );
    assert.match((await lab.run("history")).stdout, /\(images\) +cleaned +.* 2 images removed, /);

    await t.step("the engine has the last word", async () => {
      const engine = connectEngine({ dockerHost: t.dockerHost });
      assert.equal((await engine.removeImage(`${name}:4`, t.signal)).kind, "in-use");
      assert.equal((await engine.removeImage(`${name}:gone`, t.signal)).kind, "gone");
      assert.ok(await engine.imageBytes(t.signal) > 0);
      engine.close();
    });
    await t.step("what a stack ran that left Git goes as well", async () => {
      const known = journalOf(validateConfig(lab.config), { redactor: new Redactor() }).knownImages("helium");
      assert.deepEqual(new Set((await known).map(({ id }) => id)), new Set([old, shared, stopped, now]));
      await lab.removeStack(t.project);
      assert.equal((await lab.run("apply", "--confirm-prune")).code, 0);
      assert.equal((await lab.run("cleanup")).code, 0);
      assert.equal(await tagsOf(t, now), undefined);
      assert.deepEqual(await tagsOf(t, unknown), [`${name}:unknown`]);
    });
  } finally {
    for (const id of ids) {
      await t.api.request("DELETE", `/images/${id}`, { query: { force: "true" } }).catch(() => {});
    }
  }
});

/** As after five further deployments: what the stack ran before is none of those that it may go back to. */
async function keepNewest({ dataDir }: Homelab, stack: string): Promise<void> {
  const path = join(dataDir, "state.json");
  const state = JSON.parse(await Deno.readTextFile(path));
  const known = state.hosts.helium.stacks[stack];
  assert.ok(known.good.length > 1);
  known.good.splice(1);
  await Deno.writeTextFile(path, JSON.stringify(state));
}

/** Images that no other test has. */
async function makeImages(t: EngineTest, name: string, tags: readonly string[]): Promise<string[]> {
  const created = await t.api.request("POST", "/containers/create", {
    body: JSON.stringify({ Image: t.images.one }),
    headers: { "content-type": "application/json" },
  });
  const { Id: container } = await created.json();
  const ids: string[] = [];
  for (const tag of tags) {
    const query = { container, repo: name, tag, changes: `LABEL made.for=${name}-${tag}` };
    ids.push((await (await t.api.request("POST", "/commit", { query })).json()).Id);
  }
  await t.api.request("DELETE", `/containers/${container}`);
  return ids;
}

/** `undefined`: the image is gone. */
async function tagsOf(t: EngineTest, id: string): Promise<readonly string[] | undefined> {
  const images = await t.api.get("/images/json") as readonly {
    readonly Id: string;
    readonly RepoTags: readonly string[] | null;
  }[];
  const found = images.find(({ Id }) => Id === id);
  return found && (found.RepoTags ?? []);
}

function service(image: string): string {
  return `services:\n  web:\n    image: ${image}\n    network_mode: none\n    stop_grace_period: 0s\n    command: sleep 600\n`;
}

/** What is kept of passes over a real engine. */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { join } from "node:path";
import { dotenvFiles } from "../../lib/secrets/dotenv_files.ts";
import type { History, HistoryEntry } from "../../lib/reconcile/history/history.ts";
import { lockDataDir } from "../../lib/repository/lock.ts";
import { Homelab } from "../fakes/homelab.ts";
import { type EngineTest, engineTest } from "./harness.ts";

const SECRET = "canary-journal-9d1e";

engineTest("history tells of a deployment, a failure and a prune, and holds no secret", async (t) => {
  const secrets = join(t.folder, "secrets.env");
  await Deno.writeTextFile(secrets, `PASSWORD=${SECRET}\n`);
  const lab = new Homelab({
    folder: t.folder,
    dockerHost: t.dockerHost,
    config: { secrets: dotenvFiles(secrets), deploy: { rollback: "off" } },
  });
  const [a, b, c] = ["a", "b", "c"].map((name) => `${t.project}-${name}`) as [string, string, string];

  await t.step("before the first apply there is none", async () => {
    const { code, stderr } = await lab.run("history");
    assert.equal(code, 0);
    assert.match(stderr, /There is no journal in .* yet/);
  });

  const first = await lab.commit({
    [`${a}/compose.yml`]: service(t.images.one),
    [`${b}/compose.yml`]: service(t.images.one),
    [`${c}/compose.yml`]: service(t.images.one),
  }, "Three stacks\n\nand more");
  assert.equal((await lab.run("apply")).code, 0);

  await t.step("a deployment, with its commit and images", async () => {
    const entries = await read(lab, a);
    assert.equal(entries.length, 1);
    const { commit, subject, trigger } = entries[0]!;
    assert.deepEqual([trigger, commit], ["apply", { id: first, author: "Test", subject: "Three stacks" }]);
    assert.ok(subject.kind === "stack");
    assert.deepEqual([subject.action, subject.outcome], ["create", "deployed"]);
    assert.deepEqual(subject.operations.map(({ id, outcome }) => [id, outcome]), [
      ["create-container web-1", "done"],
      ["start-container web-1", "done"],
    ]);
    const [{ service, before, after }] = subject.images as [typeof subject.images[number]];
    const { Id, RepoDigests } = await t.api.get(`/images/${t.images.one}/json`) as {
      readonly Id: string;
      readonly RepoDigests: readonly string[] | null;
    };
    assert.deepEqual([service, before, after?.reference, after?.id], ["web", undefined, t.images.one, Id]);
    if (after?.digest !== undefined) assert.ok(RepoDigests!.includes(after.digest), after.digest);
    else assert.deepEqual(RepoDigests ?? [], []);
  });

  const port = `\${PASSWORD}:80`;
  const second = await lab.commit({
    [`${a}/compose.yml`]: service(t.images.two, `entrypoint: ["/no/$PASSWORD"]`),
    [`${b}/compose.yml`]: service(t.images.one, `ports: ["${port}"]`),
  });
  await lab.removeStack(c);
  for (const _ of [1, 2]) assert.equal((await lab.run("apply")).code, 1);

  await t.step("failures masked, and counted where nothing was done", async () => {
    const [failed, before] = await read(lab, a);
    assert.ok(failed!.subject.kind === "stack" && before!.subject.kind === "stack");
    assert.equal(failed!.subject.outcome, "failed");
    assert.match(failed!.subject.errors.join(), /\/no\/\*\*\*/);
    const [unloaded, deployed] = await read(lab, b);
    assert.deepEqual([unloaded!.subject.outcome, unloaded!.repeated], ["failed", 1]);
    assert.equal(deployed!.subject.outcome, "deployed");
    assert.equal((await read(lab, c))[0]!.subject.outcome, "pruned");
    assert.notEqual(second, first);
  });

  await t.step("no file of the journal holds the secret", () => {
    const files = [...Deno.readDirSync(lab.dataDir)].filter(({ name }) => name.startsWith("journal.db"));
    assert.ok(files.length > 0);
    for (const { name } of files) {
      const bytes = Buffer.from(Deno.readFileSync(join(lab.dataDir, name)));
      assert.ok(!bytes.includes(SECRET), name);
    }
  });

  await t.step("a spoiled journal stops no pass", async () => {
    await Deno.writeTextFile(join(lab.dataDir, "journal.db"), "spoiled ".repeat(1000));
    const { code, stderr } = await lab.run("apply");
    assert.equal(code, 1);
    assert.match(stderr, /warning: the journal .* was set aside as journal\.db\.broken-/);
    assert.equal((await read(lab, a)).length, 1);
  });

  await t.step("without the engine, and while another command runs", async () => {
    const away = new Homelab({ folder: t.folder, dockerHost: "unix:///nowhere.sock" });
    using _lock = await lockDataDir(lab.dataDir, {
      command: "apply",
      wait: false,
      signal: t.signal,
    });
    const { code, stdout } = await away.run("history", a);
    assert.equal(code, 0);
    assert.match(stdout, new RegExp(`${a} +failed`));
  });
});

async function read(lab: Homelab, stack: string): Promise<readonly HistoryEntry[]> {
  const { code, stdout, stderr } = await lab.run("history", stack, "--json");
  assert.equal(code, 0, stderr);
  return (JSON.parse(stdout) as History).entries;
}

function service(image: EngineTest["images"]["one"], more = ""): string {
  return `services:\n  web:\n    image: ${image}\n    network_mode: none\n    stop_grace_period: 0s\n    ${more}\n`;
}

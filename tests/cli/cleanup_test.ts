import assert from "node:assert/strict";
import type { AppCleanupOptions } from "../../lib/cli/app.ts";
import { formatBytes } from "../../lib/cli/wording.ts";
import { HomeportError } from "../../lib/errors.ts";
import type { CleanupReport } from "../../lib/reconcile/cleanup/cleanup_report.ts";
import { cli, fakeApp } from "../fakes/fake_app.ts";

const IMAGE = { id: `sha256:${"1".repeat(64)}`, references: ["nginx:1.27", "nginx:1"], size: 192_345_678 };
const REPORT: CleanupReport = {
  host: "helium",
  dryRun: false,
  images: [IMAGE, { id: `sha256:${"2".repeat(64)}`, references: [`sha256:${"2".repeat(64)}`], size: 999 }],
  kept: [],
  failed: [],
  bytes: 12_345_678,
};

function appWith(report: Partial<CleanupReport>, asked: AppCleanupOptions[] = []) {
  return fakeApp({
    cleanup: (options) => {
      asked.push(options);
      return Promise.resolve({ ...REPORT, ...report });
    },
  });
}

Deno.test("cleanup lists what it removed, and what that gave back", async () => {
  assert.deepEqual(await cli(["cleanup"], appWith({})), {
    code: 0,
    stdout: `IMAGE         SIZE    NAMES
111111111111  192 MB  nginx:1.27 nginx:1
222222222222  999 B

helium: 2 images removed, 12.3 MB reclaimed
`,
    stderr: "",
  });
});

Deno.test("cleanup --dry-run says what would go", async () => {
  const asked: AppCleanupOptions[] = [];
  const { stdout } = await cli(["cleanup", "--dry-run"], appWith({ dryRun: true, images: [IMAGE] }, asked));
  assert.match(stdout, /\n\nhelium: 1 image would go; layers that others share stay\n$/);
  assert.deepEqual(asked.map(({ host, dryRun }) => [host, dryRun]), [["helium", true]]);
});

Deno.test("cleanup says what is in use, and what went wrong, and ends with 1", async () => {
  const error = new HomeportError("Cannot remove image app:3", { hint: "look at the engine" });
  const failed = [{ id: IMAGE.id, reference: "app:3", error }];
  const app = fakeApp({
    cleanup: ({ onEvent }) => {
      onEvent({ kind: "waiting", holder: "pid 7 (run --host helium)" });
      onEvent({
        kind: "image-kept",
        id: IMAGE.id,
        reference: "app:2",
        reason: "container web-1 is using it",
      });
      onEvent({ kind: "image-failed", ...failed[0]! });
      onEvent({ kind: "journal-warning", message: "the disk is full" });
      return Promise.resolve({ ...REPORT, images: [], failed });
    },
  });
  const { code, stdout, stderr } = await cli(["cleanup"], app);
  assert.deepEqual([code, stdout], [1, "helium: no image to remove\n"]);
  assert.equal(
    stderr,
    `waiting for pid 7 (run --host helium)
kept: app:2 is in use (container web-1 is using it)
error: Cannot remove image app:3
  → look at the engine
warning: the disk is full
`,
  );
  const json = JSON.parse((await cli(["cleanup", "--json"], app)).stdout);
  assert.equal(json.failed[0].error.message, "Cannot remove image app:3");
});

for (
  const [bytes, text] of [
    [0, "0 B"],
    [999, "999 B"],
    [1000, "1 kB"],
    [12_345_678, "12.3 MB"],
    [192_345_678, "192 MB"],
    [3_400_000_000, "3.4 GB"],
    [5e15, "5000 TB"],
  ] as const
) {
  Deno.test(`${bytes} bytes are ${text}`, () => assert.equal(formatBytes(bytes), text));
}

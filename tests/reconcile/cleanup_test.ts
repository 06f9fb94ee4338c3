import assert from "node:assert/strict";
import { HomeportError } from "../../lib/errors.ts";
import type { ImageRemoval, LocalImages } from "../../lib/plan/local_images.ts";
import { cleanUp, type CleanupDependencies } from "../../lib/reconcile/cleanup/cleanup.ts";
import type { CleanupEvent, CleanupRecord } from "../../lib/reconcile/cleanup/cleanup_report.ts";
import { type GoodState, NEW_STACK } from "../../lib/reconcile/state/stack_state.ts";
import { newEngine } from "../plan/fixture.ts";
import { passOver, web } from "./pass_fixture.ts";

const id = (digit: number) => `sha256:${String(digit).repeat(64)}`;
const LOCAL: LocalImages = {
  images: [1, 2, 3, 4].map((digit) => ({
    id: id(digit),
    tags: [`app:${digit}`],
    digests: [],
    size: 10 * digit,
  })),
  used: new Set([id(4)]),
};

interface Given {
  readonly remove?: (reference: string) => ImageRemoval;
  /** IDs of the images of a good state. */
  readonly good?: readonly string[];
  readonly fault?: string;
  readonly dryRun?: boolean;
  readonly controller?: AbortController;
}

function goodState(ids: readonly string[]): GoodState {
  const images = Object.fromEntries(ids.map((id) => [id, { id }]));
  return { commit: "c0ffee", stackHash: "5ac4", at: "2026-01-02T03:04:05Z", images };
}

/** The stack `shop` asks for `app:1`, and ran all of them. */
async function run({ remove = () => ({ kind: "removed" }), dryRun = false, ...given }: Given = {}) {
  const removed: string[] = [];
  const recorded: CleanupRecord[] = [];
  const events: CleanupEvent[] = [];
  const sizes = [100, 63];
  const { deps } = passOver(newEngine(), { shop: web() });
  const { controller = new AbortController() } = given;
  const dependencies: CleanupDependencies = {
    ...deps,
    engine: {
      localImages: () => Promise.resolve(LOCAL),
      // deno-lint-ignore require-await -- what it throws must reject, as with the real one
      removeImage: async (reference) => {
        const result = remove(reference);
        if (result.kind === "removed") removed.push(reference);
        return result;
      },
      imageBytes: () => Promise.resolve(sizes.shift()!),
    },
    journal: {
      knownImages: () =>
        Promise.resolve(LOCAL.images.map(({ id, tags }) => ({ stack: "shop", id, reference: tags[0]! }))),
      recordCleanup: (record) => {
        recorded.push(record);
        return Promise.resolve(["the disk is full"]);
      },
    },
    images: "own",
    state: {
      read: () => ({ told: {}, stacks: { shop: { ...NEW_STACK, good: [goodState(given.good ?? [])] } } }),
      fault: () => given.fault,
    },
  };
  const report = await cleanUp(dependencies, {
    dryRun,
    trigger: "schedule",
    signal: controller.signal,
    onEvent: (event) => events.push(event),
  });
  return { report, removed, recorded, kinds: events.map(({ kind }) => kind) };
}

Deno.test("what nothing uses, asks for or may go back to is removed, and kept in the journal", async () => {
  const { report, removed, recorded, kinds } = await run({ good: [id(3)] });
  assert.deepEqual(removed, ["app:2"]);
  assert.deepEqual(report.images, [{ id: id(2), references: ["app:2"], size: 20 }]);
  assert.equal(report.bytes, 37);
  assert.deepEqual(
    recorded.map(({ trigger, images, bytes, errors }) => ({ trigger, images, bytes, errors })),
    [
      { trigger: "schedule", images: [{ id: id(2), references: ["app:2"] }], bytes: 37, errors: [] },
    ],
  );
  assert.deepEqual(kinds, ["cleanup-started", "image-removed", "journal-warning", "cleanup-done"]);
});

Deno.test("a dry run only says what would go", async () => {
  const { report, removed, recorded } = await run({ dryRun: true });
  assert.deepEqual(report.images.map(({ references }) => references), [["app:2"], ["app:3"]]);
  assert.deepEqual([removed, recorded], [[], []]);
});

Deno.test("where there is nothing to remove, nothing is written", async () => {
  const { report, recorded, kinds } = await run({ good: [id(2), id(3)] });
  assert.deepEqual([report.images, recorded, kinds], [[], [], ["cleanup-started", "cleanup-done"]]);
});

Deno.test("what the engine keeps, and what fails, stops no other", async () => {
  const { report, removed, recorded, kinds } = await run({
    remove: (reference) => {
      if (reference === "app:2") return { kind: "in-use", reason: "container web-1 is using it" };
      throw new HomeportError(`Cannot remove image ${reference}`);
    },
  });
  assert.deepEqual(removed, []);
  assert.deepEqual(report.kept.map(({ reference, reason }) => [reference, reason]), [
    ["app:2", "container web-1 is using it"],
  ]);
  assert.deepEqual(report.failed.map(({ error }) => error.message), ["Cannot remove image app:3"]);
  assert.deepEqual(recorded[0]!.errors, ["Cannot remove image app:3"]);
  assert.equal(report.bytes, 0);
  assert.deepEqual(kinds.slice(1, 3), ["image-kept", "image-failed"]);
});

Deno.test("one that is interrupted tells what it has removed so far", async () => {
  const controller = new AbortController();
  const { report, removed, recorded } = await run({
    controller,
    remove: () => {
      controller.abort();
      return { kind: "removed" };
    },
  });
  assert.deepEqual(removed, ["app:2"]);
  assert.deepEqual([report.images.length, recorded.length], [1, 1]);
});

Deno.test("while nobody knows what may be gone back to, nothing is removed", async () => {
  await assert.rejects(run({ fault: "the state /data/state.json is no JSON" }), {
    message: "Which images are kept to go back to is not known: the state /data/state.json is no JSON",
  });
});

import assert from "node:assert/strict";
import { HomeportError } from "../../lib/errors.ts";
import type { PassOptions } from "../../lib/cli/app.ts";
import type { UpdateFindings } from "../../lib/reconcile/updates.ts";
import { cli, fakeApp, fakePlan } from "../fakes/fake_app.ts";

const digest = (sign: string) => `sha256:${sign.repeat(64)}`;
const NOTHING: UpdateFindings = { available: [], skipped: [], failed: [] };
const FINDINGS: UpdateFindings = {
  available: [
    {
      kind: "digest",
      stack: "shop",
      services: ["api", "web"],
      reference: "nginx:1.27",
      from: digest("1"),
      to: digest("2"),
    },
    {
      kind: "digest",
      stack: "db",
      services: ["db"],
      reference: "postgres:17",
      to: digest("3"),
      onlyTold: "label homeport.updates is notify",
    },
  ],
  skipped: [
    { stack: "shop", service: "cache", reference: "redis:8", kind: "up-to-date", reason: "it is the newest" },
    { stack: "blog", service: "web", reference: "blog:1", kind: "rejected", reason: "it did not run well" },
  ],
  failed: [{
    reference: "ghcr.io/me/app:1",
    stacks: ["app"],
    error: new HomeportError("denied", { hint: "log in" }),
  }],
};
const app = (findings: UpdateFindings, asked: PassOptions[] = []) =>
  fakeApp({
    updates: (options) => {
      asked.push(options);
      options.onEvent?.({ kind: "updates", findings });
      return Promise.resolve({ commit: "c0ffee", findings });
    },
  });

Deno.test("updates lists what is newer, and what somebody is to look at", async () => {
  const { code, stdout, stderr } = await cli(["updates"], app(FINDINGS), { columns: 120 });
  assert.equal(code, 0);
  assert.equal(
    stdout,
    `STACK  SERVICE   IMAGE        FROM                 TO
shop   api, web  nginx:1.27   sha256:111111111111  sha256:222222222222
db     db        postgres:17                       sha256:333333333333  only told: label homeport.updates is notify
blog/web: blog:1 stays: it did not run well
2 newer images, 1 image without an answer
`,
  );
  assert.equal(stderr, "denied\n  → log in\n  for app\n");
});

Deno.test("updates --all also says what stays, and why", async () => {
  const { stdout } = await cli(["updates", "--all"], app(FINDINGS));
  assert.match(stdout, /^shop\/cache: redis:8 stays: it is the newest$/m);
});

Deno.test("updates says so where nothing is newer", async () => {
  assert.equal((await cli(["updates"], app(NOTHING))).stdout, "no newer images\n");
});

Deno.test("updates asks for the host and the stack that are named", async () => {
  const asked: PassOptions[] = [];
  await cli(["updates", "--host", "xenon", "--stack", "shop", "--offline"], app(NOTHING, asked));
  assert.deepEqual(asked.map(({ host, stack, offline }) => [host, stack, offline]), [[
    "xenon",
    "shop",
    true,
  ]]);
});

Deno.test("updates --json is one object with everything", async () => {
  const { stdout } = await cli(["updates", "--json"], app(FINDINGS));
  const { version, host, available, skipped, failed } = JSON.parse(stdout);
  assert.deepEqual([version, host, available, skipped], [1, "helium", FINDINGS.available, FINDINGS.skipped]);
  assert.deepEqual([failed[0].reference, failed[0].stacks, failed[0].error.message], [
    "ghcr.io/me/app:1",
    ["app"],
    "denied",
  ]);
});

const update = (result: "deployed" | "failed") =>
  fakeApp({
    update: (options) => {
      options.onEvent?.({ kind: "updates", findings: FINDINGS });
      return Promise.resolve({
        commit: "c0ffee",
        plan: fakePlan(),
        updates: FINDINGS,
        outcomes: [{ stack: "shop", result, done: 2, skipped: 0, errors: [], milliseconds: 100 }],
      });
    },
  });

Deno.test("update says what it uses, and what it does not", async () => {
  const { code, stderr, stdout } = await cli(["update"], update("deployed"));
  assert.equal(code, 0);
  assert.match(stderr, /^2 newer images, 1 image without an answer$/m);
  assert.match(stderr, /^ {2}api, web of shop: nginx:1\.27 sha256:1{12} → sha256:2{12}$/m);
  assert.match(
    stderr,
    /^ {2}db of db: postgres:17 sha256:3{12} \(only told: label homeport\.updates is notify\)$/m,
  );
  assert.match(stderr, /^warning: denied$/m);
  assert.match(stdout, /^shop: deployed/m);
});

Deno.test("update exits as apply does", async () => {
  assert.equal((await cli(["update"], update("failed"))).code, 1);
});

Deno.test("update --json tells the findings as an event", async () => {
  const lines = (await cli(["update", "--json"], update("deployed"))).stdout.trim().split("\n");
  const event = JSON.parse(lines.find((line) => line.includes('"event":"updates"'))!);
  assert.equal(event.available.length, 2);
  assert.equal(event.failed[0].error.message, "denied");
});

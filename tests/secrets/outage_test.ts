/** A provider that cannot be asked: what needs it stays as it runs, and says what it waits for. */
import assert from "node:assert/strict";
import { fromEnv } from "../../lib/mod.ts";
import { infisicalAtPace } from "../../lib/secrets/infisical.ts";
import { type EngineTest, engineTest } from "../engine/harness.ts";
import { Homelab } from "../fakes/homelab.ts";
import { HOMELAB, IDENTITY } from "../fakes/infisical_homelab.ts";
import { startInfisicalServer } from "../fakes/infisical_server.ts";
import { withVariables } from "./with_variables.ts";

const FAST = { timeout: 100, tries: 2, firstWait: 1, within: 250 };
const CREDENTIALS = { HP_ID: IDENTITY.clientId, HP_SECRET: IDENTITY.clientSecret };

const stack = (t: EngineTest, name: string, environment: string) => `
name: ${t.project}-${name}
services:
  web:
    image: ${t.images.one}
    network_mode: none
    stop_grace_period: 0s
    command: ["sleep", "1000"]
    environment: ${environment}
`;

engineTest(
  "while a provider is down, what needs it stays as it runs and waits, and others are deployed",
  (t) =>
    withVariables(CREDENTIALS, async () => {
      await using server = startInfisicalServer({ ...IDENTITY, projects: [HOMELAB] });
      /** As a process that has just begun: nothing is known of earlier passes. */
      const begin = () =>
        new Homelab({
          folder: t.folder,
          dockerHost: t.dockerHost,
          config: {
            secrets: infisicalAtPace({
              server: server.origin,
              clientId: fromEnv("HP_ID"),
              clientSecret: fromEnv("HP_SECRET"),
              project: HOMELAB.slug,
              environment: "prod",
              paths: ["/mail"],
            }, FAST),
          },
        });
      const homelab = begin();
      const commit = (round: number) =>
        homelab.commit({
          "needs/compose.yml": stack(t, "needs", `{ P: "$SMTP_PASSWORD", ROUND: "${round}" }`),
          "free/compose.yml": stack(t, "free", `{ ROUND: "${round}" }`),
        });
      await commit(1);
      const first = await homelab.run("apply");
      assert.equal(first.code, 0, first.stderr);
      const before = await idOf(t, "needs");

      await commit(2);
      await server.stop();
      for (const lab of [homelab, begin()]) {
        const { code, stdout, stderr } = await lab.run("apply");
        assert.equal(code, 1);
        assert.match(stdout, / 1 waiting/);
        assert.match(
          stderr,
          /^needs: waiting for secrets, left as it runs\n +stack needs needs variable SMTP_PASSWORD: secrets from Infisical at .*: cannot reach /m,
        );
      }
      assert.equal(await idOf(t, "needs"), before);
      assert.ok((await environmentOf(t, "free")).includes("ROUND=2"));

      await t.step("JSON has it apart from what is broken, with what follows", async () => {
        const plan = JSON.parse((await begin().run("plan", "--json")).stdout);
        assert.deepEqual(plan.summary.waiting, 1);
        assert.deepEqual(plan.broken, []);
        assert.deepEqual(
          plan.waiting.map(({ name, error }: { name: string; error: { consequence: string } }) => [
            name,
            error.consequence,
          ]),
          [["needs", "retry"]],
        );
        const lines = (await begin().run("apply", "--json")).stdout.trim().split("\n").map((line) =>
          JSON.parse(line)
        );
        const [outcome] = lines.at(-1).outcomes;
        assert.deepEqual([outcome.stack, outcome.result, outcome.errors[0].consequence], [
          "needs",
          "waiting",
          "retry",
        ]);
      });

      server.resume();
      const faults = [
        [
          { kind: "status", status: 429, headers: { "retry-after": "3600" } },
          /is asked too often \(HTTP 429\)/,
        ],
        [{ kind: "status", status: 503 }, /failed to answer \(HTTP 503\)/],
        [{ kind: "silence" }, /did not answer within/],
        [{ kind: "stall" }, /did not answer within/],
        [{ kind: "cut" }, /cannot reach/],
        [{ kind: "status", status: 200, body: "<html>" }, /did not answer with JSON/],
      ] as const;
      for (const [fault, message] of faults) {
        await t.step(`a server with ${JSON.stringify(fault)} is not waited for long`, async () => {
          server.fault = () => fault;
          const started = performance.now();
          const { code, stdout } = await begin().run("plan");
          assert.equal(code, 1);
          assert.match(stdout, /… needs: waits for secrets, left as it runs/);
          assert.match(stdout, message);
          assert.ok(performance.now() - started < 3000);
        });
      }

      server.fault = () => undefined;
      const last = await homelab.run("apply");
      assert.equal(last.code, 0, last.stderr);
      assert.ok((await environmentOf(t, "needs")).includes("ROUND=2"));
    }),
);

interface Inspected {
  readonly Id: string;
  readonly Config: { readonly Env: readonly string[] };
}

async function inspect(t: EngineTest, name: string): Promise<Inspected> {
  return await t.api.get(`/containers/${t.project}-${name}-web-1/json`) as Inspected;
}

async function idOf(t: EngineTest, name: string): Promise<string> {
  return (await inspect(t, name)).Id;
}

async function environmentOf(t: EngineTest, name: string): Promise<readonly string[]> {
  return (await inspect(t, name)).Config.Env;
}

/**
 * What every provider of secrets must keep, whatever stands behind it.
 *
 * A provider's test says how to hold variables where the provider finds them, and which faults can strike there. A provider that asks a
 * server takes a short pace there, so that waiting costs no time.
 */
import assert from "node:assert/strict";
import { inspect } from "node:util";
import type { StringMap } from "../../lib/compose/project.ts";
import type { SecretsProvider } from "../../lib/config/secrets_provider.ts";
import { formatError, HomeportError } from "../../lib/errors.ts";
import { failureOf } from "../failure_of.ts";
import { gatherVariables } from "./gather.ts";

const NOWHERE = { dataDir: "/nowhere", now: new Date() };

/** What can strike; each is mended by another pass or by a person, so that no provider may take it for an empty answer. */
export type Fault =
  /** Nobody listens, or the file is gone. */
  | "unreachable"
  /** The connection stands and nothing comes, until the test ends. */
  | "slow"
  /** 429 with a `Retry-After` that is longer than a pass may wait. */
  | "rate limit"
  /** 500. */
  | "failing"
  /** The connection ends amid the answer, or the file lacks its end. */
  | "truncated"
  /** 200 with a page of HTML, or another kind of file. */
  | "not the format"
  /** The server or the file does not accept the credential. */
  | "wrong credential"
  /** There is none where the options name it. */
  | "no credential";

export interface Holder extends AsyncDisposable {
  readonly provider: SecretsProvider;
  /** What must never be printed, beside the values. */
  readonly credentials: readonly string[];
  /** Puts these variables in the place of those that are held. */
  hold(variables: StringMap): Promise<void> | void;
  /** Lets a fault last from now on; `undefined` ends it. */
  strike(fault: Fault | undefined): Promise<void> | void;
}

export interface Contract {
  readonly start: () => Promise<Holder> | Holder;
  /** Those that can strike. */
  readonly faults: readonly Fault[];
  /** Names of {@linkcode VALUES} that cannot be held there at all, such as what no variable of a process can be. */
  readonly cannotHold?: readonly string[];
}

/** Every kind of value that has been spoilt by some reader. */
export const VALUES: StringMap = {
  HP_PLAIN: "correct-horse-battery",
  HP_EMPTY: "",
  HP_UNICODE: "pässwörd-密码-🗝️-e\u0301",
  HP_LINES: "-----BEGIN KEY-----\nAbCdEf==\n\tindented\n\n-----END KEY-----\n",
  HP_WINDOWS: "first-line\r\nsecond-line\r\n",
  HP_SPACES: "  both sides  ",
  HP_DOLLARS: "pa$$word-${HP_PLAIN}-$HP_PLAIN-{{x}}",
  HP_QUOTES: `it's "quoted" and \`ticked\` and \\n \\ escaped`,
  HP_COMMENT: "no # comment",
  HP_JSON: '{"a": ["b", null, 1e3]}',
  HP_NUMBER: "007",
  HP_WORD: "null",
  HP_LONG: "0123456789abcdef".repeat(2048),
  _hp_lower9: "lower-case-name",
};

const ABORTED_WITHIN = 1000;

/** Registers a test for each part of the contract. */
export function providerContract(name: string, contract: Contract): void {
  const { start, faults, cannotHold = [] } = contract;
  const values = Object.fromEntries(Object.entries(VALUES).filter(([each]) => !cannotHold.includes(each)));
  const signal = new AbortController().signal;

  Deno.test(`${name} gives every value exactly as it is held`, async () => {
    await using holder = await start();
    await holder.hold(values);
    assert.deepEqual(
      { ...await holder.provider.variables({ signal: signal, dataDir: "/nowhere" }) },
      values,
    );
    for (const each of Object.keys(values)) assert.notEqual(holder.provider.mayProvide(each), false, each);
    assert.deepEqual(holder.provider.faults ?? [], []);
  });

  Deno.test(`${name} gives what is held at each call, not what was`, async () => {
    await using holder = await start();
    await holder.hold({ HP_KEPT: "same-value", HP_CHANGED: "old-value", HP_DROPPED: "gone-value" });
    await holder.provider.variables({ signal: signal, dataDir: "/nowhere" });
    await holder.hold({ HP_KEPT: "same-value", HP_CHANGED: "new-value", HP_ADDED: "more-value" });
    assert.deepEqual(
      { ...await holder.provider.variables({ signal: signal, dataDir: "/nowhere" }) },
      {
        HP_KEPT: "same-value",
        HP_CHANGED: "new-value",
        HP_ADDED: "more-value",
      },
    );
  });

  Deno.test(`${name} gives nothing once it is aborted`, async () => {
    await using holder = await start();
    await holder.hold(values);
    await assert.rejects(gatherVariables([holder.provider], { signal: AbortSignal.abort(), ...NOWHERE }), {
      name: "AbortError",
    });
  });

  for (const fault of faults) {
    Deno.test(`${name}: ${fault} is an error that says what to do and no secret, and it passes`, async () => {
      await using holder = await start();
      await holder.hold(values);
      await holder.strike(fault);
      const error = await failureOf(
        holder.provider.variables({ signal: signal, dataDir: "/nowhere" }),
      );
      assert.ok(error.consequence === "retry" || error.consequence === "wait", error.consequence);
      assert.ok(error.hint, `no hint: ${error.message}`);
      if (fault === "no credential") assert.equal(error.exitCode, 2);
      await assertShown(holder, error, Object.values(values));
      await holder.strike(undefined);
      assert.deepEqual({
        ...await holder.provider.variables({ signal: signal, dataDir: "/nowhere" }),
      }, values);
    });
  }

  if (faults.includes("slow")) {
    Deno.test(`${name} hears an abort at once while it waits for an answer`, async () => {
      await using holder = await start();
      await holder.hold(values);
      await holder.strike("slow");
      const abort = new AbortController();
      const asked = performance.now();
      const answer = holder.provider.variables({ signal: abort.signal, dataDir: "/nowhere" });
      setTimeout(() => abort.abort(), 20);
      await assert.rejects(answer, { name: "AbortError" });
      assert.ok(performance.now() - asked < ABORTED_WITHIN, "the abort was not heard at once");
      await holder.strike(undefined);
    });
  }
}

/** The error as a person may ever meet it: in one line, in a log, in a debugger. Values that are too common to tell are left out. */
async function assertShown(holder: Holder, error: HomeportError, values: readonly string[]): Promise<void> {
  const failing: SecretsProvider = { ...holder.provider, variables: () => Promise.reject(error) };
  const gathered = await gatherVariables([failing], { signal: new AbortController().signal, ...NOWHERE });
  const shown = formatError(gathered.sources[0]!.error!("web"));
  assert.ok(shown.includes(holder.provider.label), `the provider is not named: ${shown}`);
  const everything = [shown, ...printed(error)].join("\n");
  for (const secret of [...holder.credentials, ...values].filter((each) => each.length >= 6)) {
    for (
      const part of [
        secret,
        secret.slice(0, 24),
        ...secret.split(/\s+/).filter((each) => each.length >= 12),
      ]
    ) {
      assert.ok(
        !everything.includes(part),
        `an error shows a secret: ${everything.replaceAll(part, "<HERE>")}`,
      );
    }
  }
}

function printed(error: unknown): string[] {
  const texts = [inspect(error, { depth: 10, showHidden: true }), Deno.inspect(error, { depth: 10 })];
  for (let each = error; each instanceof Error; each = each.cause) {
    texts.push(each.message, String(each.stack), JSON.stringify(each, Object.getOwnPropertyNames(each)));
  }
  return texts;
}

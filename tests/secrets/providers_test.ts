import assert from "node:assert/strict";
import { join } from "node:path";
import type { SecretsProvider } from "../../lib/config/secrets_provider.ts";
import { formatError, HomeportError } from "../../lib/errors.ts";
import type { RegistryConfig } from "../../lib/config/config.ts";
import { fromEnv, fromFile, fromSecrets } from "../../lib/mod.ts";
import { dotenvFiles } from "../../lib/secrets/dotenv_files.ts";
import { env } from "../../lib/secrets/env.ts";
import { failureOf } from "../failure_of.ts";
import { temporaryFolder } from "../temporary_folder.ts";
import { gatherVariables } from "./gather.ts";
import { type CredentialSources, findRegistryCredentials } from "../../lib/secrets/registry_credentials.ts";
import { resolveCredential } from "../../lib/secrets/resolve_credential.ts";
import { withVariables } from "./with_variables.ts";

const signal = new AbortController().signal;

/** Sets variables of this process for the length of a test. */
async function withFiles(
  files: Readonly<Record<string, string>>,
  body: (path: (name: string) => string) => Promise<void>,
): Promise<void> {
  using folder = temporaryFolder();
  const path = (name: string) => join(folder.path, name);
  for (const [name, text] of Object.entries(files)) await Deno.writeTextFile(path(name), text);
  await body(path);
}

const formatted = (error: Error | undefined) => error && formatError(error);

Deno.test("env() gives the named variables of the process and no others", () =>
  withVariables({ HP_DB: "one", HP_SMTP_USER: "two", HP_SMTP_HOST: "three", HP_OTHER: "four" }, async () => {
    assert.deepEqual(
      await env("HP_DB", "HP_MISSING").variables({ signal: signal, dataDir: "/nowhere" }),
      { HP_DB: "one" },
    );
    assert.deepEqual(
      await env("HP_DB", "HP_SMTP_*").variables({ signal: signal, dataDir: "/nowhere" }),
      {
        HP_DB: "one",
        HP_SMTP_USER: "two",
        HP_SMTP_HOST: "three",
      },
    );
    assert.deepEqual(await env("HP_?B").variables({ signal: signal, dataDir: "/nowhere" }), {
      HP_DB: "one",
    });
  }));

Deno.test("env() tells by name what it may give, set or not", () => {
  const provider = env("DB_PASSWORD", "SMTP_*");
  const names = ["DB_PASSWORD", "SMTP_USER", "XSMTP_USER", "DB_PASSWORDS", "TZ"];
  assert.deepEqual(names.map((name) => provider.mayProvide(name)), [true, true, false, false, false]);
});

Deno.test("a later dotenv file wins, and may use variables of an earlier one", () =>
  withFiles(
    { "a.env": "USER=me\nPASS='pa$$ \"word'\n", "b.env": "USER=you\nLOGIN=${USER}@example.org\n" },
    async (path) => {
      assert.deepEqual(
        await dotenvFiles(path("a.env"), path("b.env")).variables({ signal: signal, dataDir: "/nowhere" }),
        {
          USER: "you",
          PASS: 'pa$$ "word',
          LOGIN: "you@example.org",
        },
      );
    },
  ));

Deno.test("dotenv files do not see the variables of the process", () =>
  withVariables({ HP_DB: "leak" }, () =>
    withFiles({ "a.env": "HP_DB\nX=1\n" }, async (path) => {
      assert.deepEqual(
        await dotenvFiles(path("a.env")).variables({ signal: signal, dataDir: "/nowhere" }),
        { X: "1" },
      );
    })));

Deno.test("a missing dotenv file is named, and waited for", async () => {
  const error = await failureOf(
    dotenvFiles("/nowhere/secrets.env").variables({ signal: signal, dataDir: "/nowhere" }),
  );
  assert.equal(error.consequence, "wait");
  assert.equal(
    formatError(error),
    `cannot read the dotenv file /nowhere/secrets.env: there is no such file
  → create it on this host, readable for the user that runs Homeport`,
  );
});

const MALFORMED: readonly [string, string][] = [
  ["A=1\nhunter2 hunter2\n", "not NAME=value"],
  ["A=1\nB='hunter2\n", "not NAME=value"],
  ["A=1\nB=${hunter2\n", "not NAME=value"],
  ["A=1\nB=pass$hunter2\n", "a value uses a variable that is not set"],
];

for (const [text, why] of MALFORMED) {
  Deno.test(`a dotenv file with ${JSON.stringify(text)} is refused without a word of its content`, () =>
    withFiles({ "a.env": text }, async (path) => {
      const error = await failureOf(
        dotenvFiles(path("a.env")).variables({ signal: signal, dataDir: "/nowhere" }),
      );
      assert.equal(error.message, `cannot read the dotenv file: ${why}`);
      assert.deepEqual(error.location, { file: path("a.env"), line: 2 });
      assert.doesNotMatch(formatError(error), /hunter2/);
      assert.equal(error.cause, undefined);
    }));
}

Deno.test("dotenv files that are here tell their names; those that are not leave it open", () =>
  withFiles({ "a.env": "DB=1\n" }, (path) => {
    assert.equal(dotenvFiles(path("a.env")).mayProvide("DB"), true);
    assert.equal(dotenvFiles(path("a.env")).mayProvide("TZ"), false);
    assert.equal(dotenvFiles("/nowhere/secrets.env").mayProvide("DB"), "unknown");
    return Promise.resolve();
  }));

Deno.test("of several providers the later one wins, and one that fails does not stop the others", async () => {
  const given = (label: string, values: Record<string, string>): SecretsProvider => ({
    label,
    variables: () => Promise.resolve(values),
    mayProvide: (name) => Object.hasOwn(values, name),
  });
  const failing: SecretsProvider = {
    label: "the vault",
    variables: () => {
      throw new HomeportError("connection refused", { consequence: "retry", hint: "start it" });
    },
    mayProvide: () => "unknown",
  };
  const gathered = await gatherVariables([
    given("one", { A: "1", B: "1" }),
    failing,
    given("two", { B: "2" }),
  ], { signal, dataDir: "/nowhere", now: new Date() });
  assert.deepEqual({ ...gathered.variables }, { A: "1", B: "2" });
  assert.deepEqual(gathered.sources.map(({ label, error }) => [label, formatted(error?.("web"))]), [
    ["one", undefined],
    ["the vault", "secrets from the vault: connection refused\n  → start it"],
    ["two", undefined],
  ]);
  assert.equal(gathered.sources[1]!.mayProvide("X", "web"), "unknown");
});

Deno.test("an abort ends the gathering", async () => {
  await assert.rejects(
    gatherVariables([env("A")], { signal: AbortSignal.abort(), dataDir: "/nowhere", now: new Date() }),
    {
      name: "AbortError",
    },
  );
});

Deno.test("a credential is taken from a variable or a file, without space around it", () =>
  withVariables({ HP_TOKEN: "hunter2" }, () =>
    withFiles({ token: "  hunter2\n" }, async (path) => {
      const secrets = [
        await resolveCredential({ kind: "credential-from-env", name: "HP_TOKEN" }),
        await resolveCredential({ kind: "credential-from-file", path: path("token") }),
      ];
      assert.deepEqual(secrets.map((each) => [each.reveal(), String(each)]), [["hunter2", "***"], [
        "hunter2",
        "***",
      ]]);
    })));

Deno.test("a credential that is not there, empty or of several lines is an error that names the place only", () =>
  withVariables({ HP_EMPTY: " " }, () =>
    withFiles({ two: "hunter2\nhunter2\n" }, async (path) => {
      const failures = [
        [
          { kind: "credential-from-env", name: "HP_MISSING" },
          "no credential: variable HP_MISSING is not set",
        ],
        [{ kind: "credential-from-env", name: "HP_EMPTY" }, "no credential: variable HP_EMPTY is empty"],
        [
          { kind: "credential-from-file", path: path("two") },
          `no credential: file ${path("two")} holds more than one line`,
        ],
        [
          { kind: "credential-from-file", path: "/nowhere/token" },
          "no credential: cannot read /nowhere/token: there is no such file",
        ],
      ] as const;
      for (const [reference, message] of failures) {
        const error = await failureOf(resolveCredential(reference));
        assert.equal(error.message, message);
        assert.equal(error.exitCode, 2);
        assert.doesNotMatch(formatError(error), /hunter2/);
      }
    })));

const registry = (
  sources: Partial<CredentialSources> & { readonly provider?: SecretsProvider },
  host = "ghcr.io",
) => {
  const { provider = env() } = sources;
  return findRegistryCredentials(host, {
    registries: {},
    secrets: () => gatherVariables([provider], { signal, dataDir: "/nowhere", now: new Date() }),
    onSecret: () => {},
    ...sources,
  });
};

Deno.test("credentials of a registry come from the environment, a file or the secrets providers, and are told to whoever masks", () =>
  withVariables(
    { HP_USER: "me", HP_PASSWORD: "from-env" },
    () =>
      withFiles({ token: "from-file\n", "secrets.env": "HP_SECRET=from-secrets" }, async (path) => {
        const told: string[] = [];
        const provider = dotenvFiles(path("secrets.env"));
        const onSecret = (value: string) => void told.push(value);
        const reveal = async (login: RegistryConfig) => {
          const found = await registry({ registries: { "ghcr.io": login }, provider, onSecret });
          return [found?.username, found?.password.reveal(), found?.identityToken?.reveal()];
        };
        assert.deepEqual(await reveal({ username: fromEnv("HP_USER"), password: fromEnv("HP_PASSWORD") }), [
          "me",
          "from-env",
          undefined,
        ]);
        assert.deepEqual(await reveal({ identityToken: fromFile(path("token")) }), ["", "", "from-file"]);
        assert.deepEqual(await reveal({ username: "x", password: fromSecrets("HP_SECRET") }), [
          "x",
          "from-secrets",
          undefined,
        ]);
        assert.deepEqual(told, ["me", "from-env", "from-file", "from-secrets"]);
        assert.equal(await registry({ registries: {} }), undefined);
      }),
  ));

Deno.test("a missing credential of a registry names the registry and the secret, and waits", () =>
  withFiles({ "secrets.env": "HP_EMPTY=\nHP_LINES='hunter2\nhunter2'" }, async (path) => {
    const files = dotenvFiles(path("secrets.env"));
    const cases: readonly [RegistryConfig, SecretsProvider, RegExp][] = [
      [{ username: "x", password: fromEnv("HP_NONE") }, files, /variable HP_NONE is not set$/],
      [{ identityToken: fromSecrets("HP_NONE") }, files, /no secrets provider has HP_NONE$/],
      [{ identityToken: fromSecrets("HP_EMPTY") }, files, /secret HP_EMPTY is empty$/],
      [{ identityToken: fromSecrets("HP_LINES") }, files, /secret HP_LINES holds more than one line$/],
      [
        { identityToken: fromSecrets("HP_A") },
        dotenvFiles(path("none.env")),
        /secret HP_A: .* no such file$/,
      ],
    ];
    for (const [login, provider, message] of cases) {
      const error = await failureOf(registry({ registries: { "ghcr.io": login }, provider }));
      assert.match(error.message, /^Cannot log in to registry ghcr\.io: no credential: /);
      assert.match(error.message, message);
      assert.equal(error.consequence, "wait");
      assert.doesNotMatch(formatError(error), /hunter2/);
    }
  }));

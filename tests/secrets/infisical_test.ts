import assert from "node:assert/strict";
import { fromEnv, fromFile } from "../../lib/config/references.ts";
import { formatError } from "../../lib/errors.ts";
import { infisical, infisicalAtPace, type InfisicalOptions } from "../../lib/secrets/infisical.ts";
import { failureOf } from "../failure_of.ts";
import { HOMELAB, IDENTITY } from "../fakes/infisical_homelab.ts";
import { type InfisicalServer, startInfisicalServer } from "../fakes/infisical_server.ts";
import type { StoredFolder } from "../fakes/infisical_store.ts";

const signal = new AbortController().signal;
const HASTY = { timeout: 1000, tries: 4, firstWait: 5, within: 3000 };
const LOGIN = "/api/v1/auth/universal-auth/login";

const OPTIONS: InfisicalOptions = {
  clientId: fromEnv("HP_TEST_CLIENT_ID"),
  clientSecret: fromEnv("HP_TEST_CLIENT_SECRET"),
  project: HOMELAB.id,
  environment: "prod",
};

type Folders = Record<string, StoredFolder>;
interface Asked {
  readonly server: InfisicalServer;
  ask(options?: Partial<InfisicalOptions>): Promise<Record<string, string>>;
}

/** Starts a server with these folders in its environment `prod`. */
async function withFolders(folders: Folders, body: (asked: Asked) => Promise<void>): Promise<void> {
  const environments = { ...HOMELAB.environments, prod: folders };
  await using server = startInfisicalServer({ ...IDENTITY, projects: [{ ...HOMELAB, environments }] });
  Deno.env.set("HP_TEST_CLIENT_ID", IDENTITY.clientId);
  Deno.env.set("HP_TEST_CLIENT_SECRET", IDENTITY.clientSecret);
  const ask = async (options: Partial<InfisicalOptions> = {}) => ({
    ...await infisicalAtPace({ ...OPTIONS, server: server.origin, ...options }, HASTY).variables({
      signal: signal,
      dataDir: "/nowhere",
    }),
  });
  try {
    await body({ server, ask });
  } finally {
    Deno.env.delete("HP_TEST_CLIENT_ID");
    Deno.env.delete("HP_TEST_CLIENT_SECRET");
  }
}

const from = (path: string) => ({ environment: "prod", path });

const GIVEN: readonly {
  readonly name: string;
  readonly folders: Folders;
  readonly options?: Partial<InfisicalOptions>;
  readonly gives: Readonly<Record<string, string>>;
}[] = [
  {
    name: "expands references to the same folder, to another, and through another",
    folders: {
      "/": { secrets: { URL: "${USER}@${prod.db.HOST}", USER: "me" } },
      "/db": { secrets: { HOST: "${NAME}.lan", NAME: "db" } },
    },
    gives: { URL: "me@db.lan", USER: "me" },
  },
  {
    name: "leaves what is no reference, or leads nowhere, as it is written",
    folders: { "/": { secrets: { A: "pa$$word $A {{A}} ${} ${NOT_THERE} ${prod.gone.A}" } } },
    gives: { A: "pa$$word $A {{A}} ${} ${NOT_THERE} ${prod.gone.A}" },
  },
  {
    name: "takes a folder's own secret before an imported one, and of imports the last",
    folders: {
      "/": { secrets: { A: "own" }, imports: [from("/one"), from("/two")] },
      "/one": { secrets: { A: "one", B: "one", C: "one" } },
      "/two": { secrets: { A: "two", B: "two" } },
    },
    gives: { A: "own", B: "two", C: "one" },
  },
  {
    name: "takes what an imported folder has before what it imports in its turn",
    folders: {
      "/": { secrets: {}, imports: [from("/one")] },
      "/one": { secrets: { A: "one" }, imports: [from("/two")] },
      "/two": { secrets: { A: "two", B: "two" } },
    },
    gives: { A: "one", B: "two" },
  },
  {
    name: "lets a later path win, whether it has the secret itself or imports it",
    folders: {
      "/shared": { secrets: { A: "shared", B: "shared", C: "shared" } },
      "/helium": { secrets: { A: "helium" }, imports: [from("/base")] },
      "/base": { secrets: { B: "base" } },
    },
    options: { paths: ["/shared", "/helium/"] },
    gives: { A: "helium", B: "base", C: "shared" },
  },
  {
    name: "does not look into folders below unless that is asked for",
    folders: { "/": { secrets: { A: "1" } }, "/deep": { secrets: { B: "2" } } },
    gives: { A: "1" },
  },
  {
    name: "takes the deeper folder's secret where folders below are asked for",
    folders: {
      "/a/b": { secrets: { X: "a/b" } },
      "/": { secrets: { X: "root", Y: "root" } },
      "/a": { secrets: { X: "a", Y: "a", Z: "same" } },
      "/c": { secrets: { Z: "same" } },
    },
    options: { recursive: true },
    gives: { X: "a/b", Y: "a", Z: "same" },
  },
  {
    name: "keeps empty values, and leaves out personal overrides",
    folders: {
      "/": { secrets: { EMPTY: "", TZ: "Europe/Berlin" }, personal: { TZ: "Asia/Tokyo", MINE: "x" } },
    },
    gives: { EMPTY: "", TZ: "Europe/Berlin" },
  },
  {
    name: "gives names as they are, also those that no variable can have",
    folders: { "/": { secrets: { "with-dash": "1", "with.dot": "2", "1st": "3", __proto__x: "4" } } },
    gives: { "with-dash": "1", "with.dot": "2", "1st": "3", __proto__x: "4" },
  },
  {
    name: "gives the named variables alone, though others are ambiguous",
    folders: {
      "/a": { secrets: { DB_PASSWORD: "a", TOKEN: "t" } },
      "/b": { secrets: { DB_PASSWORD: "b" } },
    },
    options: { recursive: true, names: ["TOK*", "MISSING"] },
    gives: { TOKEN: "t" },
  },
  {
    name: "finds a project by its slug",
    folders: { "/": { secrets: { A: "1" } } },
    options: { project: HOMELAB.slug },
    gives: { A: "1" },
  },
];

for (const { name, folders, options, gives } of GIVEN) {
  Deno.test(`infisical() ${name}`, () =>
    withFolders(folders, async ({ ask }) => assert.deepEqual(await ask(options), gives)));
}

Deno.test("infisical() gives a secret that is named like a property of every object", () =>
  withFolders(
    { "/": { secrets: Object.fromEntries([["__proto__", "1"], ["toString", "2"]]) } },
    async ({ ask }) => assert.deepEqual(Object.entries(await ask()), [["__proto__", "1"], ["toString", "2"]]),
  ));

const REFUSED: readonly {
  readonly name: string;
  readonly folders: Folders;
  readonly options?: Partial<InfisicalOptions>;
  readonly says: string;
}[] = [
  {
    name: "a folder that is not there",
    folders: { "/": { secrets: { A: "1" } } },
    options: { paths: ["/", "/gone"] },
    says: `folder /gone holds no secret, or is not there
  → see that environment and paths are those of Infisical, and leave out folders that are empty`,
  },
  {
    name: "an environment that is not there",
    folders: { "/": { secrets: { A: "1" } } },
    options: { environment: "production" },
    says: `folder / holds no secret, or is not there
  → see that environment and paths are those of Infisical, and leave out folders that are empty`,
  },
  {
    name: "an environment that is not there, with the folders below",
    folders: { "/": { secrets: { A: "1" } } },
    options: { environment: "production", recursive: true },
    says: `SERVER does not give the secrets of folder / of environment production in project ${HOMELAB.id}: \
Environment with slug 'production' in project with ID ${HOMELAB.id} not found (HTTP 404)
  → see that project, environment and paths are those of Infisical, and the identity is in the project`,
  },
  {
    name: "a folder that the identity may not read",
    folders: { "/": { secrets: { A: "hunter2-hidden" }, access: "none" } },
    says: `SERVER does not give the secrets of folder / of environment prod in project ${HOMELAB.id}: \
You are not allowed to readValue on secrets (HTTP 403)
  → let the machine identity read the values of all secrets there, and of those that they refer to`,
  },
  {
    name: "a secret of which the identity may see the name alone",
    folders: { "/": { secrets: { A: "hunter2-hidden" }, access: "names" } },
    says: `the machine identity may not read the value of A in /
  → let it read the value in Infisical, or leave the name out of names`,
  },
  {
    name: "a name with different values in folders side by side",
    folders: { "/a": { secrets: { PASS: "hunter2-a" } }, "/b/c": { secrets: { PASS: "hunter2-c" } } },
    options: { recursive: true },
    says: `secret PASS has different values in /a and /b/c
  → list the folders in paths, where the last one wins, in place of recursive; or leave the name out of names`,
  },
  {
    name: "a name with different values in imports of whichever folder below",
    folders: {
      "/a": { secrets: { X: "1" }, imports: [from("/one"), from("/two")] },
      "/one": { secrets: { PASS: "hunter2-1" } },
      "/two": { secrets: { PASS: "hunter2-2" } },
    },
    options: { recursive: true, paths: ["/a"] },
    says: `secret PASS has different values in prod:/one and prod:/two
  → list the folders in paths, where the last one wins, in place of recursive; or leave the name out of names`,
  },
];

for (const { name, folders, options, says } of REFUSED) {
  Deno.test(`infisical() refuses ${name}`, () =>
    withFolders(folders, async ({ server, ask }) => {
      const error = await failureOf(ask(options));
      assert.equal(formatError(error).replaceAll(server.origin, "SERVER"), says);
      assert.equal(error.consequence, "wait");
    }));
}

Deno.test("infisical() logs in once for many passes, and asks once for each path", () =>
  withFolders({ "/": { secrets: { A: "1" } }, "/b": { secrets: { B: "2" } } }, async ({ server }) => {
    const provider = infisicalAtPace({ ...OPTIONS, server: server.origin, paths: ["/", "/b"] }, HASTY);
    for (let pass = 0; pass < 3; pass++) {
      await provider.variables({ signal: signal, dataDir: "/nowhere" });
    }
    assert.equal(server.tokens.length, 1);
    assert.equal(server.requests.length, 1 + 3 * 2);
  }));

for (const status of [401, 403] as const) {
  Deno.test(`infisical() logs in again when its token ran out, told by ${status}`, () =>
    withFolders({ "/": { secrets: { A: "1" } }, "/b": { secrets: { B: "2" } } }, async ({ server }) => {
      const provider = infisicalAtPace({ ...OPTIONS, server: server.origin, paths: ["/", "/b"] }, HASTY);
      await provider.variables({ signal: signal, dataDir: "/nowhere" });
      server.expireTokens(status);
      assert.deepEqual({ ...await provider.variables({ signal: signal, dataDir: "/nowhere" }) }, {
        A: "1",
        B: "2",
      });
      assert.equal(server.tokens.length, 2);
    }));
}

Deno.test("infisical() logs in once only where no token is accepted", () =>
  withFolders({ "/": { secrets: { A: "1" } } }, async ({ server, ask }) => {
    server.fault = ({ path }) =>
      path === LOGIN ? undefined : { kind: "status", status: 401, body: '{"message":"IP not allowed"}' };
    const error = await failureOf(ask());
    assert.match(
      formatError(error),
      /prod in project .*: IP not allowed \(HTTP 401\)\n {2}→ see that the machine/,
    );
    assert.equal(error.consequence, "wait");
    assert.equal(server.requests.length, 2);
  }));

Deno.test("infisical() does not try a wrong credential twice, which would lock the identity", () =>
  withFolders({ "/": { secrets: { A: "1" } } }, async ({ server, ask }) => {
    Deno.env.set("HP_TEST_CLIENT_SECRET", "hunter3-hunter3");
    const error = await failureOf(ask());
    assert.equal(
      formatError(error).replaceAll(server.origin, "SERVER"),
      `SERVER gives the machine identity no token: Invalid credentials (HTTP 401)
  → see that clientId and clientSecret are those of one machine identity with Universal Auth there`,
    );
    assert.equal(server.requests.length, 1);
  }));

Deno.test("infisical() logs in anew when the owner names another identity", () =>
  withFolders({ "/": { secrets: { A: "1" } } }, async ({ server }) => {
    const provider = infisicalAtPace({ ...OPTIONS, server: server.origin }, HASTY);
    await provider.variables({ signal: signal, dataDir: "/nowhere" });
    server.credentials = { clientId: "another", clientSecret: "another-secret" };
    Deno.env.set("HP_TEST_CLIENT_ID", "another");
    Deno.env.set("HP_TEST_CLIENT_SECRET", "another-secret");
    assert.deepEqual({ ...await provider.variables({ signal: signal, dataDir: "/nowhere" }) }, {
      A: "1",
    });
    assert.equal(server.tokens.length, 2);
  }));

Deno.test("infisical() tries again after 429, 500 and half an answer, of the login and of the list", () =>
  withFolders({ "/": { secrets: { A: "1" } } }, async ({ server, ask }) => {
    const faults = [
      { kind: "status", status: 429, headers: { "retry-after": "0" } },
      { kind: "status", status: 503, body: "<html>" },
      { kind: "cut" },
    ] as const;
    const seen = new Map<string, number>();
    server.fault = ({ path }) => {
      const nth = seen.get(path) ?? 0;
      seen.set(path, nth + 1);
      return faults[nth];
    };
    assert.deepEqual(await ask(), { A: "1" });
    assert.deepEqual([...seen.values()], [4, 4]);
  }));

for (const kind of ["silence", "stall", "cut"] as const) {
  Deno.test(`infisical() gives up on a list that ends in ${kind}, and waits for no other`, () =>
    withFolders(
      { "/": { secrets: { A: "hunter2-a" } }, "/b": { secrets: { B: "2" } } },
      async ({ server }) => {
        server.fault = ({ query }) => query["secretPath"] === "/b" ? { kind } : undefined;
        const pace = { timeout: 250, tries: 2, firstWait: 1, within: 500 };
        const provider = infisicalAtPace({ ...OPTIONS, server: server.origin, paths: ["/b", "/"] }, pace);
        const started = performance.now();
        const error = await failureOf(provider.variables({ signal: signal, dataDir: "/nowhere" }));
        assert.equal(error.consequence, "retry");
        assert.ok(performance.now() - started < 2000);
        server.fault = () => undefined;
        assert.deepEqual({ ...await provider.variables({ signal: signal, dataDir: "/nowhere" }) }, {
          A: "hunter2-a",
          B: "2",
        });
        assert.equal(server.tokens.length, 1);
      },
    ));
}

Deno.test("infisical() hears an abort amid a list, and ends the other requests with it", () =>
  withFolders({ "/": { secrets: { A: "1" } } }, async ({ server }) => {
    server.fault = ({ path }) => path === LOGIN ? undefined : { kind: "stall" };
    const abort = new AbortController();
    const provider = infisicalAtPace({ ...OPTIONS, server: server.origin, paths: ["/", "/b"] });
    const answer = provider.variables({ signal: abort.signal, dataDir: "/nowhere" });
    setTimeout(() => abort.abort(), 30);
    await assert.rejects(answer, { name: "AbortError" });
  }));

const STRANGE: readonly [string, string, string][] = [
  ["a login without a token", LOGIN, '{"expiresIn": 7200}'],
  ["a token that is no header", LOGIN, '{"accessToken": "a\\r\\nb"}'],
  ["a login with null", LOGIN, "null"],
  ["a list with no secrets", "", '{"imports": []}'],
  ["secrets that are no list", "", '{"secrets": {"A": "hunter2-1"}}'],
  ["a secret without a value", "", '{"secrets": [{"secretKey": "A"}]}'],
  ["a value that is a number", "", '{"secrets": [{"secretKey": "A", "secretValue": 7}]}'],
  ["an import with no secrets", "", '{"secrets": [], "imports": [{"secretPath": "/"}]}'],
  ["imports that are text", "", '{"secrets": [], "imports": "hunter2-1"}'],
];

for (const [name, path, body] of STRANGE) {
  Deno.test(`infisical() takes no answer for secrets that is ${name}`, () =>
    withFolders({ "/": { secrets: { A: "1" } } }, async ({ server, ask }) => {
      server.fault = (request) =>
        (request.path === LOGIN) === (path === LOGIN) ? { kind: "status", status: 200, body } : undefined;
      const error = await failureOf(ask());
      assert.match(
        formatError(error),
        /^http:\S+ did not answer as Infisical does\n {2}→ see that the address/,
      );
      assert.equal(error.consequence, "retry");
    }));
}

Deno.test("what Infisical says of a failure is shown without what it was told, in one line", () =>
  withFolders({ "/": { secrets: { A: "1" } } }, async ({ server, ask }) => {
    server.fault = () => ({
      kind: "status",
      status: 400,
      body: JSON.stringify({
        message: `no\n\x1b[31m${IDENTITY.clientSecret} of ${IDENTITY.clientId} ${"x".repeat(999)}`,
      }),
    });
    const { message } = await failureOf(ask());
    assert.match(message, /: no \[31m\*\*\* of \*\*\* x{1,200}… \(HTTP 400\)$/);
  }));

Deno.test("credentials go to no address that Infisical's sends on to", () =>
  withFolders({ "/": { secrets: { A: "1" } } }, async ({ server, ask }) => {
    server.fault = () => ({ kind: "status", status: 307, headers: { location: "http://127.0.0.1:9/login" } });
    const error = await failureOf(ask());
    assert.match(error.message, /sends requests on to http:\/\/127\.0\.0\.1:9$/);
    assert.equal(server.requests.length, 1);
  }));

Deno.test("a thousand secrets of Infisical add less than 150 ms", () => {
  const secrets = Object.fromEntries(
    Array.from({ length: 1000 }, (_, index) => [`SECRET_${index}`, `value-${index}`.repeat(8)]),
  );
  return withFolders({ "/": { secrets } }, async ({ ask }) => {
    const times: number[] = [];
    for (let nth = 0; nth < 5; nth++) {
      const started = performance.now();
      assert.equal(Object.keys(await ask()).length, 1000);
      times.push(performance.now() - started);
    }
    // With the login and the server's own time. The best of some, for other tests may run meanwhile.
    assert.ok(Math.min(...times) < 150, `${times.join(", ")} ms`);
  });
});

Deno.test("infisical() remembers what it gave, so that no weaker source gives it during an outage", () =>
  withFolders({ "/": { secrets: { A: "1" } } }, async ({ server }) => {
    const provider = infisicalAtPace({ ...OPTIONS, server: server.origin }, HASTY);
    assert.deepEqual(["A", "B"].map((name) => provider.mayProvide(name)), ["unknown", "unknown"]);
    await provider.variables({ signal: signal, dataDir: "/nowhere" });
    server.fault = () => ({ kind: "status", status: 404 });
    await failureOf(provider.variables({ signal: signal, dataDir: "/nowhere" }));
    assert.deepEqual(["A", "B"].map((name) => provider.mayProvide(name)), [true, "unknown"]);
  }));

Deno.test("infisical() finds a server below a path", () =>
  withFolders({ "/": { secrets: { A: "1" } } }, async ({ server, ask }) => {
    const error = await failureOf(ask({ server: `${server.origin}/vault/` }));
    assert.match(error.message, /Route POST:\/vault\/api\/v1\/auth\/universal-auth\/login not found/);
  }));

Deno.test("infisical() with a fault says so when it is asked all the same", async () => {
  const provider = infisical({ ...OPTIONS, project: "" });
  const error = await failureOf(provider.variables({ signal: signal, dataDir: "/nowhere" }));
  assert.deepEqual([error.message, error.exitCode], ["infisical(): project names no project", 2]);
  assert.equal(provider.mayProvide("A"), "unknown");
});

Deno.test("infisical() tells by its names what it may give, and nothing without them", () => {
  const named = infisical({ ...OPTIONS, names: ["DB_*", "TOKEN"] });
  assert.deepEqual(["DB_PASSWORD", "TOKEN", "TZ"].map((name) => named.mayProvide(name)), [true, true, false]);
  assert.equal(infisical(OPTIONS).mayProvide("TZ"), "unknown");
  assert.equal(
    infisical(OPTIONS).label,
    `Infisical at app.infisical.com (project ${HOMELAB.id}, environment prod)`,
  );
});

const FAULTY: readonly [Readonly<Record<string, unknown>>, string | undefined][] = [
  [{}, undefined],
  [{ server: "https://eu.infisical.com/", clientSecret: fromFile("/etc/secret") }, undefined],
  [
    { server: "https://example.org/infisical", paths: ["/", "/a/b-c"], names: ["A", "B_*"], recursive: true },
    undefined,
  ],
  [{ clientId: undefined }, "clientId is required, and missing"],
  [{ clientSecret: "hunter2" }, "clientSecret: a credential is a reference, never a literal"],
  [{ clientId: fromEnv("not a name") }, "clientId: not a name of a variable"],
  [{ clientId: fromFile("secret") }, "clientId: not an absolute path"],
  [{ clientId: { kind: "other" } }, "clientId: not a reference to a credential"],
  [{ clientId: null }, "clientId: not a reference to a credential"],
  [{ server: "infisical.example.org" }, "server is not an http(s) address"],
  [
    { server: "http://infisical.example.org" },
    `server: "http://infisical.example.org/" is not encrypted: \
anyone on the network could read the credential`,
  ],
  [
    { server: "https://me:hunter2@infisical.example.org" },
    "server: the address of infisical.example.org holds a credential",
  ],
  [{ project: undefined }, "project names no project"],
  [{ project: "my project" }, "project names no project"],
  [{ environment: "" }, "environment names no environment"],
  [{ paths: [] }, "paths is not a list of folders"],
  [{ paths: ["shared"] }, "paths is not a list of folders"],
  [{ paths: "/shared" }, "paths is not a list of folders"],
  [{ recursive: "yes" }, "recursive is neither true nor false"],
  [{ names: ["a b"] }, "names is not a list of names"],
  [{ names: [] }, "names is not a list of names"],
];

for (const [options, fault] of FAULTY) {
  Deno.test(`infisical(${Deno.inspect(options, { breakLength: Infinity })}) has ${fault ? `the fault: ${fault}` : "no fault"}`, () => {
    const { faults = [] } = infisical({ ...OPTIONS, ...options } as InfisicalOptions);
    assert.deepEqual(faults.map(({ message }) => message), fault ? [`infisical(): ${fault}`] : []);
    assert.doesNotMatch(JSON.stringify(faults), /hunter2/);
  });
}

Deno.test("a credential of infisical() that is a literal is a type error", () => {
  // @ts-expect-error: only a reference fits.
  const { faults = [] } = infisical({ ...OPTIONS, clientSecret: "hunter2" });
  assert.equal(faults.length, 1);
});

Deno.test("infisical() without its options has a fault for each that it needs", () => {
  const { faults = [] } = infisical(undefined as unknown as InfisicalOptions);
  assert.deepEqual(faults.map(({ message }) => message.split(" ")[1]), [
    "clientId",
    "clientSecret",
    "project",
    "environment",
  ]);
});

import assert from "node:assert/strict";
import { inspect } from "node:util";
import type { StringMap } from "../../lib/compose/project.ts";
import { formatError, HomeportError } from "../../lib/errors.ts";
import { bitwarden, bitwardenAtPace, type BitwardenOptions } from "../../lib/secrets/bitwarden.ts";
import { deriveKeyBytes } from "../../lib/secrets/bitwarden/access_token.ts";
import { addressesOf } from "../../lib/secrets/bitwarden/server_addresses.ts";
import { failureOf as homeportFailureOf } from "../failure_of.ts";
import { type Answer, BitwardenServer, type StoredSecret } from "../fakes/bitwarden_server.ts";

const TOKEN = "HP_TEST_BITWARDEN_TOKEN";
const PACE = { timeout: 2000, tries: 3, firstWait: 2, within: 4000 };
const accessToken = { kind: "credential-from-env", name: TOKEN } as const;
const signal = new AbortController().signal;
const SECRETS: readonly StoredSecret[] = [
  { key: "DB_PASSWORD", value: "db-value-1", project: "homelab" },
  { key: "SMTP_PASSWORD", value: "smtp-value-2", project: "homelab" },
  { key: "MEDIA_KEY", value: "media-value-3", project: "media" },
  { key: "LOOSE", value: "loose-value-4" },
];

type Options = Omit<BitwardenOptions, "accessToken">;

/** Asks the server as `bitwarden()` does in a pass. */
async function ask(
  server: BitwardenServer,
  options: Options = {},
  token = server.accessToken,
): Promise<StringMap> {
  Deno.env.set(TOKEN, token);
  try {
    return {
      ...await bitwardenAtPace({ accessToken, server: server.origin, ...options }, PACE).variables({
        signal: signal,
        dataDir: "/nowhere",
      }),
    };
  } finally {
    Deno.env.delete(TOKEN);
  }
}

/** None of them shows a value. */
async function failureOf(promise: Promise<unknown>): Promise<HomeportError> {
  const error = await homeportFailureOf(promise);
  assert.doesNotMatch(inspect(error, { depth: 10 }), /-value-\d/);
  return error;
}

function start(secrets: readonly StoredSecret[] = SECRETS): BitwardenServer {
  const server = new BitwardenServer();
  server.secrets = secrets;
  return server;
}

/** As the vendor's own client derives it, by the vendor's own test. */
Deno.test("the key of an access token is the one that Bitwarden derives", () => {
  const bytes = deriveKeyBytes(Uint8Array.fromBase64("X8vbvA0bduihIDe/qrzIQQ=="));
  assert.equal(
    bytes.toBase64(),
    "H9/oIRLtL9nGCQOVDjSMoEbJsjWXSOCb3qeyDt6ckzS3FhyboEDWyTP/CQfbIszNmAVg2ExFganG1FVFGXO/Jg==",
  );
});

Deno.test("all that the machine account may read comes in two requests, however much it is", async () => {
  const many = Array.from({ length: 1000 }, (_, index) => ({ key: `KEY_${index}`, value: `text ${index}` }));
  await using server = start(many);
  const variables = await ask(server);
  assert.deepEqual(variables, Object.fromEntries(many.map(({ key, value }) => [key, value])));
  assert.deepEqual(server.requests.map(({ method, path }) => `${method} ${path}`), [
    "POST /identity/connect/token",
    `GET /api/organizations/${server.organization}/secrets/sync`,
  ]);
});

const homelab = { DB_PASSWORD: "db-value-1", SMTP_PASSWORD: "smtp-value-2" };
const choices: readonly [string, (server: BitwardenServer) => Options, StringMap, requests: number][] = [
  ["no project named", () => ({}), { ...homelab, MEDIA_KEY: "media-value-3", LOOSE: "loose-value-4" }, 2],
  ["a project's name", () => ({ project: "homelab" }), homelab, 2],
  ["a project's ID", (server) => ({ project: server.projectId("homelab").toUpperCase() }), homelab, 2],
  ["several projects", (server) => ({ projects: ["homelab", server.projectId("media")] }), {
    ...homelab,
    MEDIA_KEY: "media-value-3",
  }, 2],
  ["a project without secrets", () => ({ projects: ["empty"] }), {}, 3],
  [
    "one project that has secrets and one that has none",
    () => ({ projects: ["homelab", "empty"] }),
    homelab,
    3,
  ],
  ["names to ignore", () => ({ project: "homelab", ignore: ["SMTP_*"] }), { DB_PASSWORD: "db-value-1" }, 2],
  ["its organization", (server) => ({ organization: server.organization.toUpperCase(), project: "media" }), {
    MEDIA_KEY: "media-value-3",
  }, 2],
];

for (const [what, options, expected, requests] of choices) {
  Deno.test(`with ${what}, these secrets come: ${Object.keys(expected).join(", ") || "none"}`, async () => {
    await using server = start();
    server.projectId("empty");
    assert.deepEqual(await ask(server, options(server)), expected);
    assert.equal(server.requests.length, requests);
  });
}

Deno.test("identity and API may have addresses of their own", async () => {
  await using server = new BitwardenServer({ identityPath: "/of/id", apiPath: "/of/api" });
  server.secrets = SECRETS;
  const options = { server: { identity: `${server.identity}/`, api: `${server.api}/` }, project: "media" };
  assert.deepEqual(await ask(server, options), { MEDIA_KEY: "media-value-3" });
});

const cloud = (domain: string) => ({ identity: `https://identity.${domain}`, api: `https://api.${domain}` });
const own = { identity: "https://vault.example.org/sub/identity", api: "https://vault.example.org/sub/api" };
const addresses = [
  [undefined, cloud("bitwarden.com")],
  ["us", cloud("bitwarden.com")],
  ["eu", cloud("bitwarden.eu")],
  ["https://vault.bitwarden.eu", cloud("bitwarden.eu")],
  ["https://vault.bitwarden.com/", cloud("bitwarden.com")],
  ["https://vault.example.org/sub/", own],
] as const;

for (const [server, expected] of addresses) {
  Deno.test(`the server ${server ?? "that is not named"} is asked at ${expected.api}`, () => {
    assert.deepEqual(addressesOf(server), expected);
  });
}

Deno.test("a bearer token that ran out within a pass is replaced", async () => {
  await using server = start();
  server.fault = ({ path }) => {
    if (path.endsWith("/secrets/sync") && server.requests.length === 2) server.expireTokens();
    return undefined;
  };
  assert.deepEqual(await ask(server, { project: "media" }), { MEDIA_KEY: "media-value-3" });
  assert.deepEqual(server.requests.map(({ path }) => path.split("/").at(-1)), [
    "token",
    "sync",
    "token",
    "sync",
  ]);
});

Deno.test("a server that fails for a moment is asked again, at the log-in and after it", async () => {
  await using server = start();
  let asked = 0;
  server.fault = () =>
    asked++ % 2 === 0 ? { kind: asked === 1 ? "broken" : "status", status: 503 } : undefined;
  assert.deepEqual(await ask(server, { project: "media" }), { MEDIA_KEY: "media-value-3" });
  assert.equal(server.requests.length, 4);
});

Deno.test("a server whose answers keep breaking off is named as one that cannot be reached", async () => {
  await using server = start();
  server.fault = () => ({ kind: "broken" });
  const error = await failureOf(ask(server));
  assert.match(error.message, new RegExp(`^cannot reach ${server.origin}: \\S`));
  assert.equal(error.consequence, "retry");
  assert.equal(server.requests.length, PACE.tries);
});

const refusals = [
  [400, "identity", /does not accept the access token in variable HP_TEST_BITWARDEN_TOKEN$/, 2],
  [403, "identity", /refuses the access token in variable HP_TEST_BITWARDEN_TOKEN \(HTTP 403\)$/, 1],
  [404, "identity", /refuses the access token .* \(HTTP 404\)$/, 1],
  [401, "api", /refuses the access token .* \(HTTP 401\)$/, 2],
  [403, "api", /refuses the access token .* \(HTTP 403\)$/, 1],
  [404, "api", /refuses the access token .* \(HTTP 404\)$/, 1],
] as const;

for (const [status, part, message, exitCode] of refusals) {
  Deno.test(`${status} of the ${part} is not tried again, and waits for a person`, async () => {
    await using server = start();
    server.fault = ({ path }) => path.startsWith(`/${part}/`) ? { kind: "status", status } : undefined;
    const error = await failureOf(ask(server));
    assert.match(error.message, message);
    assert.equal(error.consequence, "wait");
    assert.equal(error.exitCode, exitCode);
    const most = part === "identity" ? 1 : status === 401 ? 4 : 2;
    assert.equal(server.requests.length, most);
  });
}

Deno.test("a redirect is refused, and the access token goes to no other server", async () => {
  await using other = start();
  await using server = start();
  server.fault = () => ({ kind: "redirect", to: `${other.origin}/identity/connect/token` });
  const error = await failureOf(ask(server));
  assert.match(error.message, new RegExp(`sends requests on to ${other.origin}$`));
  assert.deepEqual(other.requests, []);
});

const uuid = "ec2c1d46-6a4b-4751-a310-af9601317f2d";
const tokens = [
  `0.${uuid}.C2IgxjjLF7qSshsbwe8JGcbM075YXw`,
  `0.${uuid}.C2IgxjjLF7qSshsbwe8JGcbM075YXw:`,
  `0.${uuid}.C2IgxjjLF7qSshsbwe8JGcbM075YXw:X8vbvA0bduih`,
  `0.${uuid}.C2IgxjjLF7qSshsbwe8JGcbM075YXw.X8vbvA0bduihIDe/qrzIQQ==`,
  `1.${uuid}.C2IgxjjLF7qSshsbwe8JGcbM075YXw:X8vbvA0bduihIDe/qrzIQQ==`,
  "0.no-id.C2IgxjjLF7qSshsbwe8JGcbM075YXw:X8vbvA0bduihIDe/qrzIQQ==",
  "C2IgxjjLF7qSshsbwe8JGcbM075YXw",
];

for (const token of tokens) {
  Deno.test(`${token} is no access token, and is neither sent nor shown`, async () => {
    await using server = start();
    const error = await failureOf(ask(server, {}, token));
    assert.equal(error.message, `variable ${TOKEN} holds no access token of Bitwarden Secrets Manager`);
    assert.equal(error.exitCode, 2);
    assert.doesNotMatch(inspect(error, { depth: 10 }), /C2Igxjj|X8vbvA0/);
    assert.deepEqual(server.requests, []);
  });
}

Deno.test("an access token without the padding of its key is one too", async () => {
  await using server = start();
  const variables = await ask(server, { project: "media" }, server.accessToken.replace(/=+$/, ""));
  assert.deepEqual(variables, { MEDIA_KEY: "media-value-3" });
});

Deno.test("an access token with the key of another one opens nothing", async () => {
  await using server = start();
  const error = await failureOf(
    ask(server, {}, server.accessToken.replace(/:.*/, ":X8vbvA0bduihIDe/qrzIQQ==")),
  );
  assert.match(
    error.message,
    /sends an organization's key that the access token cannot open: its MAC is wrong/,
  );
  assert.equal(error.exitCode, 2);
});

/** Changes one field of the first secret of an answer. */
function changed(field: string, change: (text: string) => unknown): (answer: Answer) => Answer {
  return (answer) => {
    const body = structuredClone(answer.body) as { secrets: { data: Record<string, unknown>[] } };
    const [secret] = body.secrets.data;
    secret![field] = change(String(secret![field]));
    return { ...answer, body };
  };
}

function flipped(part: 0 | 1 | 2): (text: string) => string {
  return (text) => {
    const parts = text.slice(2).split("|");
    const bytes = Uint8Array.fromBase64(parts[part]!);
    bytes[3]! ^= 1;
    parts[part] = bytes.toBase64();
    return `2.${parts.join("|")}`;
  };
}

const spoilt: readonly [string, string, (text: string) => unknown, RegExp][] = [
  ["a changed IV", "value", flipped(0), /in project homelab: its MAC is wrong/],
  ["a changed value", "value", flipped(1), /in project homelab: its MAC is wrong/],
  ["a changed MAC", "value", flipped(2), /in project homelab: its MAC is wrong/],
  ["a changed name", "key", flipped(1), /in project homelab: its MAC is wrong/],
  ["a cut-off value", "value", (text) => text.slice(0, -50), /is cut off or not Base64/],
  [
    "a value without MAC",
    "value",
    (text) => `0.${text.slice(2).split("|").slice(0, 2).join("|")}`,
    /with type 0, and only type 2/,
  ],
  ["a newer encryption", "value", () => "7.g1hLpQE6AAERbwN4I2FwcGxpY2F0aW9u", /with type 7, and only type 2/],
  ["a plain value", "value", () => "plain", /is not encrypted as Bitwarden does/],
  ["no value", "value", () => null, /did not answer as Bitwarden does when it is asked for secrets/],
  ["an empty value", "value", () => "", /did not answer as Bitwarden does when it is asked for secrets/],
  ["a project without a name", "projects", () => [{ id: uuid }], /when it is asked for a project/],
];

for (const [what, field, change, message] of spoilt) {
  Deno.test(`a secret with ${what} is refused, and all others with it`, async () => {
    await using server = start();
    server.tamper = changed(field, change);
    const error = await failureOf(ask(server));
    assert.match(error.message, message);
    assert.equal(error.consequence, "wait");
  });
}

const halves: readonly [string, unknown][] = [
  ["no changes", { hasChanges: false, secrets: null }],
  ["no changes and a list", { hasChanges: false, secrets: { data: [] } }],
  ["no secrets", { hasChanges: true, secrets: null }],
  ["no list", { hasChanges: true, secrets: { object: "list" } }],
  ["a list that goes on elsewhere", { hasChanges: true, secrets: { data: [], continuationToken: "more" } }],
  ["a list of nothing", { hasChanges: true, secrets: { data: [null] } }],
  ["null", null],
  ["a list alone", []],
];

for (const [what, body] of halves) {
  Deno.test(`half an answer is none: ${what}`, async () => {
    await using server = start();
    server.tamper = () => ({ status: 200, body });
    assert.match((await failureOf(ask(server))).message, /did not answer as Bitwarden does/);
  });
}

Deno.test("a project that is not there is named, with those that are", async () => {
  await using server = start();
  const error = await failureOf(ask(server, { projects: ["media", "homelap"] }));
  assert.match(
    formatError(error),
    /no project homelap that the machine account may read\n.*may read: homelab, media$/,
  );
});

Deno.test("a machine account that may read no project is told so", async () => {
  await using server = start([]);
  const error = await failureOf(ask(server, { project: "homelab" }));
  assert.match(error.hint!, /it may read: none$/);
});

Deno.test("a project's name that two projects have is refused, with the IDs of both", async () => {
  await using server = start();
  server.tamper = (answer) => {
    const body = structuredClone(answer.body) as { secrets: { data: { projects: { id: string }[] }[] } };
    body.secrets.data[0]!.projects[0]!.id = uuid;
    return { ...answer, body };
  };
  const error = await failureOf(ask(server, { project: "homelab" }));
  assert.equal(error.message, "several projects are called homelab");
  assert.ok(error.hint!.includes(uuid) && error.hint!.includes(server.projectId("homelab")), error.hint);
});

Deno.test("a value is text as it is, with a byte order mark too, and what is not text is refused", async () => {
  await using server = start([{ key: "MARKED", value: "\uFEFFmark" }]);
  assert.deepEqual(await ask(server), { MARKED: "\uFEFFmark" });
  server.tamper = changed("value", () => server.encrypt(Uint8Array.of(0xff, 0xfe, 0xfd)));
  assert.match((await failureOf(ask(server))).message, /in no project: what it holds is not text/);
});

const twice: readonly [string, readonly StoredSecret[], RegExp][] = [
  [
    "two projects",
    [SECRETS[0]!, { ...SECRETS[0]!, project: "media" }],
    /in project homelab and in project media,/,
  ],
  ["one project", [SECRETS[0]!, { ...SECRETS[0]! }], /twice in project homelab,/],
  [
    "a project and none",
    [SECRETS[0]!, { key: "DB_PASSWORD", value: "x" }],
    /in no project and in project homelab,/,
  ],
];

for (const [where, secrets, message] of twice) {
  Deno.test(`a name that stands twice, in ${where}, is refused unless it is ignored`, async () => {
    await using server = start(secrets);
    const error = await failureOf(ask(server));
    assert.match(error.message, /^secret DB_PASSWORD is /);
    assert.match(error.message, message);
    assert.equal(error.consequence, "wait");
    assert.deepEqual(await ask(server, { ignore: ["DB_PASSWORD"] }), {});
  });
}

Deno.test("a name that stands once in the chosen project may stand in others", async () => {
  await using server = start([SECRETS[0]!, { ...SECRETS[0]!, value: "other-value-5", project: "media" }]);
  assert.deepEqual(await ask(server, { project: "media" }), { DB_PASSWORD: "other-value-5" });
});

Deno.test("names that no variable can have are refused together, unless they are ignored", async () => {
  const odd = ["My note", "a=b", "tls/key"].map((key) => ({ key, value: "x", project: "homelab" }));
  await using server = start([...odd, SECRETS[0]!]);
  const error = await failureOf(ask(server));
  assert.equal(
    error.message,
    'names of secrets that no variable can have: "My note" (project homelab), "a=b" (project homelab), ' +
      '"tls/key" (project homelab)',
  );
  assert.deepEqual(await ask(server, { ignore: ["My *", "a?b", "tls/key"] }), { DB_PASSWORD: "db-value-1" });
});

Deno.test("names that Compose takes in env files are variables: dots, hyphens and other alphabets", async () => {
  const secrets = ["spring.mail.password", "api-key", "schlüssel", "__proto__"].map((key) => ({
    key,
    value: `of ${key}`,
  }));
  await using server = start(secrets);
  const variables = await ask(server);
  assert.deepEqual(Object.entries(variables), secrets.map(({ key, value }) => [key, value]));
});

Deno.test("an access token of another organization than the named one is refused", async () => {
  await using server = start();
  const error = await failureOf(ask(server, { organization: uuid }));
  assert.match(
    error.message,
    new RegExp(`belongs to organization ${server.organization} .*, not to ${uuid}$`),
  );
  assert.equal(error.exitCode, 2);
});

Deno.test("what was given once is known to come from here, and what is ignored never does", async () => {
  await using server = start();
  Deno.env.set(TOKEN, server.accessToken);
  try {
    const provider = bitwardenAtPace({ accessToken, server: server.origin, ignore: ["LOOSE"] }, PACE);
    const names = ["DB_PASSWORD", "OTHER", "LOOSE", "My note"];
    const told = () => names.map((name) => provider.mayProvide(name));
    assert.deepEqual(told(), ["unknown", "unknown", false, false]);
    await provider.variables({ signal: signal, dataDir: "/nowhere" });
    assert.deepEqual(told(), [true, "unknown", false, false]);
    await server.stop();
    await failureOf(provider.variables({ signal: signal, dataDir: "/nowhere" }));
    assert.deepEqual(told(), [true, "unknown", false, false]);
  } finally {
    Deno.env.delete(TOKEN);
  }
});

Deno.test("the label names the server and the projects", () => {
  assert.equal(bitwarden({ accessToken }).label, "Bitwarden at api.bitwarden.com");
  assert.equal(
    bitwarden({ accessToken, server: "eu", projects: ["homelab", "media"] }).label,
    "Bitwarden at api.bitwarden.eu (homelab, media)",
  );
});

const server = "https://user:hunter2@vault.example.org";
const wrong: readonly [unknown, readonly string[]][] = [
  [undefined, ["bitwarden(): accessToken is required, and missing"]],
  [{ accessToken: "0.hunter2" }, ["bitwarden(): accessToken: a credential is a reference, never a literal"]],
  [{ accessToken: { kind: "credential-from-env", name: "hunter2 x" } }, [
    "bitwarden(): accessToken: not a name of a variable",
  ]],
  [{ accessToken: { kind: "credential-from-file", path: "token" } }, [
    "bitwarden(): accessToken: not an absolute path",
  ]],
  [{ accessToken: 7 }, ["bitwarden(): accessToken: not a reference to a credential"]],
  [{ accessToken, project: "a", projects: ["b"] }, ["bitwarden(): project and projects are both given"]],
  [{ accessToken, project: "" }, ["bitwarden(): not a name or an ID of a project"]],
  [{ accessToken, projects: [] }, ["bitwarden(): not a name or an ID of a project"]],
  [{ accessToken, projects: "homelab" }, ["bitwarden(): not a name or an ID of a project"]],
  [{ accessToken, organization: "home" }, ["bitwarden(): organization is not an ID"]],
  [{ accessToken, organization: 7 }, ["bitwarden(): organization is not an ID"]],
  [{ accessToken, ignore: "X" }, ["bitwarden(): ignore is not a list of names"]],
  [{ accessToken, server: "uk" }, ["bitwarden(): server is not an http(s) address"]],
  [{ accessToken, server: "toString" }, ["bitwarden(): server is not an http(s) address"]],
  [{ accessToken, server }, ["bitwarden(): server: the address of vault.example.org holds a credential"]],
  [{ accessToken, server: "https://vault.example.org/?a" }, [
    "bitwarden(): server: the address of vault.example.org has a query or a fragment",
  ]],
  [{ accessToken, server: "http://vault.example.org" }, [
    'bitwarden(): server: "http://vault.example.org/" is not encrypted: anyone on the network could read the credential',
  ]],
  [{ accessToken, server: { identity: "https://vault.example.org/identity" } }, [
    "bitwarden(): server.api is not an http(s) address",
  ]],
];

for (const [options, expected] of wrong) {
  const written = inspect(options, { depth: 2, compact: true, breakLength: Infinity }).replace(
    /, (?=kind|name)/g,
    " ",
  );
  Deno.test(`wrong options are faults of the configuration: ${written}`, async () => {
    const provider = bitwarden(options as BitwardenOptions);
    assert.deepEqual(provider.faults?.map(({ message }) => message), expected);
    assert.doesNotMatch(inspect(provider.faults), /hunter2/);
    assert.equal(
      (await failureOf(provider.variables({ signal: signal, dataDir: "/nowhere" }))).exitCode,
      2,
    );
  });
}

import assert from "node:assert/strict";
import { findUnknownSecrets } from "../../lib/config/find_unknown_secrets.ts";
import { validateConfig } from "../../lib/config/validate_config.ts";
import { ConfigurationProblems, formatError } from "../../lib/errors.ts";
import {
  defineConfig,
  dotenvFiles,
  env,
  folder,
  forStacks,
  fromEnv,
  fromFile,
  fromSecrets,
  sops,
} from "../../lib/mod.ts";

const URL = "https://git.example.org/me/homelab.git";
const HOSTS = { helium: { stacks: folder("servers/helium") } };

/** What validation says of a configuration, without the heading. */
function problemsOf(config: unknown): string[] {
  try {
    validateConfig(config);
  } catch (error) {
    assert.ok(error instanceof ConfigurationProblems, String(error));
    assert.equal(error.exitCode, 2);
    return error.problems.map(formatError);
  }
  return [];
}

function problemsOfUrl(url: unknown): string[] {
  return problemsOf({ repository: { url }, hosts: HOSTS });
}

function problemsOfHost(host: unknown): string[] {
  return problemsOf({ repository: { url: URL }, hosts: { helium: host } });
}

Deno.test("the least configuration gets every default", () => {
  const valid = validateConfig(defineConfig({ repository: { url: URL }, hosts: HOSTS }));
  assert.deepEqual(structuredClone(valid), {
    repository: { url: URL, branch: "main" },
    hosts: {
      helium: {
        stacks: { kind: "folder", path: "servers/helium" },
        startupOrder: [],
        envs: {},
        registries: {},
        instance: "helium@git.example.org/me/homelab",
        stackSettings: {},
        maintenanceWindows: [],
      },
    },
    envs: {},
    secrets: [],
    registries: {},
    dataDir: "/var/lib/homeport",
    poll: { interval: 60_000 },
    prune: { enabled: true },
    deploy: {
      waitTimeout: 300_000,
      pullTimeout: 900_000,
      parallel: 4,
      composeHash: "2.40",
      healthGate: { timeout: 60_000, stable: 5_000 },
      rollback: "on",
    },
    drift: { mode: "heal", attempts: 5, within: 600_000 },
    journal: { keep: 90 * 86_400_000 },
    notifications: [],
    cleanup: { schedule: "30 4 * * *", images: "own" },
  });
});

Deno.test("what is written wins over defaults, numbers become text and durations milliseconds", () => {
  const secrets = [env("DB_*"), dotenvFiles("/etc/homeport/secrets.env")];
  const valid = validateConfig(defineConfig({
    repository: { url: "file:///srv/git/homelab.git", branch: "live/one" },
    hosts: {
      "helium.lan": {
        stacks: folder("./servers//helium/"),
        startupOrder: ["traefik", "My Stack"],
        envs: { PUID: 1000, DEBUG: false },
        instance: "old",
        stackSettings: { db: { rollback: "off", healthGate: { timeout: "2m" } } },
        maintenanceWindows: [{ cron: "0 18 * * 5", duration: "60h", timeZone: "Europe/Berlin" }],
      },
      xenon: { stacks: folder(".") },
    },
    envs: { TZ: "Europe/Berlin", RATIO: 1.5 },
    secrets,
    dataDir: "/data",
    poll: { interval: "1m30s" },
    prune: { enabled: false },
    deploy: {
      waitTimeout: "1h30m",
      pullTimeout: "500ms",
      parallel: 1,
      composeHash: "5",
      healthGate: { stable: "0s" },
      rollback: "off",
    },
    drift: { mode: "report", attempts: 1, within: "1m" },
    journal: { keep: "30d" },
    cleanup: { schedule: "off", timeZone: "Europe/Berlin", images: "all" },
  }));
  assert.equal(valid.repository.branch, "live/one");
  assert.deepEqual(valid.hosts["helium.lan"], {
    stacks: { kind: "folder", path: "servers/helium" },
    startupOrder: ["traefik", "My Stack"],
    envs: { PUID: "1000", DEBUG: "false" },
    registries: {},
    instance: "old",
    stackSettings: { db: { rollback: "off", healthGate: { timeout: "2m" } } },
    maintenanceWindows: [{ cron: "0 18 * * 5", duration: 60 * 3_600_000, timeZone: "Europe/Berlin" }],
  });
  assert.equal(valid.hosts["xenon"]!.stacks.path, ".");
  assert.equal(valid.hosts["xenon"]!.instance, "xenon@/srv/git/homelab");
  assert.deepEqual(valid.envs, { TZ: "Europe/Berlin", RATIO: "1.5" });
  assert.deepEqual(valid.secrets, secrets);
  assert.deepEqual(valid.deploy, {
    waitTimeout: 5_400_000,
    pullTimeout: 500,
    parallel: 1,
    composeHash: "5",
    healthGate: { timeout: 60_000, stable: 0 },
    rollback: "off",
  });
  assert.deepEqual(valid.drift, { mode: "report", attempts: 1, within: 60_000 });
  assert.equal(valid.prune.enabled, false);
  assert.equal(valid.journal.keep, 2_592_000_000);
  assert.deepEqual(valid.cleanup, { timeZone: "Europe/Berlin", images: "all" });
  assert.equal(valid.poll.interval, 90_000);
});

Deno.test("newer images are looked for where that is said, at four in the morning unless said otherwise", () => {
  const valid = validateConfig({ repository: { url: URL }, hosts: HOSTS, updates: {} });
  assert.deepEqual(valid.updates, { schedule: "0 4 * * *", jitter: 600_000, mode: "apply", exclude: [] });
  const given = {
    schedule: "30 3 * * sun",
    timeZone: "Europe/Berlin",
    jitter: "0s",
    mode: "notify",
    exclude: ["postgres", "media-*"],
  } as const;
  assert.deepEqual(validateConfig({ repository: { url: URL }, hosts: HOSTS, updates: given }).updates, {
    ...given,
    jitter: 0,
  });
});

Deno.test("what is wrong with the updates is told in the same way", () => {
  const updates = {
    schedule: "every night",
    timeZone: "Berlin",
    jitter: "a bit",
    mode: "ask",
    exclude: ["a/b", 5],
    schedul: "0 4 * * *",
  };
  assert.deepEqual(
    problemsOf({ repository: { url: URL }, hosts: HOSTS, updates }).sort(),
    [
      `"Berlin" is not a time zone (updates.timeZone)
  → write its name as in the time zone database, such as "Europe/Berlin" or "UTC"`,
      `"a bit" is not a duration (updates.jitter)
  → write numbers with units (ms, s, m, h, d), such as "90s" or "1h30m"`,
      `"a/b" is not a stack's name (updates.exclude[0])
  → write the name of the stack's folder alone, such as "traefik"`,
      `"ask" where "apply" or "notify" is needed (updates.mode)
  → write it such as updates: { mode: "notify" }`,
      `"every night" is no time of cron: five fields are wanted, and it has 2 (updates.schedule)
  → write minute, hour, day of the month, month and day of the week, such as "30 4 * * *" or "0 18 * * fri"`,
      `5 where text is needed (updates.exclude[1])
  → write it such as exclude: ["postgres", "media-*"]`,
      `unknown key "schedul" (updates.schedul)
  → did you mean "schedule"?`,
    ].sort(),
  );
});

Deno.test("a token's user defaults to git", () => {
  const token = fromFile("/etc/homeport/token");
  const valid = validateConfig({ repository: { url: URL, auth: { token } }, hosts: HOSTS });
  assert.deepEqual(valid.repository.auth, { token, username: "git" });
});

Deno.test("every problem is reported at once, each with its path, its value and what to do", () => {
  const config = {
    repository: {
      url: "git.example.org/me/homelab",
      branch: 5,
      auth: { token: "ghp_hunter2", usernme: "x" },
    },
    hosts: {
      "my host": { stacks: folder("/servers") },
      xenon: {
        stacks: "servers/xenon",
        startupOrder: ["a", "b", "a", "x/y", 3],
        envs: { "A-B": 1, C: ["x"] },
      },
      neon: { stack: folder("servers/neon"), stacks: folder("../other"), envs: "TZ=UTC" },
      argon: {},
    },
    envs: { "1X": "y" },
    secrets: ["DB_PASSWORD", env(), dotenvFiles("secrets.env")],
    dataDir: "data",
    poll: { interval: "2s" },
    prune: { enabled: "no" },
    deploy: { waitTimeout: "5 minutes", pullTimeout: "0s", parallel: 0, composeHash: "3" },
    dryRun: true,
  };
  const expected = [
    `"git.example.org/me/homelab" has no scheme (repository.url)
  → write "https://git.example.org/me/homelab"`,
    `5 where text is needed (repository.branch)
  → write it such as branch: "main"`,
    `a credential is a reference, never a literal (repository.auth.token)
  → write fromEnv("GIT_TOKEN"), fromFile("/etc/homeport/git-token") or fromSecrets("GIT_TOKEN")`,
    `unknown key "usernme" (repository.auth.usernme)
  → did you mean "username"?`,
    `"my host" is not a host name (hosts["my host"])
  → use letters, digits, dots, hyphens and underscores, as the machine's hostname does`,
    `"/servers" is not a path in the repository (hosts["my host"].stacks.path)
  → write it relative to the repository, such as "servers/helium"`,
    `"servers/xenon" where an object is needed (hosts.xenon.stacks)
  → write it such as stacks: folder("servers/helium")`,
    `"a" is listed twice (hosts.xenon.startupOrder[2])
  → list it once`,
    `"x/y" is not a stack's name (hosts.xenon.startupOrder[3])
  → write the name of the stack's folder alone, such as "traefik"`,
    `3 where text is needed (hosts.xenon.startupOrder[4])
  → write it such as startupOrder: ["traefik"]`,
    `"A-B" is not a name of a variable (hosts.xenon.envs.A-B)
  → use letters, digits and underscores, and no digit first`,
    `a list where text, a number or a boolean is needed (hosts.xenon.envs.C)
  → write it such as envs: { PUID: 1000 }`,
    `unknown key "stack" (hosts.neon.stack)
  → did you mean "stacks"?`,
    `"../other" leaves the repository (hosts.neon.stacks.path)
  → leave ".." out`,
    `"TZ=UTC" where an object is needed (hosts.neon.envs)
  → write it such as envs: { PUID: 1000 }`,
    `required, and missing (hosts.argon.stacks)
  → write it such as stacks: folder("servers/helium")`,
    `"1X" is not a name of a variable (envs.1X)
  → use letters, digits and underscores, and no digit first`,
    `not a secrets provider (secrets[0])
  → write env("DB_PASSWORD") or dotenvFiles("/etc/homeport/secrets.env"), or several in a list`,
    `env() names no variable (secrets[1])
  → write names or patterns of variables, such as env("DB_PASSWORD", "SMTP_*")`,
    `dotenvFiles(): "secrets.env" is not an absolute path (secrets[2])
  → write absolute paths, such as dotenvFiles("/etc/homeport/secrets.env")`,
    `"data" is not an absolute path of a folder or file (dataDir)
  → begin it with "/" and leave ".." out`,
    `"2s" is too often for a server of Git (poll.interval)
  → write "5s" or more`,
    `"no" where true or false is needed (prune.enabled)
  → write it such as prune: { enabled: true }`,
    `"5 minutes" is not a duration (deploy.waitTimeout)
  → write numbers with units (ms, s, m, h, d), such as "90s" or "1h30m"`,
    `"0s" is no time at all (deploy.pullTimeout)
  → write a longer duration, such as "5m"`,
    `0 where at least 1 is needed (deploy.parallel)
  → write it such as deploy: { parallel: 4 }`,
    `"3" where "2.40" or "5" is needed (deploy.composeHash)
  → write it such as deploy: { composeHash: "5" }`,
    `unknown key "dryRun" (dryRun)
  → the keys here are repository, hosts, envs, secrets, registries, dataDir, poll, prune, deploy, drift, updates, journal, notifications`,
  ];
  assert.deepEqual(problemsOf(config).sort(), expected.sort());
});

Deno.test("what is wrong with a stack's settings, the gate, drift and windows is told in the same way", () => {
  const config = {
    repository: { url: URL },
    hosts: {
      helium: {
        ...HOSTS.helium,
        stackSettings: {
          web: { healthGate: { timeout: "0s", stabel: "1s" }, suspend: "yes", drift: "fix" },
          "a/b": { rollback: true },
          db: { healthGate: "on", rolback: "off" },
        },
        maintenanceWindows: [{ cron: 5, duration: "31d" }, "Friday", {
          cron: "0 0 * * *",
          lenght: "1h",
        }, { cron: "0 18 5", duration: "1h", timeZone: "Europe/Berln" }],
      },
    },
    deploy: { healthGate: 5, rollback: "no" },
    drift: { mode: "report", attempts: 0, within: "soon" },
  };
  const expected = [
    `"0s" is no time at all (hosts.helium.stackSettings.web.healthGate.timeout)
  → write a longer duration, such as "5m"`,
    `unknown key "stabel" (hosts.helium.stackSettings.web.healthGate.stabel)
  → did you mean "stable"?`,
    `"yes" where true or false is needed (hosts.helium.stackSettings.web.suspend)
  → write it such as suspend: true`,
    `"fix" where "heal" or "report" is needed (hosts.helium.stackSettings.web.drift)
  → write it such as drift: "report"`,
    `"a/b" is not a stack's name (hosts.helium.stackSettings["a/b"])
  → write the name of the stack's folder alone, such as "traefik"`,
    `true where "on" or "off" is needed (hosts.helium.stackSettings["a/b"].rollback)
  → write it such as rollback: "off"`,
    `"on" where "off" or an object is needed (hosts.helium.stackSettings.db.healthGate)
  → write it such as healthGate: { timeout: "2m", stable: "10s" }`,
    `unknown key "rolback" (hosts.helium.stackSettings.db.rolback)
  → did you mean "rollback"?`,
    `5 where text is needed (hosts.helium.maintenanceWindows[0].cron)
  → write it such as cron: "0 18 * * 5"`,
    `"31d" is too long for a window (hosts.helium.maintenanceWindows[0].duration)
  → write "30d" or less, or suspend the stacks`,
    `"Friday" where an object is needed (hosts.helium.maintenanceWindows[1])
  → write it such as { cron: "0 18 * * 5", duration: "60h" }`,
    `required, and missing (hosts.helium.maintenanceWindows[2].duration)
  → write it such as duration: "60h"`,
    `unknown key "lenght" (hosts.helium.maintenanceWindows[2].lenght)
  → the keys here are cron, duration, timeZone`,
    `"0 18 5" is no time of cron: five fields are wanted, and it has 3 (hosts.helium.maintenanceWindows[3].cron)
  → write minute, hour, day of the month, month and day of the week, such as "30 4 * * *" or "0 18 * * fri"`,
    `"Europe/Berln" is not a time zone (hosts.helium.maintenanceWindows[3].timeZone)
  → write its name as in the time zone database, such as "Europe/Berlin" or "UTC"`,
    `5 where "off" or an object is needed (deploy.healthGate)
  → write it such as deploy: { healthGate: { timeout: "2m", stable: "10s" } }`,
    `"no" where "on" or "off" is needed (deploy.rollback)
  → write it such as deploy: { rollback: "off" }`,
    `0 where at least 1 is needed (drift.attempts)
  → write it such as drift: { attempts: 5, within: "10m" }`,
    `"soon" is not a duration (drift.within)
  → write numbers with units (ms, s, m, h, d), such as "90s" or "1h30m"`,
  ];
  assert.deepEqual(problemsOf(config).sort(), expected.sort());
});

const URLS: readonly [unknown, string | undefined][] = [
  [URL, undefined],
  ["https://git.example.org:3000/me/homelab", undefined],
  ["http://localhost:3000/me/homelab", undefined],
  ["http://127.0.0.1/me/homelab", undefined],
  ["http://[::1]:80/me/homelab", undefined],
  ["file:///srv/git/homelab.git", undefined],
  ["/srv/git/homelab.git", undefined],
  [undefined, "required, and missing"],
  ["", "not a URL"],
  [" https://git.example.org/me/homelab", "the URL holds white space"],
  ["https://", "not a URL"],
  ["https://git.example.org", '"https://git.example.org/" names a server and no repository'],
  [
    "http://git.example.org/me/homelab",
    '"http://git.example.org/me/homelab" is not encrypted: anyone on the network could change what is deployed',
  ],
  ["https://me:hunter2@git.example.org/me/homelab", "the URL for git.example.org holds a credential"],
  ["https://hunter2@git.example.org/me/homelab", "the URL for git.example.org holds a credential"],
  [
    "https://git.example.org/me/homelab?token=hunter2",
    "the URL for git.example.org has a query or a fragment",
  ],
  ["https://git.example.org/me/homelab#hunter2", "the URL for git.example.org has a query or a fragment"],
  ["ssh://git@git.example.org/me/homelab", "SSH is not supported yet"],
  ["git@git.example.org:me/homelab.git", "SSH is not supported yet"],
  ["ftp://me:hunter2@git.example.org/homelab", '"ftp://" is not supported'],
  ["file://server/homelab", '"file://server/homelab" names a server'],
  ["./homelab", '"./homelab" is not a URL'],
  ["/srv/../etc", '"/srv/../etc" is not an absolute path of a repository'],
  [7, "7 where text is needed"],
];

for (const [url, expected] of URLS) {
  Deno.test(`the repository's URL ${JSON.stringify(url) ?? "that is missing"} is ${expected === undefined ? "accepted" : "refused"}`, () => {
    const problems = problemsOfUrl(url);
    assert.equal(problems.join("\n").includes("hunter2"), false);
    assert.deepEqual(
      problems.map((each) => each.split("\n")[0]),
      expected === undefined ? [] : [`${expected} (repository.url)`],
    );
  });
}

const BRANCHES: readonly [string, boolean][] = [
  ["main", true],
  ["feature/new-disk", true],
  ["v1.2", true],
  ["", false],
  ["a b", false],
  ["a..b", false],
  ["-x", false],
  ["x.lock", false],
  ["refs/heads/main", false],
  ["a//b", false],
];

for (const [branch, isValid] of BRANCHES) {
  Deno.test(`the branch ${JSON.stringify(branch)} is ${isValid ? "accepted" : "refused"}`, () => {
    assert.equal(problemsOf({ repository: { url: URL, branch }, hosts: HOSTS }).length, isValid ? 0 : 1);
  });
}

Deno.test("a wrong reference to a credential is reported without what it holds", () => {
  const references = [
    fromEnv("glpat-hunter2"),
    fromFile("hunter2"),
    fromSecrets("glpat-hunter2"),
    { kind: "literal", value: "hunter2" },
    null,
    () => "hunter2",
  ];
  for (const token of references) {
    const problems = problemsOf({ repository: { url: URL, auth: { token } }, hosts: HOSTS });
    assert.equal(problems.length, 1, String(problems));
    assert.match(problems[0]!, /repository\.auth\.token/);
    assert.doesNotMatch(problems[0]!, /hunter2/);
  }
});

const LOGIN = { username: "me", password: fromEnv("T") };

Deno.test("registries go by one name each, and a host has its own", () => {
  const identityToken = fromFile("/etc/homeport/token");
  const valid = validateConfig(defineConfig({
    repository: { url: URL },
    hosts: { helium: { ...HOSTS.helium, registries: { "GHCR.io": { identityToken } } } },
    registries: { "https://index.docker.io/v1/": LOGIN, "registry.lan:5000": LOGIN },
  }));
  assert.deepEqual(valid.registries, { "docker.io": LOGIN, "registry.lan:5000": LOGIN });
  assert.deepEqual(valid.hosts["helium"]!.registries, { "ghcr.io": { identityToken } });
});

const REGISTRIES: readonly [unknown, string][] = [
  [{ "ghcr.io": { username: "me", password: "hunter2" } }, '["ghcr.io"].password'],
  [{ "ghcr.io": { username: "me" } }, '["ghcr.io"].password'],
  [{ "ghcr.io": { password: fromEnv("T") } }, '["ghcr.io"].username'],
  [{ "ghcr.io": { username: "me:hunter2", password: fromEnv("T") } }, '["ghcr.io"].username'],
  [{ "ghcr.io": { username: fromEnv("A-B"), password: fromEnv("T") } }, '["ghcr.io"].username.name'],
  [{ "ghcr.io": { ...LOGIN, pasword: "hunter2" } }, '["ghcr.io"].pasword'],
  [{ "ghcr.io": { ...LOGIN, identityToken: fromEnv("T") } }, '["ghcr.io"]'],
  [{ "ghcr.io": { identityToken: fromSecrets("hunter2!") } }, '["ghcr.io"].identityToken.name'],
  [{ "ghcr.io": fromEnv("T") }, '["ghcr.io"].'],
  [{ "ghcr.io": "hunter2" }, '["ghcr.io"]'],
  [{ "ghcr.io/me": LOGIN }, '["ghcr.io/me"]'],
  [{ "https://ghcr.io": LOGIN }, '["https://ghcr.io"]'],
  [{ "": LOGIN }, '[""]'],
  [{ "docker.io": LOGIN, "index.docker.io": LOGIN }, '["index.docker.io"]'],
  [["ghcr.io"], ""],
];

for (const [registries, path] of REGISTRIES) {
  Deno.test(`the registries ${JSON.stringify(registries)} are refused without what they hold`, () => {
    const problems = [
      ...problemsOf({ repository: { url: URL }, hosts: HOSTS, registries }),
      ...problemsOfHost({ ...HOSTS.helium, registries }),
    ];
    assert.ok(problems.length >= 2, String(problems));
    assert.ok(problems[0]!.includes(`(registries${path}`), problems[0]);
    assert.ok(problems.at(-1)!.includes(`(hosts.helium.registries${path}`), problems.at(-1));
    assert.doesNotMatch(problems.join(), /hunter2/);
  });
}

Deno.test("a secret for the repository or a registry that no provider has is a problem before it is needed", () => {
  const valid = validateConfig(defineConfig({
    repository: { url: URL, auth: { token: fromSecrets("GIT_TOKEN") } },
    hosts: {
      helium: { ...HOSTS.helium, registries: { "a.lan": { ...LOGIN, password: fromSecrets("NONE") } } },
      xenon: { ...HOSTS.helium, registries: { "b.lan": { ...LOGIN, password: fromSecrets("NONE") } } },
    },
    secrets: [env("GHCR_TOKEN"), forStacks(["web"], env("GIT_TOKEN")), sops()],
    registries: {
      "ghcr.io": { username: "me", password: fromSecrets("GHCR_TOKEN") },
      "docker.io": { username: fromSecrets("HUB_USER"), password: fromEnv("HUB") },
    },
  }));
  assert.deepEqual(findUnknownSecrets(valid, ["helium"]).map(formatError), [
    `the token for the repository needs secret GIT_TOKEN, which no provider has (repository.auth.token)
  → let a provider give it, such as secrets: env("GIT_TOKEN"), or correct the name`,
    `the login for registry docker.io needs secret HUB_USER, which no provider has (registries)
  → let a provider give it, such as secrets: env("HUB_USER"), or correct the name`,
    `the login for registry a.lan needs secret NONE, which no provider has (hosts.helium.registries)
  → let a provider give it, such as secrets: env("NONE"), or correct the name`,
  ]);
});

Deno.test("what stands in the place of a login is not shown: it may be a token", () => {
  assert.deepEqual(problemsOf({ repository: { url: URL, auth: "hunter2" }, hosts: HOSTS }), [
    `text where an object is needed (repository.auth)
  → write it such as auth: { token: fromEnv("GIT_TOKEN") }`,
  ]);
});

Deno.test("a token for a repository on disk is refused: nothing is ignored in silence", () => {
  assert.deepEqual(
    problemsOf({ repository: { url: "/srv/git", auth: { token: fromEnv("T") } }, hosts: HOSTS }),
    [
      'a token is of no use with "/srv/git" (repository.auth)\n  → leave auth out, or use an https:// URL',
    ],
  );
});

const PATHS: readonly [string, boolean][] = [
  ["servers/helium", true],
  [".", true],
  ["a/../b", true],
  ["", false],
  ["/a", false],
  ["~/a", false],
  ["a\\b", false],
  ["..", false],
  ["a/../../b", false],
  [".git", false],
];

for (const [path, isValid] of PATHS) {
  Deno.test(`the layout's path ${JSON.stringify(path)} is ${isValid ? "accepted" : "refused"}`, () => {
    assert.equal(problemsOfHost({ stacks: folder(path) }).length, isValid ? 0 : 1);
  });
}

Deno.test("a configuration without hosts, or with none at all, says so", () => {
  assert.deepEqual(problemsOf({ repository: { url: URL }, hosts: {} }), [
    'no host at all (hosts)\n  → add one, such as helium: { stacks: folder("servers/helium") }',
  ]);
  assert.deepEqual(problemsOf(undefined), ["required, and missing (the configuration)"]);
  assert.equal(problemsOf([]).length, 1);
});

Deno.test("two hosts must not have one instance: each would take down the other's stacks", () => {
  const host = { stacks: folder("a"), instance: "home" };
  assert.deepEqual(problemsOf({ repository: { url: URL }, hosts: { helium: host, xenon: host } }), [
    `"home" is the instance of host helium too (hosts.xenon.instance)
  → give each host its own: each would take the other's stacks down`,
  ]);
});

Deno.test("a wrong time of cron or time zone says what is wrong with it", () => {
  const cleanup = { schedule: "30 25 * * *", timeZone: "Mars", images: "some" };
  const found = problemsOf({ repository: { url: URL }, hosts: HOSTS, cleanup });
  assert.equal(found.length, 3);
  assert.match(found[0]!, /"30 25 \* \* \*" is no time of cron: .*: 25 \(cleanup\.schedule\)/);
  assert.match(found[1]!, /"Mars" is not a time zone \(cleanup\.timeZone\)/);
  assert.match(found[2]!, /cleanup\.images/);
});

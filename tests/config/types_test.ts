/** What the type-check alone refuses: each `@ts-expect-error` is an error of its own when the line below it is accepted. */
import assert from "node:assert/strict";
import { type Config, defineConfig, env, folder, fromEnv, fromFile, fromSecrets } from "../../lib/mod.ts";

const url = "https://git.example.org/me/homelab.git";
const hosts = { helium: { stacks: folder("servers/helium") } };

Deno.test("a credential is a reference: a literal is a type error", () => {
  const configs: Config[] = [
    defineConfig({ repository: { url, auth: { token: fromEnv("GIT_TOKEN") } }, hosts }),
    defineConfig({ repository: { url, auth: { token: fromFile("/etc/homeport/token") } }, hosts }),
    // @ts-expect-error A literal would be baked into the executable.
    defineConfig({ repository: { url, auth: { token: "ghp_literal" } }, hosts }),
    // @ts-expect-error The value of a variable is a literal too, by the time that the executable is made.
    defineConfig({ repository: { url, auth: { token: Deno.env.get("GIT_TOKEN") } }, hosts }),
  ];
  assert.equal(configs.length, 4);
});

Deno.test("a credential for a registry is a reference, too", () => {
  const password = fromSecrets("GHCR_TOKEN");
  const configs: Config[] = [
    defineConfig({ repository: { url }, hosts, registries: { "ghcr.io": { username: "me", password } } }),
    defineConfig({
      repository: { url },
      hosts,
      registries: { "ghcr.io": { identityToken: fromFile("/etc/token") } },
    }),
    // @ts-expect-error A literal would be baked into the executable.
    defineConfig({ repository: { url }, hosts, registries: { a: { username: "me", password: "hunter2" } } }),
    // @ts-expect-error No password.
    defineConfig({ repository: { url }, hosts, registries: { a: { username: "me" } } }),
    defineConfig({ repository: { url, auth: { token: password } }, hosts }),
  ];
  assert.equal(configs.length, 5);
});

Deno.test("unknown keys, a missing host and wrong types are type errors", () => {
  const configs: Config[] = [
    defineConfig({ repository: { url }, hosts, secrets: env("A"), deploy: { waitTimeout: "90s" } }),
    // @ts-expect-error A misspelt key.
    defineConfig({ repository: { url, brnach: "main" }, hosts }),
    // @ts-expect-error No hosts.
    defineConfig({ repository: { url } }),
    // @ts-expect-error A path is no layout.
    defineConfig({ repository: { url }, hosts: { helium: { stacks: "servers/helium" } } }),
    // @ts-expect-error A name of a variable is no provider.
    defineConfig({ repository: { url }, hosts, secrets: "DB_PASSWORD" }),
    // @ts-expect-error A duration has a unit.
    defineConfig({ repository: { url }, hosts, deploy: { waitTimeout: 90 } }),
  ];
  assert.equal(configs.length, 6);
});

import assert from "node:assert/strict";
import { join } from "node:path";
import type { SecretsProvider } from "../../lib/config/secrets_provider.ts";
import { HomeportError } from "../../lib/errors.ts";
import { temporaryFolder } from "../temporary_folder.ts";
import { filesBelow } from "./files_below.ts";
import { gatherVariables } from "./gather.ts";
import { withOfflineCache } from "../../lib/secrets/with_offline_cache.ts";

const { signal } = new AbortController();
const NOON = new Date("2026-01-01T12:00:00Z");
const later = (hours: number) => new Date(NOON.getTime() + hours * 3_600_000);

/** A provider that can be taken down. */
class Vault {
  down = false;
  readonly provider: SecretsProvider = {
    label: "the vault",
    variables: () =>
      this.down
        ? Promise.reject(new HomeportError("no answer", { consequence: "retry" }))
        : Promise.resolve({ PASSWORD: "canary-Ω" }),
    mayProvide: () => "unknown",
  };
}

async function inDataDir(body: (dataDir: string) => Promise<void>): Promise<void> {
  using folder = temporaryFolder();
  await body(folder.path);
}

const cacheFile = (dataDir: string) => filesBelow(join(dataDir, "secrets-cache"))[0]![0];

Deno.test("what a provider gave serves while it is down, and a warning says since when", () =>
  inDataDir(async (dataDir) => {
    const vault = new Vault();
    const providers = [withOfflineCache(vault.provider)];
    await gatherVariables(providers, { signal, dataDir, now: NOON });
    vault.down = true;
    const { variables, sources } = await gatherVariables(providers, { signal, dataDir, now: later(23) });
    assert.deepEqual({ ...variables }, { PASSWORD: "canary-Ω" });
    assert.equal(
      sources[0]!.stale,
      "secrets are those of 2026-01-01T12:00:00.000Z: secrets from the vault: no answer",
    );
    assert.equal(sources[0]!.error!("web"), undefined);
  }));

Deno.test("values that are too old do not serve", () =>
  inDataDir(async (dataDir) => {
    const vault = new Vault();
    const providers = [withOfflineCache(vault.provider, { maxAge: "2h" })];
    await gatherVariables(providers, { signal, dataDir, now: NOON });
    vault.down = true;
    const { variables, sources } = await gatherVariables(providers, { signal, dataDir, now: later(3) });
    assert.deepEqual({ ...variables }, {});
    assert.match(sources[0]!.error!("web")!.message, /the vault: no answer/);
  }));

Deno.test("without the cache nothing is kept", () =>
  inDataDir(async (dataDir) => {
    await gatherVariables([new Vault().provider], { signal, dataDir, now: NOON });
    assert.deepEqual(filesBelow(dataDir), []);
  }));

Deno.test("what is kept can be read with the host's key alone, and only by its owner", () =>
  inDataDir(async (dataDir) => {
    const vault = new Vault();
    const providers = [withOfflineCache(vault.provider)];
    await gatherVariables(providers, { signal, dataDir, now: NOON });
    const cache = cacheFile(dataDir);
    assert.equal(Deno.statSync(cache).mode! & 0o777, 0o600);
    for (const [, text] of filesBelow(dataDir)) assert.doesNotMatch(text, /canary|PASSWORD/);
    await Deno.remove(join(dataDir, "host.key"));
    vault.down = true;
    const { variables } = await gatherVariables(providers, { signal, dataDir, now: NOON });
    assert.deepEqual({ ...variables }, {});
  }));

Deno.test("a cache that was changed is none", () =>
  inDataDir(async (dataDir) => {
    const vault = new Vault();
    const providers = [withOfflineCache(vault.provider)];
    await gatherVariables(providers, { signal, dataDir, now: NOON });
    const cache = cacheFile(dataDir);
    const bytes = Deno.readFileSync(cache);
    bytes[20]! ^= 1;
    Deno.writeFileSync(cache, bytes);
    vault.down = true;
    assert.deepEqual({ ...(await gatherVariables(providers, { signal, dataDir, now: NOON })).variables }, {});
  }));

Deno.test("an age that is no duration is a fault of the configuration", () => {
  assert.deepEqual(withOfflineCache(new Vault().provider).faults, []);
  const { faults = [] } = withOfflineCache(new Vault().provider, { maxAge: "a day" });
  assert.match(faults[0]!.message, /"a day" is not a duration/);
});

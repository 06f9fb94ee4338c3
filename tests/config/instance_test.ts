import assert from "node:assert/strict";
import { findMilliseconds } from "../../lib/config/duration.ts";
import { defaultInstance } from "../../lib/config/instance.ts";
import { findSimilar } from "../../lib/config/similar.ts";

const INSTANCES: readonly [string, string][] = [
  ["https://git.example.org/me/homelab.git", "helium@git.example.org/me/homelab"],
  ["https://git.example.org/me/homelab", "helium@git.example.org/me/homelab"],
  ["https://git.example.org/me/homelab/", "helium@git.example.org/me/homelab"],
  ["https://Git.Example.org:3000/Me/homelab.git/", "helium@git.example.org:3000/Me/homelab"],
  ["https://user:token@git.example.org/me/homelab", "helium@git.example.org/me/homelab"],
  ["file:///srv/git/homelab.git", "helium@/srv/git/homelab"],
  ["/srv/git/homelab.git", "helium@/srv/git/homelab"],
];

for (const [url, expected] of INSTANCES) {
  Deno.test(`the instance of ${url} is ${expected}`, () =>
    assert.equal(defaultInstance("helium", url), expected));
}

const DURATIONS: readonly [string, number | undefined][] = [
  ["90s", 90_000],
  ["1h30m", 5_400_000],
  ["1.5s", 1500],
  ["250ms", 250],
  ["0s", 0],
  ["", undefined],
  ["90", undefined],
  ["5 m", undefined],
  ["1d12h", 129_600_000],
  ["5w", undefined],
  ["-5m", undefined],
];

for (const [text, expected] of DURATIONS) {
  Deno.test(`the duration "${text}" is ${expected} ms`, () => assert.equal(findMilliseconds(text), expected));
}

const NAMES = ["apply", "check", "plan", "status", "version"];
const SIMILAR: readonly [string, string | undefined][] = [
  ["aply", "apply"],
  ["APPLY", "apply"],
  ["plna", "plan"],
  ["statsu", "status"],
  ["deploy", undefined],
  ["x", undefined],
];

for (const [typed, expected] of SIMILAR) {
  Deno.test(`"${typed}" is taken for ${expected ?? "nothing known"}`, () =>
    assert.equal(findSimilar(typed, NAMES), expected));
}

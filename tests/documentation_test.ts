/** Every example of the documentation is what its reader would write: it is type-checked, run, and what it configures is valid. */
import assert from "node:assert/strict";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { validateConfig } from "../lib/config/validate_config.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

interface Example {
  /** Where it stands: `lib/mod.ts:12`. */
  readonly place: string;
  readonly text: string;
}

Deno.test("every builder that stacks.config.ts imports has an example", async () => {
  const module = await import("../lib/mod.ts");
  const texts = examples().map(({ text }) => text).join("\n");
  for (const name of Object.keys(module)) {
    assert.match(texts, new RegExp(`\\b${name}\\(`), `${name} has no example`);
  }
  assert.deepEqual(Object.keys(module).sort(), [
    "bitwarden",
    "defineConfig",
    "discord",
    "dotenvFiles",
    "email",
    "env",
    "folder",
    "forStacks",
    "fromEnv",
    "fromFile",
    "fromSecrets",
    "gotify",
    "infisical",
    "ntfy",
    "secretFiles",
    "slack",
    "sops",
    "telegram",
    "webhook",
    "withOfflineCache",
  ]);
});

Deno.test("every type that stacks.config.ts may name is explained, key by key", () => {
  const files = [
    "lib/config/config.ts",
    "lib/config/notification.ts",
    "lib/config/secrets_provider.ts",
    "lib/notify/discord.ts",
    "lib/notify/email.ts",
    "lib/notify/gotify.ts",
    "lib/notify/ntfy.ts",
    "lib/notify/slack.ts",
    "lib/notify/telegram.ts",
    "lib/notify/webhook.ts",
    "lib/secrets/bitwarden.ts",
    "lib/secrets/infisical.ts",
    "lib/secrets/sops.ts",
    "lib/stacks/stack.ts",
    "lib/stacks/stack_settings.ts",
  ];
  for (const file of files) {
    const lines = Deno.readTextFileSync(join(ROOT, file)).split("\n");
    lines.forEach((line, index) => {
      if (!/^(export (interface|type) | {2}readonly \w+\??: )/.test(line)) return;
      if (/kind: "|= (FolderLayout|typeof)/.test(line) || /export type \{/.test(line)) return;
      assert.match(lines[index - 1]!, /\*\/$/, `${file}:${index + 1} has no documentation: ${line.trim()}`);
    });
  }
});

Deno.test("the examples type-check, run, and configure what is valid", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const found = examples();
    assert.ok(found.length >= 8, `${found.length} examples`);
    const paths = found.map(({ text }, index) => write(text, join(folder, `example_${index}.ts`)));
    await typeCheck(paths, found);
    for (const [index, path] of paths.entries()) {
      const module: { readonly default?: unknown } = await import(`file://${path}`);
      if (module.default === undefined) continue;
      assert.doesNotThrow(() => validateConfig(module.default), found[index]!.place);
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("the configuration that comes with the project is valid", async () => {
  const { default: config } = await import("../stacks.config.ts");
  const { hosts } = validateConfig(config);
  assert.deepEqual(Object.keys(hosts), ["helium"]);
});

/** The blocks marked `ts` of lib/mod.ts, of what it re-exports, and of the README. */
function examples(): Example[] {
  const module = join(ROOT, "lib/mod.ts");
  const exported = [...Deno.readTextFileSync(module).matchAll(/^(?:export .*|\}) from "(\.\/[^"]+)"/gm)]
    .map((match) => join(ROOT, "lib", match[1]!));
  return [module, ...exported, join(ROOT, "README.md")].flatMap(blocksOf);
}

function blocksOf(path: string): Example[] {
  const text = Deno.readTextFileSync(path);
  return [...text.matchAll(/^([ *]*)```ts\n([\s\S]*?)^\1```/gm)].map((match) => ({
    place: `${relative(ROOT, path)}:${text.slice(0, match.index).split("\n").length}`,
    text: match[2]!.split("\n").map((line) =>
      line.startsWith(match[1]!) ? line.slice(match[1]!.length) : line.replace(/^ \*$/, "")
    )
      .join("\n"),
  }));
}

/** In a folder of its own, an example finds the library by its full address. */
function write(text: string, path: string): string {
  Deno.writeTextFileSync(path, text.replaceAll('"./lib/mod.ts"', `"file://${join(ROOT, "lib/mod.ts")}"`));
  return path;
}

async function typeCheck(paths: readonly string[], found: readonly Example[]): Promise<void> {
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["check", "-q", "--config", join(ROOT, "deno.json"), ...paths],
    env: { NO_COLOR: "1" },
  }).output();
  const places = found.map(({ place }, index) => `example_${index}.ts is ${place}`).join("\n");
  assert.ok(success, `${new TextDecoder().decode(stderr)}\n${places}`);
}

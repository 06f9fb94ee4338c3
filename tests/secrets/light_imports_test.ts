import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const LIB = fileURLToPath(new URL("../../lib", import.meta.url));

/** What only a provider that is asked needs. */
const HEAVY = [
  "http/http_request.ts",
  "notify/post.ts",
  "notify/smtp/send_mail.ts",
  "notify/text.ts",
  "secrets/resolve_credential.ts",
  "secrets/bitwarden/fetch_variables.ts",
  "secrets/infisical/client.ts",
  "secrets/infisical/merge_listings.ts",
  "secrets/sops/age.ts",
  "secrets/sops/read_host_files.ts",
  "secrets/sops/repository_files.ts",
];

Deno.test("what a stacks.config.ts imports loads no package, and nothing that a provider needs only when it is asked", () => {
  const { files, packages } = loadedBy("mod.ts");
  assert.deepEqual(packages, []);
  assert.ok(files.includes("secrets/bitwarden.ts"), "the walk found too little");
  for (const file of HEAVY) {
    assert.ok(Deno.statSync(join(LIB, file)).isFile);
    assert.ok(!files.includes(file), `lib/mod.ts loads lib/${file}`);
  }
});

/** Where code is imported at need, it is a file of its own in the bundle. */
for (const entry of ["app.ts", "app/check.ts", "app/pass.ts", "app/pass_secrets.ts", "app/show.ts"]) {
  Deno.test(`lib/${entry} loads nothing of a provider that is not configured`, () => {
    const { files, packages } = loadedBy(entry);
    assert.ok(files.length > 3, "the walk found too little");
    assert.deepEqual(files.filter((file) => PROVIDER.test(file)), []);
    assert.ok(!packages.includes("age-encryption"));
  });
}

const PROVIDER = /^(?:secrets\/(?:bitwarden|infisical|sops|dotenv_files|secret_files|env)\b|http\/)/;

/** Below `lib/`, by imports that are not of types alone and not `import()`. */
function loadedBy(
  entry: string,
): { readonly files: readonly string[]; readonly packages: readonly string[] } {
  const files = new Set<string>();
  const packages = new Set<string>();
  const walk = (file: string) => {
    if (files.has(file)) return;
    files.add(file);
    const text = Deno.readTextFileSync(join(LIB, file));
    for (
      const [, specifier] of text.matchAll(/^(?:import|export) (?!type\b)(?:[^"';]*? from )?"([^"]+)";$/gm)
    ) {
      if (specifier!.startsWith(".")) walk(join(dirname(file), specifier!));
      else if (!specifier!.startsWith("node:")) packages.add(specifier!);
    }
  };
  walk(entry);
  return { files: [...files], packages: [...packages] };
}

import assert from "node:assert/strict";
import { dirname, join, normalize, relative } from "node:path";
import { fileURLToPath } from "node:url";

/** Who may import whom. A folder that is not listed may import nothing of `lib/`; `errors` and `secret` are free to all. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  compose: [],
  stacks: ["compose"],
  config: ["compose", "stacks"],
  plan: ["compose", "stacks"],
  files: [],
  repository: ["files", "stacks"],
  http: [],
  secrets: ["config", "compose", "files", "http"],
  notify: ["config", "http", "reconcile"],
  engine: ["compose", "plan", "stacks"],
  reconcile: ["compose", "config", "plan", "stacks"],
  journal: ["files", "reconcile"],
  updates: ["compose", "plan", "reconcile", "stacks"],
  state: ["files", "reconcile"],
  cli: ["compose", "config", "plan", "reconcile", "stacks"],
};
const FREE = ["errors.ts", "linked_signal.ts", "secret.ts"];
/** Entry points: the owner's builders, and the one place that puts concrete parts together. */
const UNBOUND = ["mod.ts", "app.ts", "app"];
/** Pure: no Deno API, no clock, no network. */
const PURE = ["compose", "config", "plan", "stacks"];
const PURE_BUILTINS = ["node:crypto", "node:path"];
/** Packages that may be imported from one folder only, so that they can be swapped. */
const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  "age-encryption": ["secrets"],
  yaml: ["compose"],
  croner: ["config"],
  zod: ["config"],
  "tar-stream": ["engine"],
  "isomorphic-git": ["repository"],
  commander: ["cli"],
  "@commander-js/extra-typings": ["cli"],
  listr2: ["cli"],
};

const root = fileURLToPath(new URL("..", import.meta.url));
const lib = join(root, "lib");

Deno.test("every import keeps to the import table", () => {
  const violations = sources().flatMap(({ file, area, imports }) =>
    UNBOUND.includes(file) || UNBOUND.includes(area)
      ? []
      : imports.filter((specifier) => !isAllowed(file, area, specifier))
        .map((specifier) => `lib/${file} imports ${specifier}`)
  );
  assert.deepEqual(violations, []);
});

Deno.test("a package is imported from its own folder only", () => {
  const violations = sources().flatMap(({ file, area, imports }) =>
    imports.filter((specifier) => {
      const name = Object.keys(PACKAGES).find((each) =>
        specifier === each || specifier.startsWith(`${each}/`)
      );
      return name !== undefined && !PACKAGES[name]!.includes(area);
    }).map((specifier) => `lib/${file} imports ${specifier}`)
  );
  assert.deepEqual(violations, []);
});

Deno.test("pure folders use no Deno API, no clock and no network", () => {
  const impure =
    /\bDeno\.|\bDate\.now\b|\bnew Date\(\)|\bfetch\(|\bsetTimeout\(|\bMath\.random\b|\bprocess\./;
  const violations = sources().filter(({ area }) => PURE.includes(area)).flatMap(({ file, text }) =>
    withoutComments(text).split("\n").flatMap((line, index) =>
      impure.test(line) ? [`lib/${file}:${index + 1}`] : []
    )
  );
  assert.deepEqual(violations, []);
});

Deno.test("only the command line writes to the console", () => {
  const violations = sources().filter(({ area, text }) =>
    area !== "cli" && /\bconsole\.|Deno\.std(out|err)\b/.test(withoutComments(text))
  ).map(({ file }) => `lib/${file}`);
  assert.deepEqual(violations, []);
});

Deno.test("no source starts a program or loads a native library", () => {
  const violations = sources().filter(({ text }) =>
    /Deno\.Command|Deno\.dlopen|node:child_process/.test(withoutComments(text))
  ).map(({ file }) => `lib/${file}`);
  assert.deepEqual(violations, []);
});

Deno.test("whoever syncs the repository keeps the pins of what is held", () => {
  const found = sources().filter(({ text }) => /\brepository\.sync\(/.test(text)).map(({ file }) => file);
  // The loop hands on what was synced before.
  assert.deepEqual(found.sort(), [
    "reconcile/loop/synced_repository.ts",
    "reconcile/rollback/sync_with_holds.ts",
  ]);
});

Deno.test("file names are snake_case and say what they hold", () => {
  const violations = sources().map(({ file }) => file).filter((file) =>
    /(^|\/)(utils?|helpers?|common|misc)(\.ts|\/)/.test(file) || !/^([a-z0-9_]+\/)*[a-z0-9_]+\.ts$/.test(file)
  );
  assert.deepEqual(violations, []);
});

interface Source {
  /** Path below `lib/`. */
  readonly file: string;
  /** The folder directly below `lib/`; empty for a file of `lib/` itself. */
  readonly area: string;
  readonly text: string;
  readonly imports: readonly string[];
}

function sources(): Source[] {
  return [...walk(lib)].map((path) => {
    const file = relative(lib, path);
    const text = Deno.readTextFileSync(path);
    return { file, area: file.includes("/") ? file.split("/")[0]! : "", text, imports: importsOf(text) };
  });
}

function* walk(folder: string): Generator<string> {
  for (const entry of [...Deno.readDirSync(folder)].sort((a, b) => a.name < b.name ? -1 : 1)) {
    const path = join(folder, entry.name);
    if (entry.isDirectory) yield* walk(path);
    else if (entry.name.endsWith(".ts")) yield path;
  }
}

function importsOf(text: string): string[] {
  const pattern = /(?:^|\n)\s*(?:import|export)\s(?:[^"';]*?\sfrom\s)?"([^"]+)"|\bimport\(\s*"([^"]+)"\s*\)/g;
  return [...text.matchAll(pattern)].map((match) => match[1] ?? match[2]!);
}

function isAllowed(file: string, area: string, specifier: string): boolean {
  if (!specifier.startsWith(".")) {
    return !PURE.includes(area) || !specifier.startsWith("node:") || PURE_BUILTINS.includes(specifier);
  }
  const target = normalize(join(dirname(file), specifier));
  if (FREE.includes(target)) return true;
  const [targetArea] = target.includes("/") ? target.split("/") : [""];
  return targetArea === area || (ALLOWED[area] ?? []).includes(targetArea!);
}

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, (comment) => comment.replace(/[^\n]/g, " ")).replace(
    /(^|\s)\/\/.*$/gm,
    "",
  );
}

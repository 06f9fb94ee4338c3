import assert from "node:assert/strict";
import { cli } from "../fakes/fake_app.ts";

/** What bash offers behind these words, of which the last one is being typed. */
async function completeInBash(...words: readonly string[]): Promise<string[]> {
  const { stdout: script } = await cli(["completions", "bash"]);
  const quoted = ["homeport", ...words].map((word) => `'${word}'`).join(" ");
  const probe = `${script}
COMP_WORDS=(${quoted}); COMP_CWORD=${words.length}; _homeport; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { code, stdout, stderr } = await new Deno.Command("bash", { args: ["-euc", probe], clearEnv: true })
    .output();
  assert.deepEqual([code, new TextDecoder().decode(stderr)], [0, ""]);
  return new TextDecoder().decode(stdout).split("\n").filter((line) => line !== "");
}

const CASES: readonly [string[], string[]][] = [
  [["a"], ["apply"]],
  [[""], [
    "check",
    "config",
    "plan",
    "apply",
    "rollback",
    "run",
    "updates",
    "update",
    "status",
    "health",
    "history",
    "cleanup",
    "suspend",
    "resume",
    "secrets",
    "notify",
    "version",
    "completions",
    "help",
    "--help",
    "--version",
  ]],
  [["apply", "--c"], ["--confirm-prune"]],
  [["plan", "--"], ["--host", "--stack", "--json", "--exit-code", "--offline", "--help"]],
  [["plan", "--host", ""], ["helium", "xenon"]],
  [["plan", "--json", "--host", "x"], ["xenon"]],
  [["plan", "--host", "xenon", "--j"], ["--json"]],
  [["plan", "--stack", ""], []],
  [["completions", "z"], ["zsh"]],
  [["config", "--format", ""], ["yaml", "json"]],
];

for (const [words, expected] of CASES) {
  Deno.test(`bash completes homeport ${words.join(" ")}| with ${expected.join(" ") || "nothing"}`, async () => {
    assert.deepEqual(await completeInBash(...words), expected);
  });
}

Deno.test("bash completes folders for check --path", async () => {
  assert.ok((await completeInBash("check", "--path", "/us")).includes("/usr"));
});

Deno.test("bash completes files for config --env-file", async () => {
  assert.ok((await completeInBash("config", "--env-file", "/etc/host")).includes("/etc/hosts"));
});

const SCRIPTS: readonly [string, readonly RegExp[]][] = [
  ["zsh", [
    /^#compdef homeport$/m,
    /'apply:Make the Docker Engine/,
    /'--host=\[.*\]:value:\(helium xenon\)'/,
    /'1: :\(bash zsh fish\)'/,
    /'\*--env-file=\[.*\]:file:_files'/,
  ]],
  ["fish", [
    /^complete -c homeport -n __fish_use_subcommand -a apply -d 'Make/m,
    /^complete .*from plan' -l host -d '.*machine\\'s.*' -x -a 'helium xenon'$/m,
    /^complete .*from completions' -a 'bash zsh fish'$/m,
    /^complete .*from config' -l env-file -d '.*' -r -F$/m,
  ]],
];

for (const [shell, expected] of SCRIPTS) {
  Deno.test(`the completions for ${shell} list commands, options, hosts and values`, async () => {
    const { code, stdout } = await cli(["completions", shell]);
    assert.equal(code, 0);
    for (const pattern of expected) assert.match(stdout, pattern);
  });
}

import assert from "node:assert/strict";
import { compileArguments, PERMISSIONS } from "../../tools/compile.ts";
import { compiledTest, runFile } from "./harness.ts";

/** Tries what a compiled Homeport must never be able to do, and says what came of it. */
const PROBE = `
const attempts = {
  "start a program": () => new Deno.Command("/bin/true").outputSync(),
  "load a native library": () => Deno.dlopen("/lib/none.so", {}),
  "read the machine's memory": () => Deno.systemMemoryInfo(),
  "read the host name": () => Deno.hostname(),
};
for (const [name, attempt] of Object.entries(attempts)) {
  let outcome = "allowed";
  try { attempt(); } catch (error) { outcome = error.name; }
  console.log(name + ": " + outcome);
}
for (const name of ["run", "ffi", "sys", "read", "write", "net", "env"]) {
  console.log(name + ": " + Deno.permissions.querySync({ name }).state);
}
`;

const EXPECTED = `start a program: NotCapable
load a native library: NotCapable
read the machine's memory: NotCapable
read the host name: allowed
run: denied
ffi: denied
sys: denied
read: granted
write: granted
net: granted
env: granted
`;

compiledTest("a program compiled as Homeport is holds no run and no ffi permission", async (t) => {
  const probe = await t.compileProgram(PROBE);
  const { code, stdout, stderr } = await runFile(probe, [], t.elsewhere);
  assert.equal(code, 0, stderr);
  assert.equal(stdout.replaceAll(": prompt\n", ": denied\n"), EXPECTED);
});

compiledTest("permissions cannot be added when the executable is run", async (t) => {
  const probe = await t.compileProgram(PROBE);
  const { stdout } = await runFile(probe, ["--allow-all", "-A", "--allow-run"], t.elsewhere, {
    DENO_PERMISSIONS: "all",
  });
  assert.equal(stdout.replaceAll(": prompt\n", ": denied\n"), EXPECTED);
});

Deno.test("the compiler is given the named permissions, and no others", () => {
  const given = compileArguments("homeport.js", "homeport").filter((argument) =>
    /^(-A$|-P$|--allow|--deny|--no-prompt)/.test(argument)
  );
  assert.deepEqual(given, PERMISSIONS);
  const names = given.map((argument) => argument.split("=")[0]!);
  assert.deepEqual(names, [
    "--allow-read",
    "--allow-write",
    "--allow-net",
    "--allow-env",
    "--allow-sys",
    "--no-prompt",
  ]);
});

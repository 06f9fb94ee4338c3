import { join } from "node:path";
import { dotenvFiles } from "../../lib/secrets/dotenv_files.ts";
import { env } from "../../lib/secrets/env.ts";
import type { StringMap } from "../../lib/compose/project.ts";
import { type Fault, type Holder, providerContract } from "./contract.ts";

providerContract("env()", { start: holdInProcess, faults: [] });
providerContract("dotenvFiles()", {
  start: holdInFile,
  faults: ["unreachable", "truncated", "not the format"],
});

function holdInProcess(): Holder {
  let names: readonly string[] = [];
  const clear = () => names.forEach((name) => Deno.env.delete(name));
  return {
    provider: env("HP_*", "_hp_*"),
    credentials: [],
    hold(variables) {
      clear();
      names = Object.keys(variables);
      for (const [name, value] of Object.entries(variables)) Deno.env.set(name, value);
    },
    strike: () => {},
    [Symbol.asyncDispose]: () => Promise.resolve(clear()),
  };
}

async function holdInFile(): Promise<Holder> {
  const folder = await Deno.makeTempDir();
  const path = join(folder, "secrets.env");
  let held = "";
  return {
    provider: dotenvFiles(path),
    credentials: [],
    async hold(variables) {
      held = writeDotenv(variables);
      await Deno.writeTextFile(path, held);
    },
    async strike(fault) {
      if (fault === "unreachable") await Deno.remove(path);
      else await Deno.writeTextFile(path, spoil(held, fault));
    },
    [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }),
  };
}

function writeDotenv(variables: StringMap): string {
  return Object.entries(variables).map(([name, value]) => `${name}=${quote(value)}\n`).join("");
}

function quote(value: string): string {
  const escaped = value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n")
    .replaceAll("\r", "\\r").replaceAll("$", "$$$$");
  return `"${escaped}"`;
}

function spoil(text: string, fault: Fault | undefined): string {
  if (fault === "truncated") return text.slice(0, text.lastIndexOf('"'));
  if (fault === "not the format") return JSON.stringify({ text });
  return text;
}

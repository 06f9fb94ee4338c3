import type { Command } from "@commander-js/extra-typings";
import type { CommandContext } from "../context.ts";

export function addVersion(program: Command, { app, io }: CommandContext): void {
  program.command("version")
    .description("Print the version.")
    .option("--json", "print JSON")
    .action(({ json }) => {
      io.stdout(json ? `${JSON.stringify({ version: app.version })}\n` : `homeport ${app.version}\n`);
    });
}

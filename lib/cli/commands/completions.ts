import { Argument, type Command } from "@commander-js/extra-typings";
import { describeCommands } from "../completions/described_command.ts";
import type { CommandContext } from "../context.ts";

const SHELLS = ["bash", "zsh", "fish"] as const;

const EXAMPLES = `
Commands, options and the hosts of this configuration are completed.

Examples:
  homeport completions bash > /etc/bash_completion.d/homeport
  homeport completions zsh > "\${fpath[1]}/_homeport"
  homeport completions fish > ~/.config/fish/completions/homeport.fish
`;

export function addCompletions(program: Command, { app, io }: CommandContext): void {
  program.command("completions")
    .description("Print the completions for a shell.")
    .addArgument(new Argument("<shell>", "the shell").choices(SHELLS))
    .addHelpText("after", EXAMPLES)
    .action(async (shell) => {
      const commands = describeCommands(program, Object.keys(app.config.hosts));
      io.stdout(await scriptFor(shell, commands));
    });
}

async function scriptFor(
  shell: typeof SHELLS[number],
  commands: ReturnType<typeof describeCommands>,
): Promise<string> {
  switch (shell) {
    case "bash":
      return (await import("../completions/bash.ts")).bashCompletions(commands);
    case "zsh":
      return (await import("../completions/zsh.ts")).zshCompletions(commands);
    case "fish":
      return (await import("../completions/fish.ts")).fishCompletions(commands);
  }
}

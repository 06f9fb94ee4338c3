import type { Command } from "@commander-js/extra-typings";

/** A command as a shell's completions need it. */
export interface DescribedCommand {
  readonly name: string;
  readonly description: string;
  readonly options: readonly DescribedOption[];
  /** What its argument may be. */
  readonly values: readonly string[];
}

export interface DescribedOption {
  /** With its hyphens: `--host`. */
  readonly name: string;
  readonly description: string;
  readonly value: OptionValue;
}

export type OptionValue =
  | { readonly kind: "none" }
  | { readonly kind: "folder" }
  | { readonly kind: "file" }
  | { readonly kind: "any" }
  | { readonly kind: "one-of"; readonly values: readonly string[] };

export function describeCommands(program: Command, hosts: readonly string[]): DescribedCommand[] {
  return program.commands.map((command) => ({
    name: command.name(),
    description: command.description(),
    options: [
      ...command.options.map(({ long, description, flags, argChoices }) => ({
        name: long ?? flags,
        description,
        value: valueOf(flags, argChoices, hosts),
      })),
      { name: "--help", description: "print help", value: { kind: "none" } },
    ],
    values: command.registeredArguments.flatMap(({ argChoices }) => argChoices ?? []),
  }));
}

function valueOf(
  flags: string,
  choices: readonly string[] | undefined,
  hosts: readonly string[],
): OptionValue {
  if (!flags.includes("<")) return { kind: "none" };
  if (flags.startsWith("--host ")) return { kind: "one-of", values: hosts };
  if (choices !== undefined) return { kind: "one-of", values: choices };
  if (flags.includes("<file>")) return { kind: "file" };
  return flags.includes("<folder>") ? { kind: "folder" } : { kind: "any" };
}

import type { DescribedCommand, DescribedOption } from "./described_command.ts";

export function fishCompletions(commands: readonly DescribedCommand[]): string {
  const lines = [
    "# fish completions of homeport",
    "complete -c homeport -f",
    "complete -c homeport -n __fish_use_subcommand -l version -d 'print the version'",
    "complete -c homeport -n __fish_use_subcommand -a help -d 'Print help for a command.'",
    ...commands.map(({ name, description }) =>
      `complete -c homeport -n __fish_use_subcommand -a ${name} -d ${quote(description)}`
    ),
    ...commands.flatMap(commandLines),
  ];
  return `${lines.join("\n")}\n`;
}

function commandLines({ name, options, values }: DescribedCommand): string[] {
  const begin = `complete -c homeport -n '__fish_seen_subcommand_from ${name}'`;
  return [
    ...(values.length > 0 ? [`${begin} -a ${quote(values.join(" "))}`] : []),
    ...options.map((option) =>
      `${begin} -l ${option.name.replace(/^--/, "")} -d ${quote(option.description)}${valueOf(option)}`
    ),
  ];
}

function valueOf({ value }: DescribedOption): string {
  switch (value.kind) {
    case "none":
      return "";
    case "folder":
      return " -x -a '(__fish_complete_directories)'";
    case "file":
      return " -r -F";
    case "any":
      return " -x";
    case "one-of":
      return ` -x -a ${quote(value.values.join(" "))}`;
  }
}

function quote(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}

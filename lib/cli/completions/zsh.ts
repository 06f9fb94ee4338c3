import type { DescribedCommand, DescribedOption } from "./described_command.ts";

export function zshCompletions(commands: readonly DescribedCommand[]): string {
  return `#compdef homeport
_homeport() {
  local state line
  local -a commands
  commands=(
${commands.map(({ name, description }) => `    ${quote(`${name}:${description}`)}`).join("\n")}
    'help:Print help for a command.'
  )
  _arguments -C '(- *)--help[print help]' '(- *)--version[print the version]' '1: :->command' '*:: :->rest'
  case $state in
    command) _describe -t commands command commands ;;
    rest)
      case $words[1] in
${commands.map(commandCase).join("\n")}
      esac ;;
  esac
}
if [[ $funcstack[1] == _homeport ]]; then
  _homeport "$@"
else
  compdef _homeport homeport
fi
`;
}

function commandCase({ name, values, options }: DescribedCommand): string {
  const specs = [
    ...options.map(optionSpec),
    ...(values.length > 0 ? [quote(`1: :(${values.join(" ")})`)] : []),
  ];
  return `        ${name}) _arguments ${specs.join(" ")} ;;`;
}

function optionSpec({ name, description, value }: DescribedOption): string {
  const text = description.replace(/[[\]\\:]/g, "\\$&");
  switch (value.kind) {
    case "none":
      return quote(`${name}[${text}]`);
    case "folder":
      return quote(`${name}=[${text}]:folder:_files -/`);
    case "file":
      return quote(`*${name}=[${text}]:file:_files`);
    case "any":
      return quote(`${name}=[${text}]:value: `);
    case "one-of":
      return quote(`${name}=[${text}]:value:(${value.values.join(" ")})`);
  }
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

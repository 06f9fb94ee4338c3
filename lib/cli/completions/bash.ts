import type { DescribedCommand, DescribedOption } from "./described_command.ts";

/** For bash 3.2 and later, with or without the package bash-completion. */
export function bashCompletions(commands: readonly DescribedCommand[]): string {
  const names = commands.map(({ name }) => name);
  return `# bash completions of homeport
_homeport() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}" command="" word words=""
  COMPREPLY=()
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$word" in
      ${names.join("|")}) command="$word"; break ;;
    esac
  done
  case "$command $previous" in
${commands.flatMap((command) => command.options.flatMap((option) => valueCase(command, option))).join("\n")}
  esac
  case "$command" in
    "") words="${names.join(" ")} help --help --version" ;;
${commands.map((command) => `    ${command.name}) words="${wordsOf(command).join(" ")}" ;;`).join("\n")}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -F _homeport homeport
`;
}

function valueCase({ name: command }: DescribedCommand, { name, value }: DescribedOption): string[] {
  const begin = `    "${command} ${name}")`;
  switch (value.kind) {
    case "none":
      return [];
    case "folder":
      return [`${begin} COMPREPLY=($(compgen -d -- "$current")); return ;;`];
    case "file":
      return [`${begin} COMPREPLY=($(compgen -f -- "$current")); return ;;`];
    case "any":
      return [`${begin} return ;;`];
    case "one-of":
      return [`${begin} COMPREPLY=($(compgen -W "${value.values.join(" ")}" -- "$current")); return ;;`];
  }
}

function wordsOf({ values, options }: DescribedCommand): string[] {
  return [...values, ...options.map(({ name }) => name)];
}

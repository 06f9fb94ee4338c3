/** A stack's name as a person types it in a shell: `web`, `'My Stack'`. */
export function typedName(name: string): string {
  return /^[\p{L}\p{N}_.@:+,=/-]+$/u.test(name) ? name : `'${name.replaceAll("'", `'\\''`)}'`;
}

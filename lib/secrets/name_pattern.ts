/** A name in which `*` stands for any characters and `?` for one. */
export function toExpression(pattern: string): RegExp {
  return new RegExp(`^${RegExp.escape(pattern).replaceAll("\\*", ".*").replaceAll("\\?", ".")}$`, "su");
}

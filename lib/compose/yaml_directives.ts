import type { CST, LineCounter } from "yaml";
import { ConfigurationError } from "../errors.ts";

/** Lines such as `%YAML 1.1` before a document: go-yaml knows this one and `%TAG`, and refuses all others. */
export function refuseDirectives(tokens: readonly CST.Token[], file: string, lines: LineCounter): void {
  let hasVersion = false;
  for (const token of tokens) {
    if (token.type === "document") hasVersion = false;
    if (token.type !== "directive") continue;
    const [name, version] = token.source.split(/[ \t]+/);
    const problem = name === "%YAML"
      ? versionProblem(version, hasVersion)
      : name === "%TAG"
      ? undefined
      : `unknown directive ${name}`;
    if (problem !== undefined) {
      const { line } = lines.linePos(token.offset);
      throw new ConfigurationError(`Broken YAML: ${problem}`, {
        hint: "remove the line, and the --- after it",
        location: { file, line },
      });
    }
    hasVersion ||= name === "%YAML";
  }
}

function versionProblem(version: string | undefined, hasVersion: boolean): string | undefined {
  if (hasVersion) return "%YAML stands there twice";
  return version === "1.1" ? undefined : `version ${version ?? ""} is not 1.1, the one that Compose reads`;
}

/** Stacks that run. `$IMAGE` and `$OTHER` are images, `$PROJECT` is the project's name; services called `job…` end well by themselves. */
import type { DifferenceId } from "./differences.ts";

export interface IdempotenceCase {
  readonly name: string;
  readonly file: string;
  readonly files?: Readonly<Record<string, string>>;
  /** What the two tools make of it differs on purpose. */
  readonly meant?: DifferenceId;
}

/** One service `web` without a network; what follows `rest` stands at the top level. */
export function web(
  name: string,
  attributes: string,
  rest = "",
  files: IdempotenceCase["files"] = {},
): IdempotenceCase {
  const lines = attributes.trim().split("\n").map((line) => `    ${line}\n`).join("");
  return {
    name,
    file: `services:\n  web:\n    image: $IMAGE\n    network_mode: none\n${lines}${rest}`,
    files,
  };
}

/** Several services; one line a service. */
export function services(
  name: string,
  lines: string,
  rest = "",
  files: IdempotenceCase["files"] = {},
): IdempotenceCase {
  const text = lines.trim().split("\n").map((line) => `  ${line.trim()}\n`).join("");
  return { name, file: `services:\n${text}${rest}`, files };
}

export interface Finding {
  readonly what: string;
  readonly measured: string;
  readonly bound: string;
  readonly holds: boolean;
}

export interface Part {
  readonly title: string;
  readonly text: string;
  readonly findings: readonly Finding[];
}

export function formatParts(parts: readonly Part[], machine: string): string {
  return [
    "Made by `deno task soak`.",
    "",
    machine,
    ...parts.flatMap(({ title, text, findings }) => [
      "",
      `### ${title}`,
      "",
      text,
      "",
      "| what | measured | bound | holds |",
      "| --- | --- | --- | --- |",
      ...findings.map(({ what, measured, bound, holds }) =>
        `| ${what} | ${measured} | ${bound} | ${holds ? "yes" : "**no**"} |`
      ),
    ]),
  ].join("\n");
}

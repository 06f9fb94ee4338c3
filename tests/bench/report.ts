/** `docs/benchmarks.md`: what was measured, beside what was asked for. */

export interface Row {
  readonly what: string;
  readonly measured: string;
  /** What it is held against. */
  readonly target: string;
  readonly met: boolean;
}

export interface Section {
  readonly title: string;
  /** What was done, so that a reader can judge the numbers. */
  readonly text: string;
  readonly rows: readonly Row[];
}

export function formatReport(machine: string, sections: readonly Section[]): string {
  return [
    "# Benchmarks",
    "",
    "Made by `deno task bench`, which rewrites this file. Times are wall-clock times of whole processes; memory is the peak of the resident",
    "set (`VmHWM`).",
    "",
    machine,
    ...sections.flatMap(formatSection),
    "",
  ].join("\n");
}

function formatSection({ title, text, rows }: Section): string[] {
  return [
    "",
    `## ${title}`,
    "",
    text,
    "",
    "| what | measured | target | met |",
    "| --- | --- | --- | --- |",
    ...rows.map(({ what, measured, target, met }) =>
      `| ${what} | ${measured} | ${target} | ${met ? "yes" : "**no**"} |`
    ),
  ];
}

export function seconds(milliseconds: number): string {
  return milliseconds < 1000 ? `${Math.round(milliseconds)} ms` : `${(milliseconds / 1000).toFixed(2)} s`;
}

export function mebibytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(1)} MiB`;
}

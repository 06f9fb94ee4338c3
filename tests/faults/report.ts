export interface CaseResult {
  readonly group: string;
  readonly intent: string;
  readonly seconds: number;
  readonly detail?: string;
  /** Absent: it holds. */
  readonly failure?: string;
}

export function formatResults(results: readonly CaseResult[], engineVersion: string): string {
  const failed = results.filter(({ failure }) => failure !== undefined).length;
  return [
    "Made by `deno task faults`: `homeport run` as a process of its own, on a real Docker Engine, with a real Git server and a real",
    "registry, which a case breaks. At the end of each case every container, network and volume is compared with what Git says, data in",
    "volumes with what was written into them; no lock is held, the journal is read, and `homeport plan` has nothing to do.",
    "",
    `Last run: ${
      new Date().toISOString().slice(0, 10)
    }, Docker Engine ${engineVersion}, Deno ${Deno.version.deno}: ` +
    `${results.length - failed} of ${results.length} cases hold.`,
    "",
    "| what breaks | what holds | tried | time | holds |",
    "| --- | --- | --- | --- | --- |",
    ...results.map(({ group, intent, detail = "", seconds, failure }) =>
      `| ${group} | ${intent} | ${detail} | ${seconds.toFixed(0)} s | ${
        failure === undefined ? "yes" : "**no**"
      } |`
    ),
  ].join("\n");
}

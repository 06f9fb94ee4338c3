import type { PassEvent } from "../../reconcile/report.ts";
import { shortCommit } from "../../reconcile/short_commit.ts";
import type { Io } from "../io.ts";
import { formatWarning } from "../warning.ts";
import { formatError } from "../../errors.ts";
import type { UpdateFindings } from "../../reconcile/updates.ts";
import { formatSum, formatUpdate } from "./updates.ts";

/** What a person should know before anything is done. Goes to standard error, so that standard output holds the result alone. */
export function notices(io: Io, { json }: { readonly json: boolean }): (event: PassEvent) => void {
  return (event) => {
    for (const line of noticesOf(event)) {
      if (!json || event.kind !== "snapshot") io.stderr(`${line}\n`);
    }
  };
}

export function noticesOf(event: PassEvent): string[] {
  switch (event.kind) {
    case "snapshot": {
      const { commit, branch, stale, discarded, odd } = event.snapshot;
      const lines = [`${branch} is at ${shortCommit(commit)}`];
      if (stale) lines.push("warning: the repository cannot be reached; going on with the last checkout");
      if (discarded.length > 0) lines.push(`warning: local edits discarded: ${discarded.join(", ")}`);
      return [...lines, ...odd.map(({ message }) => `warning: ${message}`)];
    }
    case "waiting":
      return [`waiting for ${event.holder}`];
    case "warning":
      return [`warning: ${formatWarning(event.warning)}`];
    case "journal-warning":
    case "notification-warning":
      return [`warning: ${event.message}`];
    case "updates":
      return updateLines(event.findings);
    case "skipped-folder":
      return [`skipped: ${event.folder} has no Compose file`];
    default:
      return [];
  }
}

function updateLines(findings: UpdateFindings): string[] {
  const { available, failed } = findings;
  return [
    formatSum(findings),
    ...available.map((each) => `  ${formatUpdate(each)}`),
    ...failed.map(({ error }) => `warning: ${formatError(error)}`),
  ];
}

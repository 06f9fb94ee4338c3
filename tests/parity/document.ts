/** `docs/compose.md`: every attribute, how far it is carried out, and the cases that show it. */
import { fileURLToPath } from "node:url";
import { type Coverage, coverageOf, isBelow, placeKey } from "./coverage.ts";
import { DIFFERENCES } from "./differences.ts";
import { NOTES } from "./notes.ts";
import { LATER_ATTRIBUTES, type Place, type Specification } from "./specification.ts";

export const DOCUMENT: string = fileURLToPath(new URL("../../docs/compose.md", import.meta.url));

export function formatDocument(specification: Specification): string {
  const coverage = coverageOf(specification);
  const attributes = [...specification.values()].filter(({ isAttribute }) => isAttribute);
  const sections = Map.groupBy(attributes, ({ path }) => /^\w+/.exec(path)![0]);
  return [
    "# Compose attributes",
    "",
    "Made by `deno task docs`, which rewrites this file; a test fails when it is stale. The attributes are those of the JSON schema inside",
    "`docker compose` 2.40.3; `*` is any name, `[]` any item.",
    `Of release 5, which has its own tests: ${LATER_ATTRIBUTES.map((path) => `\`${path}\``).join(", ")}.`,
    "",
    "- **supported**: *deployed*; *hash*: read, checked and counted in the `config-hash`, without an effect on one engine; *none*: read and",
    "  checked only; *refused*: not deployed, with an error that names file and line.",
    "- **tested**: cases that hold the attribute. `folder/name` stands in `tests/fixtures/compose`: verdict, model and hash are compared with",
    "  `docker compose`. *request*: so is what the engine is asked for. *stack*: both tools leave alone what the other one deployed.",
    "",
    ...[...sections].flatMap(([section, places]) => [
      `## ${section}`,
      "",
      ...table(
        ["attribute", "supported", "tested", "notes"],
        places.map((place) => [
          `\`${place.path}\``,
          supportOf(place, coverage),
          formatCases(casesOf(place, coverage)),
          noteOf(place.path)?.text ?? "",
        ]),
      ),
      "",
    ]),
    "## Differences on purpose",
    "",
    "Whatever is not named here is meant to be the same.",
    "",
    ...table(
      ["of", "docker compose 2.40", "Homeport", "because", "shown by"],
      DIFFERENCES.map(({ attribute, reference, homeport, reason, test }) => [
        `\`${attribute}\``,
        reference,
        homeport,
        reason,
        test,
      ]),
    ),
    "",
  ].join("\n");
}

function supportOf(place: Place, coverage: Coverage): string {
  const { path } = place;
  const isCarriedOut = casesOf(place, coverage).some((name) => name.includes(": "));
  if (!coverage.deployable.has(path) || (!isCarriedOut && isBelow(path, coverage.refused))) return "refused";
  const effect = noteOf(path)?.effect;
  if (isBelow(path, coverage.unused) && effect === undefined) {
    throw new Error(`${path} is said to have no effect: say in tests/parity/notes.ts what becomes of it`);
  }
  return effect ?? "deployed";
}

function casesOf({ path, forms }: Place, { cases }: Coverage): string[] {
  return [...new Set([...forms].flatMap((form) => cases.get(placeKey(path, form)) ?? []))];
}

/** One that shows the model, and one that shows the engine. */
function formatCases(names: readonly string[]): string {
  const shown = [
    names.find((name) => !name.includes(": ")),
    names.find((name) => name.includes(": ")),
  ].filter((name) => name !== undefined);
  const rest = names.length - shown.length;
  return `${shown.join("; ")}${rest > 0 ? ` and ${rest} more` : ""}`;
}

function noteOf(path: string): typeof NOTES[number] | undefined {
  return NOTES.find((note) => isBelow(path, [note.path]));
}

function table(heads: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(heads), line(heads.map(() => "---")), ...rows.map(line)];
}

/** `docs/reliability.md`: two programs write a section of it each. */
import { fileURLToPath } from "node:url";

const DOCUMENT = fileURLToPath(new URL("../../docs/reliability.md", import.meta.url));
const TITLE = "# Reliability";
const SECTIONS = ["Faults", "Soak"] as const;

export async function writeSection(title: typeof SECTIONS[number], text: string): Promise<void> {
  const old = await Deno.readTextFile(DOCUMENT).catch(() => "");
  const sections = SECTIONS.flatMap((each) => {
    const content = each === title ? text : contentOf(old, each);
    return content === undefined ? [] : ["", `## ${each}`, "", content];
  });
  await Deno.writeTextFile(DOCUMENT, [TITLE, ...sections, ""].join("\n"));
}

function contentOf(document: string, title: string): string | undefined {
  const [, after] = document.split(`\n## ${title}\n`);
  return after?.split("\n## ", 1).join().trim();
}

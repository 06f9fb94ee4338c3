import type { EngineEvent } from "../../plan/engine_event.ts";

const LOST = "lost a container";
const WORDS: Readonly<Record<string, string>> = {
  destroy: "was removed",
  pause: "was paused",
  unpause: "goes on",
  rename: "was renamed",
  disconnect: LOST,
  "health_status: unhealthy": "became unhealthy",
};

/** `container web-1 died (exit 137)`. `undefined`: another event says the same, and more. */
export function describeEvent(event: EngineEvent): string | undefined {
  const { kind, action, name } = event;
  if (event.kind === "container" && action === "die") {
    const code = event.labels["exitCode"];
    return `container ${name} died${code === undefined ? "" : ` (exit ${code})`}`;
  }
  const words = WORDS[action];
  return words === undefined ? undefined : `${kind} ${name} ${words}`;
}

const MOST = 3;

/** What the engine told since the last pass, the first of it in words. */
export class ToldEvents {
  #told = new Set<string>();

  add(event: EngineEvent): void {
    const words = describeEvent(event);
    if (words !== undefined) this.#told.add(words);
  }

  take(): string {
    const all = [...this.#told];
    // A container that ends leaves its networks, which says no more.
    const isEnd = (words: string) => /^container .* (died|was removed)/.test(words);
    const told = all.some(isEnd) ? all.filter((words) => !words.endsWith(LOST)) : all;
    this.#told = new Set();
    const more = told.length > MOST ? `, and ${told.length - MOST} more` : "";
    return `${told.slice(0, MOST).join(", ")}${more}`;
  }
}

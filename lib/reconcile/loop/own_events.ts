/** Tells the events that the loop's own operations cause from all others. */
import type { EngineEvent } from "../../plan/engine_event.ts";
import type { Operation } from "../../plan/operation.ts";
import type { PassEvent } from "../report.ts";

/** So long after an operation its events may still be on their way. */
const GRACE = 1_000;

/** What a container is called that is about to replace another one. */
const TEMPORARY = /^[0-9a-f]{12}_/;

interface Touched {
  /** Containers and networks that it stops, detaches or removes. */
  readonly ids: readonly string[];
  /** Names that it gives to containers, and from which it takes the temporary ones. */
  readonly names: readonly string[];
  /** In the loop's clock; `Infinity`: it is in hand. */
  readonly until: number;
}

export class OwnEvents {
  readonly #touched = new Map<string, Touched>();

  /** Hears what a pass does. */
  note(event: PassEvent, now: number): void {
    if (event.kind === "operation-started") {
      this.#touched.set(keyOf(event), { ...touchedBy(event.operation), until: Infinity });
    } else if (event.kind === "operation-done" || event.kind === "operation-failed") {
      this.#touched.set(keyOf(event), { ...touchedBy(event.operation), until: now + GRACE });
    }
  }

  isOwn(event: EngineEvent, now: number): boolean {
    for (const [key, { until }] of this.#touched) if (until < now) this.#touched.delete(key);
    return [...this.#touched.values()].some(({ ids, names }) => {
      if (event.kind === "volume") return false;
      if (ids.includes(event.id)) return true;
      if (event.kind === "network") return event.container !== undefined && ids.includes(event.container);
      return names.some((name) =>
        event.name === name
          ? event.action === "rename"
          : TEMPORARY.test(event.name) && event.name.slice(13) === name
      );
    });
  }
}

function keyOf({ stack, operation }: { readonly stack: string; readonly operation: Operation }): string {
  return `${stack} ${operation.id}`;
}

function touchedBy(operation: Operation): Pick<Touched, "ids" | "names"> {
  switch (operation.kind) {
    case "recreate-container":
    case "rename-container":
      return { ids: [operation.containerId], names: [operation.containerName] };
    case "stop-container":
    case "remove-container":
      return { ids: [operation.containerId], names: [] };
    case "recreate-network":
      return {
        ids: [operation.networkId, ...operation.containers.map(({ containerId }) => containerId)],
        names: [],
      };
    case "remove-network":
      return { ids: [operation.networkId], names: [] };
    default:
      return { ids: [], names: [] };
  }
}

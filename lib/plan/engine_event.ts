/** Something that happened on the engine, after which what runs may differ from what should run. */
import type { StringMap } from "../compose/project.ts";

export type EngineEvent =
  | {
    readonly kind: "container";
    /** As the engine calls it: `die`, `destroy`, `rename` … */
    readonly action: string;
    readonly id: string;
    /** Its name after the event. */
    readonly name: string;
    readonly labels: StringMap;
  }
  | {
    readonly kind: "network";
    readonly action: string;
    readonly id: string;
    readonly name: string;
    /** ID of the container that was disconnected. */
    readonly container?: string;
  }
  | { readonly kind: "volume"; readonly action: string; readonly name: string };

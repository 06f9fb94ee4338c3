/** The images that a host may go back to, or was told to use. */
import type { ServiceImage } from "../history/pass_record.ts";
import type { HostState, StackState } from "./stack_state.ts";

/** IDs and digests. */
export function imagesOfState({ stacks }: Pick<HostState, "stacks">): ReadonlySet<string> {
  return new Set(
    Object.values(stacks).flatMap(imagesOfStack).flatMap(({ id, digest }) =>
      digest === undefined ? [id] : [id, digest]
    ),
  );
}

function imagesOfStack({ good, hold, rejected }: StackState): Pick<ServiceImage, "id" | "digest">[] {
  const states = [...good, ...(hold !== undefined && hold.kind !== "drift" ? [hold.to] : [])];
  return [
    ...states.flatMap(({ images }) => Object.values(images)),
    // The tag means the bad one: without it, each pull would bring it again.
    ...rejected.flatMap((each) => [each.good, each.bad]),
  ];
}

/**
 * Images that did not run well under a tag that still means them. A stack that got one without any change of its files goes back to the
 * image from before, and stays there until the tag means yet another one.
 */
import { imageNameOf } from "../../compose/image_name.ts";
import type { ImagePin } from "../../plan/image_pins.ts";
import { shortId } from "../../plan/image_reference.ts";
import { imageKey, type Observed } from "../../plan/observed.ts";
import type { DesiredStack } from "../../stacks/desired_stack.ts";
import { changeStack, changeState } from "../state/keep_state.ts";
import type { ImageChange } from "../history/pass_record.ts";
import type { StateStore } from "../ports.ts";
import { type RejectedImage, type StackState, stateOf } from "../state/stack_state.ts";

/** `changes`: what the services ran before, and what they ran when it went wrong. Gives the same state where no image changed. */
export function rejectImages(
  state: StackState,
  { project }: DesiredStack,
  changes: readonly ImageChange[],
  since: string,
): StackState {
  const rejected = new Map<string, RejectedImage>();
  for (const { service, before, after } of changes) {
    const definition = project.services[service];
    if (definition === undefined || before === undefined || after === undefined || before.id === after.id) {
      continue;
    }
    const reference = imageNameOf(project, definition);
    rejected.set(reference, { reference, bad: imageOf(after), good: imageOf(before), since });
  }
  if (rejected.size === 0) return state;
  const others = state.rejected.filter(({ reference }) => !rejected.has(reference));
  return { ...state, rejected: [...others, ...rejected.values()] };
}

/** What the stack is held to. `observed` must have been asked for {@linkcode imagesToSee}. */
export function pinsOf(
  stack: DesiredStack,
  { rejected }: StackState,
  observed: Observed,
): readonly ImagePin[] {
  return rejected.filter((each) => isStill(stack, each, observed)).map(({ reference, good }) => ({
    reference,
    ...good,
    untilTagMoves: true,
  }));
}

/** Without those that the stack asks for no more, and those whose tag means yet another image. */
export function withoutOutdated(stack: DesiredStack, state: StackState, observed: Observed): StackState {
  const rejected = state.rejected.filter((each) => isStill(stack, each, observed));
  return rejected.length === state.rejected.length ? state : { ...state, rejected };
}

/** Gives what a person should know about the state itself, often nothing. */
export function forgetOutdated(
  store: StateStore | undefined,
  stacks: readonly DesiredStack[],
  observed: Observed,
): readonly string[] {
  return changeState(
    store,
    (state) =>
      stacks.filter(({ name }) => stateOf(state, name).rejected.length > 0).reduce(
        (changed, stack) =>
          changeStack(changed, stack.name, (known) => withoutOutdated(stack, known, observed)),
        state,
      ),
  );
}

/** By image ID; besides what the stack's files name. */
export function imagesToSee({ rejected }: StackState): readonly { readonly image: string }[] {
  return rejected.flatMap(({ good, bad }) => [{ image: good.id }, { image: bad.id }]);
}

/** A tag that is gone may come back as the bad image. */
function isStill({ project }: DesiredStack, { reference, bad }: RejectedImage, observed: Observed): boolean {
  const users = Object.values(project.services).filter((each) => imageNameOf(project, each) === reference);
  return users.some(({ platform }) => {
    const id = observed.images[imageKey({ image: reference, ...(platform !== undefined && { platform }) })];
    return id === undefined || id === bad.id;
  });
}

/** `nginx:1.27 stays sha256:1a…, and not sha256:9c…` */
export function describeRejection({ reference, bad, good }: RejectedImage): string {
  return `${reference} stays ${shortId(good.id)}, and not ${shortId(bad.id)}`;
}

/** Of `nginx@sha256:…`, or of a digest alone. */
export function digestOf(name: string): string {
  return name.slice(name.indexOf("@") + 1);
}

function imageOf({ id, digest }: { readonly id: string; readonly digest?: string }): RejectedImage["bad"] {
  return { id, ...(digest !== undefined && { digest }) };
}

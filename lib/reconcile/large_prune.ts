import { HomeportError } from "../errors.ts";
import type { Plan } from "../plan/plan.ts";

/** A prune that would remove so much that a person must agree first. */
export class LargePrune extends HomeportError {
  override readonly name = "LargePrune";

  constructor({ prune, host }: Plan) {
    const names = prune.stacks.map(({ name }) => name).join(", ");
    super(
      `Refusing to remove ${prune.stacks.length} of the ${prune.managed} stacks that run on ${host}: ${names}`,
      {
        hint:
          "if they are meant to be gone, stop homeport run and use apply --confirm-prune; nothing was changed",
      },
    );
  }
}

import type { HashFlavour } from "../compose/hash.ts";
import type { DesiredStack } from "../stacks/desired_stack.ts";
import type { Ownership } from "./plan.ts";

/** What an operation needs besides itself. */
export interface DeployContext {
  readonly desired: DesiredStack;
  readonly ownership: Ownership;
  /** Whose `config-hash` is written to what is created. */
  readonly composeHash: HashFlavour;
  readonly signal: AbortSignal;
  /** How long one `wait-for-service` may take, in milliseconds. */
  readonly waitTimeout: number;
  /** How long one pull may take, in milliseconds. */
  readonly pullTimeout: number;
  /** Called as an operation moves on, such as with the percentage of a pull. */
  readonly onProgress?: (message: string) => void;
}

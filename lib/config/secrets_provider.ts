import type { StringMap } from "../compose/project.ts";

/** Gives variables to stacks. With several providers, later ones win. */
export interface SecretsProvider {
  /** Names it in errors, such as `the environment` or `dotenv file /etc/homeport/secrets.env`. */
  readonly label: string;
  /** Every variable that the provider grants. Called once a pass. Throws a HomeportError when they cannot be had. */
  variables(signal: AbortSignal): Promise<StringMap>;
  /**
   * Whether the provider can have a variable of this name, without being asked for its value. `"unknown"`: that cannot be told here,
   * such as on a machine that lacks the provider's file. `check` reports a variable that no provider may have; a deployment stops
   * a stack when a provider should have had one of its variables and did not.
   */
  mayProvide(name: string): boolean | "unknown";
  /** Names of the stacks that may have its variables. Default: all. */
  readonly stacks?: readonly string[];
  /** What is wrong with the arguments that the provider was made from. The validation of the configuration reports it. */
  readonly faults?: readonly { readonly message: string; readonly hint: string }[];
}

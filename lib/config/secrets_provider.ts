import type { StringMap } from "../compose/project.ts";

/** Gives variables to stacks. Later providers win. */
export interface SecretsProvider {
  /** Names it in errors, such as `env` or `dotenv file /etc/homeport/secrets.env`. */
  readonly label: string;
  /** Every variable that the provider grants. Called once a pass. */
  variables(signal: AbortSignal): Promise<StringMap>;
  /** Whether the provider can have a variable of this name, as far as it can tell without being asked; for `check`. */
  mayProvide(name: string): boolean;
}

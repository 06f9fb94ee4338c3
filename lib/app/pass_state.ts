import type { ValidConfig } from "../config/valid_config.ts";
import type { Redactor } from "../secret.ts";
import { StateFile } from "../state/state_file.ts";

export function stateFileOf(
  { dataDir }: Pick<ValidConfig, "dataDir">,
  { host, redactor }: { readonly host: string; readonly redactor: Redactor },
): StateFile {
  return new StateFile({ dataDir, host, redact: (text) => redactor.redact(text), now: () => new Date() });
}

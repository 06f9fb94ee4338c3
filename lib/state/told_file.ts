/** `told.json`: what people were last told, also by a process that is gone. Not part of the state, for it is no pass's: it is written once a pass has ended. */
import { join } from "node:path";
import { diskReason } from "../files/disk_full.ts";
import type { ToldStore } from "../reconcile/ports.ts";
import type { Told } from "../reconcile/news/stack_change.ts";
import { isRecord } from "./parse_state.ts";
import { replacePrivateFile } from "../files/replace_file.ts";

const TOLD_FILE = "told.json";

export class ToldFile implements ToldStore {
  readonly #path: string;
  readonly #host: string;
  readonly #onWarning: (message: string) => void;
  /** What could not be written holds for as long as this process lives. */
  #told: Told | undefined;

  constructor(dataDir: string, host: string, onWarning: (message: string) => void) {
    this.#path = join(dataDir, TOLD_FILE);
    this.#host = host;
    this.#onWarning = onWarning;
  }

  told(): Told {
    return this.#told ?? this.#hosts()[this.#host] ?? {};
  }

  setTold(told: Told): void {
    if (JSON.stringify(told) === JSON.stringify(this.told())) return;
    try {
      const hosts = { ...this.#hosts(), [this.#host]: told };
      replacePrivateFile(this.#path, `${JSON.stringify(hosts, undefined, 2)}\n`);
      this.#told = undefined;
    } catch (error) {
      this.#told = told;
      this.#onWarning(
        `cannot write ${this.#path}, so that what was told may be told again: ${diskReason(error)}`,
      );
    }
  }

  /** A file that cannot be read is worth a message told twice, and no more. */
  #hosts(): Readonly<Record<string, Told>> {
    try {
      const hosts: unknown = JSON.parse(Deno.readTextFileSync(this.#path));
      return isHosts(hosts) ? hosts : {};
    } catch {
      return {};
    }
  }
}

function isHosts(value: unknown): value is Record<string, Told> {
  return isRecord(value) &&
    Object.values(value).every((told) =>
      isRecord(told) &&
      Object.values(told).every((status) => isRecord(status) && typeof status["state"] === "string")
    );
}

/** `state.json`: what is known of the stacks of every host that works in the data folder. Replaced as a whole, or not at all. */
import { join } from "node:path";
import { diskReason } from "../files/disk_full.ts";
import type { StateStore } from "../reconcile/ports.ts";
import type { HostState, Suspension } from "../reconcile/state/stack_state.ts";
import { NO_STATE } from "../reconcile/state/stack_state.ts";
import { parseHosts, UnusableState } from "./parse_state.ts";
import { redactState } from "./redact_state.ts";
import { replacePrivateFile } from "../files/replace_file.ts";
import { setAside } from "../files/set_aside.ts";
import { readSuspensions } from "./suspensions.ts";

export interface StateFileOptions {
  readonly dataDir: string;
  readonly host: string;
  /** Masks secrets in the reasons that are written. */
  readonly redact: (text: string) => string;
  readonly now: () => Date;
}

export const STATE_FILE = "state.json";
/** Of the form of the file. */
const VERSION = 1;

export class StateFile implements StateStore {
  readonly #options: StateFileOptions;
  readonly #path: string;
  #last: { readonly stamp: string; readonly hosts: Readonly<Record<string, HostState>> } | undefined;

  constructor(options: StateFileOptions) {
    this.#options = options;
    this.#path = join(options.dataDir, STATE_FILE);
  }

  read(): HostState {
    try {
      const { host } = this.#options;
      const hosts = this.#hosts();
      return Object.hasOwn(hosts, host) ? hosts[host]! : NO_STATE;
    } catch {
      // Whoever writes says so; whoever only reads asks for the fault.
      return NO_STATE;
    }
  }

  fault(): string | undefined {
    try {
      this.#hosts();
      return undefined;
    } catch (error) {
      return `the state ${this.#path} ${whatIsWrong(error)}`;
    }
  }

  write(state: HostState): readonly string[] {
    const { host, redact } = this.#options;
    const warnings: string[] = [];
    try {
      const hosts = { ...this.#hostsOrNew(warnings), [host]: redactState(state, redact) };
      const text = `${JSON.stringify({ version: VERSION, hosts }, undefined, 2)}\n`;
      this.#last = undefined;
      replacePrivateFile(this.#path, text);
    } catch (error) {
      warnings.push(`cannot write the state ${this.#path}: ${diskReason(error)}`);
    }
    return warnings;
  }

  suspensions(): Readonly<Record<string, Suspension>> {
    const { dataDir, host, now } = this.#options;
    return readSuspensions(dataDir, host, now());
  }

  /** Read again only where it is another file: a pass asks many times. */
  #hosts(): Readonly<Record<string, HostState>> {
    try {
      const { ino, mtime, size } = Deno.statSync(this.#path);
      const stamp = `${ino} ${mtime?.getTime()} ${size}`;
      if (this.#last?.stamp !== stamp) {
        this.#last = { stamp, hosts: parseHosts(Deno.readTextFileSync(this.#path), VERSION) };
      }
      return this.#last.hosts;
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return {};
      throw error;
    }
  }

  #hostsOrNew(warnings: string[]): Readonly<Record<string, HostState>> {
    try {
      return this.#hosts();
    } catch (error) {
      // What only passes by, such as too many open files, takes nothing with it.
      if (!(error instanceof UnusableState || error instanceof Deno.errors.IsADirectory)) throw error;
      const aside = setAside(this.#path, this.#options.now());
      warnings.push(
        `the state ${this.#path} ${whatIsWrong(error)}. It was set aside as ${aside}, and a new one begun: ` +
          "holds and what ran well before are forgotten",
      );
      return {};
    }
  }
}

function whatIsWrong(error: unknown): string {
  const isNewer = error instanceof UnusableState && error.isNewer;
  return `${isNewer ? "is of a newer Homeport" : "cannot be used"}: ${diskReason(error)}`;
}

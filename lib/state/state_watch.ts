/** Tells when another process changes the state or a suspension, or is in a hurry. Where it cannot, the polls serve. */
import { join } from "node:path";
import type { StateWatch } from "../reconcile/ports.ts";
import { STATE_FILE } from "./state_file.ts";
import { suspensionFolders } from "./suspensions.ts";

/** Changes come in flocks: a file is written, synchronized and renamed. */
const SETTLED = 50;

export class DataFolderWatch implements StateWatch {
  readonly #state: string;
  readonly #turn: string;
  readonly #folders: readonly string[];
  #known: Stamps;
  #isPassing = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #watcher: { readonly watcher: Deno.FsWatcher; readonly of: string } | undefined;
  #tell = () => {};
  #isFollowing = false;

  /** `turnFile`: its name in the data folder. Who wants to work there during a pass, and soon, touches it. */
  constructor(dataDir: string, host: string, turnFile: string) {
    this.#state = join(dataDir, STATE_FILE);
    this.#turn = join(dataDir, turnFile);
    this.#folders = [dataDir, ...suspensionFolders(dataDir, host)];
    this.#known = this.#stamps();
  }

  follow(onNews: () => void, signal: AbortSignal): void {
    if (signal.aborted) return;
    this.#tell = onNews;
    this.#isFollowing = true;
    this.#watch();
    signal.addEventListener("abort", () => {
      this.#isFollowing = false;
      clearTimeout(this.#timer);
      this.#unwatch();
    }, { once: true });
  }

  passBegins(): void {
    this.#isPassing = true;
    this.#known = this.#stamps();
  }

  /** Nobody else writes the state during a pass; suspensions come at any time. */
  passEnds(): void {
    this.#isPassing = false;
    this.#known = { ...this.#known, state: this.#stamps().state };
    this.#look();
  }

  #look(): void {
    if (!this.#isFollowing) return;
    this.#watch();
    const before = this.#known;
    const now = this.#stamps();
    // Between two passes nobody has to hurry, and during a pass the state is its own.
    const isNews = this.#isPassing ? now.turn !== before.turn : now.state !== before.state;
    this.#known = this.#isPassing ? { ...now, state: before.state } : now;
    if (isNews || now.suspensions !== before.suspensions) this.#tell();
  }

  /** Folders come and go: those are watched that are there, and anew once they are others. */
  #watch(): void {
    const there = this.#folders.filter((folder) => identityOf(folder) !== undefined);
    const identities = JSON.stringify(there.map((folder) => [folder, identityOf(folder)]));
    if (this.#watcher?.of === identities) return;
    this.#unwatch();
    if (there.length === 0) return;
    try {
      const watcher = Deno.watchFs([...there], { recursive: false });
      this.#watcher = { watcher, of: identities };
      void this.#listen(watcher);
    } catch {
      // Such as too many watches on the machine. It is tried again after each pass.
    }
  }

  async #listen(watcher: Deno.FsWatcher): Promise<void> {
    try {
      for await (const { kind } of watcher) {
        if (kind === "access" || this.#timer !== undefined) continue;
        this.#timer = setTimeout(() => {
          this.#timer = undefined;
          this.#look();
        }, SETTLED);
      }
    } catch {
      if (this.#watcher?.watcher === watcher) this.#watcher = undefined;
    }
  }

  #unwatch(): void {
    const last = this.#watcher?.watcher;
    this.#watcher = undefined;
    try {
      last?.close();
    } catch {
      // It broke, and is closed.
    }
  }

  #stamps(): Stamps {
    const suspended = this.#folders.at(-1)!;
    return {
      state: stampOf(this.#state),
      turn: stampOf(this.#turn),
      suspensions: JSON.stringify(namesIn(suspended).map((name) => [name, stampOf(join(suspended, name))])),
    };
  }
}

interface Stamps {
  readonly state: string;
  readonly turn: string;
  readonly suspensions: string;
}

function stampOf(path: string): string {
  const found = stat(path);
  return found === undefined ? "" : `${found.ino} ${found.mtime?.getTime()} ${found.size}`;
}

function identityOf(folder: string): number | undefined {
  const found = stat(folder);
  return found?.isDirectory ? found.ino ?? 0 : undefined;
}

function stat(path: string): Deno.FileInfo | undefined {
  try {
    return Deno.statSync(path);
  } catch {
    return undefined;
  }
}

function namesIn(folder: string): readonly string[] {
  try {
    return [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
  } catch {
    return [];
  }
}

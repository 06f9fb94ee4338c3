/** What reconciling needs of the world, as interfaces: it never sees Git, Docker or a secrets manager themselves. */
import type { Files } from "../compose/files.ts";
import type { DeployContext } from "../plan/deploy_context.ts";
import type { Followers } from "../plan/followers.ts";
import type { ImageRemoval, LocalImages } from "../plan/local_images.ts";
import type { ImageReference, Observed } from "../plan/observed.ts";
import type { EngineEvent } from "../plan/engine_event.ts";
import type { Operation } from "../plan/operation.ts";
import type { RegistryImage } from "../plan/registry_image.ts";
import type { KnownImage } from "../plan/select_images.ts";
import type { ServiceContainer } from "../plan/service_container.ts";
import type { TrackedFiles } from "../stacks/tracked_files.ts";
import type { CleanupRecord } from "./cleanup/cleanup_report.ts";
import type { PassRecord } from "./history/pass_record.ts";
import type { HostState, Suspension } from "./state/stack_state.ts";
import type { StackChange, Told } from "./news/stack_change.ts";

/** A commit, and its files at a path that never changes between commits. */
export interface Snapshot {
  /** Full commit ID. What lies below a pinned folder comes from the pin's commit. */
  readonly commit: string;
  readonly branch: string;
  /** Absolute path of the checkout. */
  readonly folder: string;
  /** Paths, relative to the checkout, whose local edits were discarded. */
  readonly discarded: readonly string[];
  /** The remote could not be reached, and this is the last checkout. */
  readonly stale: boolean;
  /** Why it could not be reached. */
  readonly unreachable?: Error;
  readonly tracked: TrackedFiles;
  /** What the checkout holds of other commits, sorted by path; with full commit IDs. */
  readonly pins: readonly Pin[];
  /** The commit as it would be without pins, and any other one: `head.filesAt(pin.commit)`. */
  readonly head: HeadView;
  /** Files of the commit that are not what they seem; said, and not followed. */
  readonly odd: readonly { readonly path: string; readonly message: string }[];
  /** Who made the commit, and the first line of its message; looked up when asked for. Absent: nobody can tell. */
  readonly describeCommit?: () => Promise<CommitDescription>;
}

export interface CommitDescription {
  readonly author: string;
  readonly subject: string;
}

/** A folder that is checked out as another commit has it. */
export interface Pin {
  /** Relative to the repository's top, `/`-separated. */
  readonly path: string;
  /** Full commit ID; an abbreviated one serves where the commit is here. */
  readonly commit: string;
}

/** Commits, read without touching the working tree. It serves until the next sync. */
export interface HeadView {
  /** Full ID of the branch's commit. */
  readonly commit: string;
  /**
   * The files as if a commit were checked out at the checkout's path, by default the branch's own: what Git tracks has that commit's
   * content, and whatever it does not track is read from the disk. A commit that is not here is fetched by its ID; one that cannot be
   * had is an error for people.
   */
  filesAt(commit?: string): Promise<FilesAt>;
}

export interface FilesAt {
  /** Full commit ID. */
  readonly commit: string;
  readonly files: Files;
  readonly tracked: TrackedFiles;
}

export interface Repository {
  /**
   * Brings the checkout to the remote's branch. With `offline: "allowed"` an unreachable remote gives the last checkout; with
   * `"preferred"` the remote is only asked where there is none.
   */
  sync(options: SyncOptions): Promise<Snapshot>;
  /** Full ID of the remote branch's commit, without fetching it. Absent: only a sync tells. */
  findTip?(signal: AbortSignal): Promise<string>;
}

export interface SyncOptions {
  readonly offline: "allowed" | "refused" | "preferred";
  readonly signal: AbortSignal;
  /**
   * Which folders are to be held at other commits; absent: none, and what was held goes back to the branch. Asked once the branch's
   * commit is known and here, before the working tree is touched; asked again where the objects had to be fetched anew. A pin whose
   * commit cannot be had, or lacks the folder, fails the sync: `filesAt` tells beforehand.
   */
  readonly pins?: ((head: HeadView) => Promise<readonly Pin[]>) | undefined;
  /** Commits whose objects stay here, though the branch has moved on; those of pins do so by themselves. */
  readonly keep?: readonly string[] | undefined;
}

export interface Engine {
  /** Reads all that the planner needs. `images`: the references to look up. Of `followers` it is asked when they ended. */
  observe(
    images: readonly ImageReference[],
    signal: AbortSignal,
    followers?: Followers,
  ): Promise<Observed>;
  /** Carries one operation out. Throws a HomeportError that names the operation's object. */
  execute(operation: Operation, context: DeployContext): Promise<void>;
  /** As `execute`, for the operations of a stack that is taken down: there is no project any more. */
  takeDown(operation: Operation, signal: AbortSignal): Promise<void>;
  /** The containers of a project's services. */
  inspectProject(project: string, signal: AbortSignal): Promise<readonly ServiceContainer[]>;
  /** The last lines that a container wrote; few, and not long. */
  logTail(containerId: string, lines: number, signal: AbortSignal): Promise<readonly string[]>;
}

/** What registries have. */
export interface RegistryQuestions {
  /** Throws a HomeportError that names the image. */
  askRegistry(reference: ImageReference, signal: AbortSignal): Promise<RegistryImage>;
}

export interface EngineEvents {
  /**
   * What happens on the engine from now on, for as long as the connection holds. It ends, or throws, when that breaks.
   * `onConnected`: from here on nothing is missed.
   */
  events(signal: AbortSignal, onConnected: () => void): AsyncIterable<EngineEvent>;
  /** What was observed before is not relied on any more: the next look asks the engine for everything. */
  forget(): void;
}

export interface Clock {
  /** Milliseconds that only ever grow. */
  now(): number;
  /** Ends early, and well, when the signal is aborted. */
  sleep(milliseconds: number, signal: AbortSignal): Promise<void>;
}

/** Keeps what was done. Nothing depends on it but what people see. */
export interface Journal {
  /** Never rejects because of the journal itself: gives what a person should know about it, often nothing. */
  record(pass: PassRecord): Promise<readonly string[]>;
}

/** The images of the engine. */
export interface ImageStore {
  localImages(signal: AbortSignal): Promise<LocalImages>;
  /** Removes a name, and with the last one the image. One that is used stays. */
  removeImage(reference: string, signal: AbortSignal): Promise<ImageRemoval>;
  /** What all images take of the disk. */
  imageBytes(signal: AbortSignal): Promise<number>;
}

export type { KnownImage };

/** What a cleanup asks the journal, and tells it. */
export interface CleanupJournal {
  /** What this host's deployments ran. Rejects where that cannot be told. */
  knownImages(host: string): Promise<readonly KnownImage[]>;
  /** As {@linkcode Journal.record}. */
  recordCleanup(record: CleanupRecord): Promise<readonly string[]>;
}

/** What is known of a host's stacks that labels cannot say. Used only under the data folder's lock, but for the suspensions. */
export interface StateStore {
  /** Never throws: where nothing can be read, nothing is known. */
  read(): HostState;
  /** Why nothing could be read, for those who only read. */
  fault(): string | undefined;
  /** Never throws: gives what a person should know. Replaces the state of this host only, as a whole. */
  write(state: HostState): readonly string[];
  /** By stack, or by {@linkcode ALL_STACKS}; those that are over are removed. */
  suspensions(): Readonly<Record<string, Suspension>>;
}

/** Tells people what changed. */
export interface Notifier {
  /** Takes it, and sends it by and by. */
  send(changes: readonly StackChange[]): void;
  /** Waits for what is under way, so many milliseconds at most. */
  close(limit: number): Promise<void>;
}

/** How the test of a channel ended. */
export interface ChannelTest {
  /** Its label. */
  readonly channel: string;
  /** Absent: the message was taken. */
  readonly error?: Error;
}

/** Keeps what people were told, also while nothing runs. */
export interface ToldStore {
  told(): Told;
  setTold(told: Told): void;
}

/** Tells when another process changes the state or a suspension. */
export interface StateWatch {
  /** Until the signal is aborted. */
  follow(onNews: () => void, signal: AbortSignal): void;
  /** What changes from here on is not known to the pass, */
  passBegins(): void;
  /** but for the state, which the pass alone writes. */
  passEnds(): void;
}

/** What people are told, and the interface of what tells it. */
import type { CredentialReference, SecretReference } from "./config.ts";

/** Each kind of change that there is to tell. */
export const CHANGE_KINDS = [
  "failed",
  "recovered",
  "deployed",
  "rolled-back",
  "held",
  "pruned",
  "update-available",
] as const;

/**
 * What happened:
 * - `failed`: a stack could not be deployed, its files are broken, or it waits for secrets; the repository or the engine cannot be
 *   reached; a whole pass failed.
 * - `recovered`: what was told to be otherwise is well again.
 * - `deployed`: something was done to a stack, and went well.
 * - `rolled-back`: a stack failed, and its last good state runs again.
 * - `held`: a stack is left as it runs until a person goes on; a large prune waits to be confirmed.
 * - `pruned`: a stack that is gone from Git was taken down.
 * - `update-available`: there is a newer image that is not used.
 */
export type ChangeKind = typeof CHANGE_KINDS[number];

/** One thing that people are told, once. */
export type StackChange = StackNews | HostNews;

/** What there is to say of a stack. */
export interface StackNews extends News {
  /** The stack's name. */
  readonly stack: string;
}

/** What there is to say of the host as a whole. */
export interface HostNews extends News {
  /** A stack's name is in changes of stacks only. */
  readonly stack?: undefined;
  /** What it is about: the remote repository, the Docker Engine, or the pass over the host. */
  readonly about: HostPart;
}

/** What may go wrong for all stacks at once. */
export type HostPart = "repository" | "engine" | "host";

/** What all changes say. */
export interface News {
  /** What happened. */
  readonly kind: ChangeKind;
  /** One line, without the stack's name. */
  readonly message: string;
  /** Further lines: hints, causes, the last lines of a log. */
  readonly details?: readonly string[];
  /** The full ID of the commit that it came from. */
  readonly commit?: string;
  /** Who made that commit. */
  readonly author?: string;
  /** The first line of the commit's message. */
  readonly subject?: string;
}

/** One message: all that a pass changed and a channel is told. Secrets are masked, and control characters are gone. */
export interface Notification {
  /** The host's name. */
  readonly host: string;
  /** Such as `helium: immich failed, 2 recovered`. */
  readonly title: string;
  /** The worst of what happened. `error`: something failed; `warning`: rolled back or held; `success`: all went well. */
  readonly severity: "error" | "warning" | "success" | "info";
  /** When, as RFC 3339. */
  readonly at: string;
  /** What happened, in the order of the pass; none in a test message. */
  readonly changes: readonly StackChange[];
}

/** What a channel is told of. */
export interface ChannelFilter {
  /** Kinds of changes. Default: all but `deployed`. */
  readonly on?: readonly ChangeKind[];
  /** Names of the stacks whose changes are told; then nothing is told of the host as a whole. Default: all stacks, and the host. */
  readonly stacks?: readonly string[];
}

/** A credential of a channel: a reference, never a literal. Made by `fromEnv`, `fromFile` or `fromSecrets`. */
export type ChannelCredential = CredentialReference | SecretReference;

/** Tells people. */
export interface NotificationChannel extends ChannelFilter {
  /** Names it in warnings, such as `ntfy topic homelab`. Holds no credential. */
  readonly label: string;
  /** References to what it needs, so that `check` finds those that nobody has. */
  readonly credentials: readonly ChannelCredential[];
  /** Sends one message, and tries once. Throws what a person should know when it was not taken. */
  send(notification: Notification, context: ChannelContext): Promise<void>;
  /** Milliseconds that one try may take. Default: 10,000. */
  readonly timeout?: number;
  /** What is wrong with the arguments that the channel was made from. The validation of the configuration reports it. */
  readonly faults?: readonly { readonly message: string; readonly hint: string }[];
}

/** What a channel is given to send. */
export interface ChannelContext {
  /** Looks a credential up. */
  credential(reference: ChannelCredential): Promise<string>;
  /** Ends the try. */
  readonly signal: AbortSignal;
}

/** What tells people, put together for a pass or a loop. Loaded only where there is somebody to be told. */
import type { ValidConfig } from "../config/valid_config.ts";
import { Notifier } from "../notify/notifier.ts";
import { News, type NewsOptions } from "../reconcile/news/news.ts";
import type { Redactor } from "../secret.ts";
import { ToldFile } from "../state/told_file.ts";
import { PassSecrets } from "./pass_secrets.ts";

export interface NotificationContext {
  readonly host: string;
  readonly redactor: Redactor;
  readonly onWarning: (message: string) => void;
  /** Ends the asking for credentials. */
  readonly signal: AbortSignal;
}

export function newNotifier(
  config: ValidConfig,
  { host, redactor, onWarning, signal }: NotificationContext,
): Notifier {
  return new Notifier({
    host,
    channels: config.notifications,
    // A secrets provider is asked only for what it alone has.
    credential: async (reference) => {
      const credential = await new PassSecrets(config, host, signal).credential(reference, redactor);
      return credential.reveal();
    },
    redact: (text) => redactor.redact(text),
    now: () => new Date(),
    onWarning,
  });
}

/** What a command or a loop hears of its passes with. */
export function newNews(
  config: ValidConfig,
  context: Omit<NotificationContext, "signal">,
  options: Pick<NewsOptions, "onlyStack"> = {},
): News {
  // What is still to be sent when a person asked to end needs its credentials, too.
  const { signal } = new AbortController();
  return new News({
    notifier: newNotifier(config, { ...context, signal }),
    store: new ToldFile(config.dataDir, context.host, context.onWarning),
    ...options,
  });
}

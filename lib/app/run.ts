/** `run`: the loop over one host, with everything that it needs for as long as it lives. */
import type { RunOptions } from "../cli/app.ts";
import type { ValidConfig } from "../config/valid_config.ts";
import type { ConnectOptions, DockerEngine } from "../engine/client.ts";
import { Loop } from "../reconcile/loop.ts";
import type { Redactor } from "../secret.ts";
import { SYSTEM_CLOCK } from "./clock.ts";
import type { ProcessEnvironment } from "./environment.ts";
import { passDependencies } from "./pass.ts";
import { PassSecrets } from "./pass_secrets.ts";
import { spareMemory } from "./spare_memory.ts";

export interface RunContext {
  readonly environment: ProcessEnvironment;
  readonly redactor: Redactor;
  readonly connect: (
    environment: ProcessEnvironment,
    options: Pick<ConnectOptions, "credentialsFor">,
  ) => Promise<DockerEngine>;
}

export async function runLoop(
  config: ValidConfig,
  { host, signal, onEvent, onLoop }: RunOptions,
  { environment, redactor, connect }: RunContext,
): Promise<void> {
  using memory = spareMemory();
  let secrets = new PassSecrets(config, host, signal);
  const engine = await connect(environment, {
    credentialsFor: (registry) => secrets.credentialsFor(registry, redactor),
  });
  try {
    const loop = new Loop({
      host,
      interval: config.poll.interval,
      engine,
      dependencies: (passSignal) => {
        // Every pass asks the providers anew.
        secrets = new PassSecrets(config, host, passSignal);
        return passDependencies(config, engine, { host, environment, redactor, secrets });
      },
      clock: SYSTEM_CLOCK,
      random: Math.random,
      onEvent: (event) => {
        memory.hear(event);
        onEvent(event);
      },
    });
    onLoop(loop);
    await loop.run(signal);
  } finally {
    engine.close();
  }
}

/** Watches a stack after its deployment, until its services are ready and stay so, or will not be. */
import { HomeportError, messageOf } from "../../errors.ts";
import type { DesiredStack } from "../../stacks/desired_stack.ts";
import { judgeHealth, type Unready, type Verdict } from "./judge_health.ts";
import { linkedSignal } from "../../linked_signal.ts";
import type { Clock, Engine } from "../ports.ts";
import { unhealthyError } from "./unhealthy_error.ts";

export interface HealthGateInput {
  readonly engine: Pick<Engine, "inspectProject" | "logTail">;
  readonly stack: DesiredStack;
  readonly gate: HealthGate;
  readonly clock: Clock;
  /** Ends the watch; what is found then counts for nothing. */
  readonly signal: AbortSignal;
  /** Of a watch that was ended and goes on now. Absent: it begins. */
  readonly progress?: GateProgress | undefined;
  /** Told when what is waited for is another thing than before. */
  readonly onWaiting?: (message: string) => void;
}

/** Milliseconds. */
export interface HealthGate {
  /** How long it may take until the services are ready. */
  readonly timeout: number;
  /** How long they must stay so. */
  readonly stable: number;
}

/** How far a watch came. The times are the clock's. */
export interface GateProgress {
  readonly begun: number;
  /** Since when everything is up, and what that is. */
  readonly ready?: { readonly since: number; readonly marks: string } | undefined;
  readonly wasAway: boolean;
}

export type GateResult =
  | { readonly kind: "passed" }
  | { readonly kind: "interrupted"; readonly progress: GateProgress }
  /** `isOwnFault`: nothing but the stack itself is known to be the reason. */
  | { readonly kind: "failed"; readonly error: HomeportError; readonly isOwnFault: boolean };

/** Milliseconds between two looks: short at first, since most services are up in no time. */
const FIRST_PAUSE = 250;
const LATER_PAUSE = 1_000;
const FIRST_PHASE = 5_000;
/** An engine that does not answer for so long is not there. */
const LOOK_LIMIT = 10_000;

/** Never rejects. An engine that goes away does not end the watch, and does not make it longer. */
export async function watchHealth(input: HealthGateInput): Promise<GateResult> {
  const { clock, gate, signal, stack, onWaiting } = input;
  const { begun } = input.progress ?? { begun: clock.now() };
  const deadline = begun + gate.timeout;
  let { ready, wasAway }: Omit<GateProgress, "begun"> = input.progress ?? { wasAway: false };
  let hasFailed = false;
  let said: string | undefined;
  const say = (message: string) => {
    if (message !== said) onWaiting?.(message);
    said = message;
  };
  const interrupted = (): GateResult => ({ kind: "interrupted", progress: { begun, ready, wasAway } });
  for (;;) {
    const look = await lookAt(input);
    if (signal.aborted) return interrupted();
    const now = clock.now();
    // Somebody may restart or recreate it by hand this very moment: what has failed is looked at twice.
    const isSure = hasFailed;
    hasFailed = "kind" in look && look.kind === "failed";
    if ("error" in look) {
      wasAway = true;
      ready = undefined;
      if (now >= deadline) return { kind: "failed", error: look.error, isOwnFault: false };
      say("waiting for the Docker Engine");
    } else if (look.kind === "ready") {
      if (ready?.marks !== look.marks) ready = { since: now, marks: look.marks };
      if (now - ready.since >= gate.stable) return { kind: "passed" };
      say(`everything is up: waiting whether it stays so for ${seconds(gate.stable)}`);
    } else {
      ready = undefined;
      if (hasFailed && isSure) return await fail(input, look, undefined, wasAway);
      if (!hasFailed) say(waitingFor(look.unready));
    }
    const wasInTime = ready !== undefined && ready.since < deadline;
    if (now >= deadline && !wasInTime) return await fail(input, look, gate.timeout, wasAway);
    const pause = now - begun < FIRST_PHASE && !hasFailed ? FIRST_PAUSE : LATER_PAUSE;
    const left = (ready === undefined ? deadline : ready.since + gate.stable) - now;
    await clock.sleep(Math.max(1, Math.min(pause, left)), signal);
    if (signal.aborted) return interrupted();
  }

  /** After an engine that went away, nobody can tell whose fault it is. */
  async function fail(
    { engine }: HealthGateInput,
    look: Verdict | { readonly error: HomeportError },
    timeout: number | undefined,
    wasAway: boolean,
  ): Promise<GateResult> {
    const unready = "error" in look ? [] : look.unready;
    const error = await unhealthyError({ stack: stack.name, unready, timeout, engine, signal });
    return signal.aborted ? interrupted() : { kind: "failed", error, isOwnFault: !wasAway };
  }
}

async function lookAt(
  { engine, stack: { project }, clock, signal }: HealthGateInput,
): Promise<Verdict | { readonly error: HomeportError }> {
  using own = linkedSignal(signal);
  using timer = linkedSignal(signal);
  const late = clock.sleep(LOOK_LIMIT, timer.signal).then(() => {
    own.abort();
    throw new HomeportError("The Docker Engine does not answer", {
      hint: "see how it is: docker info",
      consequence: "retry",
    });
  });
  try {
    const containers = await Promise.race([engine.inspectProject(project.name, own.signal), late]);
    return judgeHealth(containers, project);
  } catch (error) {
    return { error: error instanceof HomeportError ? error : passingError(error) };
  } finally {
    late.catch(() => {});
    timer.abort();
  }
}

function passingError(error: unknown): HomeportError {
  const message = messageOf(error);
  return new HomeportError(message, { consequence: "retry", cause: error });
}

/** `waiting for web to become healthy`, `waiting for db, web to run`. */
function waitingFor(unready: readonly Unready[]): string {
  const names = (goal: Unready["goal"]) =>
    [
      ...new Set(unready.filter((each) => each.goal === goal).map(({ service }) => service)),
    ].join(", ");
  const parts = ([["running", "run"], ["healthy", "become healthy"], ["done", "do its job"]] as const)
    .filter(([goal]) => names(goal) !== "").map(([goal, text]) => `${names(goal)} to ${text}`);
  return `waiting for ${parts.join(", and for ")}`;
}

function seconds(milliseconds: number): string {
  return `${milliseconds / 1000} s`;
}

/** Makes the record of a pass from what the pass says of itself, and from what the engine runs before and after. */
import { formatError } from "../../errors.ts";
import type { Operation } from "../../plan/operation.ts";
import type { Observed } from "../../plan/observed.ts";
import type { Plan } from "../../plan/plan.ts";
import { imageChanges } from "./image_changes.ts";
import type { PassDependencies } from "../pass.ts";
import { failedOrWaiting, outcomeOf, worstOf } from "./pass_outcome.ts";
import type { CommitRecord, OperationRecord, PassRecord, StackRecord } from "./pass_record.ts";
import type { Engine, Snapshot } from "../ports.ts";
import type { PassEvent, StackOutcome } from "../report.ts";

/** Milliseconds that looking at what runs after the pass may take, in a pass that was perhaps ended. */
const LOOK_LIMIT = 10_000;

export class PassRecorder {
  /** The engine, as the pass is to see it. */
  readonly engine: Engine;
  readonly #deps: PassDependencies;
  readonly #trigger: string;
  readonly #startedAt: Date;
  readonly #outcomes: StackOutcome[] = [];
  /** By stack; in the order of the plan. */
  readonly #operations = new Map<string, Map<Operation, OperationRecord>>();
  readonly #begun = new Map<Operation, number>();
  #snapshot: Snapshot | undefined;
  #plan: Plan | undefined;
  /** What runs now could be looked up. Known once it is finished. */
  isSure = false;
  /** What ran when the pass began, and how that was asked. */
  #before: { readonly observed: Observed; readonly images: Parameters<Engine["observe"]>[0] } | undefined;

  constructor(deps: PassDependencies, trigger: string) {
    const { engine } = deps;
    this.#deps = deps;
    this.#trigger = trigger;
    this.#startedAt = deps.now();
    this.engine = {
      observe: async (images, signal, followers) => {
        const observed = await engine.observe(images, signal, followers);
        this.#before ??= { observed, images };
        return observed;
      },
      execute: (operation, context) => engine.execute(operation, context),
      takeDown: (operation, signal) => engine.takeDown(operation, signal),
      inspectProject: (project, signal) => engine.inspectProject(project, signal),
      logTail: (id, lines, signal) => engine.logTail(id, lines, signal),
    };
  }

  add(event: PassEvent): void {
    switch (event.kind) {
      case "snapshot":
        this.#snapshot = event.snapshot;
        break;
      case "planned":
        this.#plan = event.plan;
        for (const { name, operations } of [...event.plan.stacks, ...event.plan.prune.stacks]) {
          for (const operation of operations) this.#note(name, operation, "skipped");
        }
        break;
      case "operation-started":
        // Until it is said to be done: one that is cut short is not heard of again.
        this.#begun.set(event.operation, performance.now());
        this.#note(event.stack, event.operation, "interrupted");
        break;
      case "operation-done":
        this.#note(event.stack, event.operation, "done", event.milliseconds);
        break;
      case "operation-failed":
        this.#note(event.stack, event.operation, "failed", this.#since(event.operation));
        break;
      case "stack-done":
        this.#outcomes.push(event.outcome);
        break;
      default:
    }
  }

  /** `failure`: what ended the pass as a whole. */
  async finish(failure?: { readonly error: unknown }): Promise<PassRecord> {
    const endedAt = this.#deps.now();
    const after = await this.#lookAgain();
    this.isSure = after !== undefined;
    const stacks = this.#outcomes.map((outcome) => this.#stackRecord(outcome, after));
    const isIdle = failure === undefined && stacks.every(({ outcome }) => outcome === "unchanged");
    const commit = await this.#commit(isIdle);
    return {
      host: this.#deps.host,
      trigger: this.#trigger,
      startedAt: this.#startedAt,
      endedAt,
      ...(commit !== undefined && { commit }),
      outcome: failure === undefined ? worstOf(stacks) : outcomeOf(failure.error),
      ...(failure !== undefined && { error: formatError(failure.error) }),
      stacks,
    };
  }

  #note(
    stack: string,
    operation: Operation,
    outcome: OperationRecord["outcome"],
    milliseconds?: number,
  ): void {
    const ofStack = this.#operations.get(stack) ?? new Map<Operation, OperationRecord>();
    this.#operations.set(stack, ofStack);
    const { id, cause } = operation;
    const time = milliseconds === undefined ? {} : { milliseconds: Math.round(milliseconds) };
    ofStack.set(operation, { id, cause, outcome, ...time });
  }

  #since(operation: Operation): number {
    return performance.now() - this.#begun.get(operation)!;
  }

  /** What runs after the pass; absent where it cannot be told. */
  async #lookAgain(): Promise<Observed | undefined> {
    if (this.#before === undefined || this.#begun.size === 0) return this.#before?.observed;
    try {
      return await this.#deps.engine.observe(this.#before.images, AbortSignal.timeout(LOOK_LIMIT));
    } catch {
      return undefined;
    }
  }

  #stackRecord(outcome: StackOutcome, after: Observed | undefined): StackRecord {
    const { stack, result, milliseconds, errors, reason, known, rollback, gate } = outcome;
    const planned = this.#plan?.stacks.find(({ name }) => name === stack);
    const pruned = this.#plan?.prune.stacks.find(({ name }) => name === stack);
    const isPrune = planned === undefined && pruned !== undefined;
    const project = (planned ?? pruned)?.project;
    const operations = [...this.#operations.get(stack)?.values() ?? []];
    const action = isPrune ? "prune" : planned?.action ?? "none";
    return {
      stack,
      ...(project !== undefined && { project }),
      action: action === "adopt" ? "none" : action,
      // What was tried and failed is no waiting, even if somebody else must do something first.
      // What is left as it was before is no news.
      outcome: result === "broken" ? failedOrWaiting(errors) : known ? "unchanged" : result,
      ...(planned !== undefined && { stackHash: planned.stackHash }),
      milliseconds: Math.round(milliseconds),
      causes: reason !== undefined && (result !== "interrupted" || operations.length === 0)
        ? [reason]
        : isPrune
        ? [pruned.cause]
        : [...new Set(operations.map(({ cause }) => cause))],
      operations,
      errors: errors.map(formatError),
      images: project === undefined || this.#before === undefined ? [] : imageChanges(
        project,
        this.#before.observed,
        result === "unchanged" ? this.#before.observed : after,
      ),
      ...(rollback !== undefined && { rollback }),
      ...(gate !== undefined && { gate }),
    };
  }

  /** A commit's words are read from the disk: only where they will be kept. */
  async #commit(isIdle: boolean): Promise<CommitRecord | undefined> {
    if (this.#snapshot === undefined) return undefined;
    const { commit: id, describeCommit } = this.#snapshot;
    if (isIdle || describeCommit === undefined) return { id };
    try {
      return { id, ...await describeCommit() };
    } catch {
      return { id };
    }
  }
}

/** `homeport rollback`: a person brings a stack back to what ran before, and it stays there until somebody ends that. */
import { HomeportError } from "../../errors.ts";
import { isDeployed, projectOf } from "../../plan/compose_labels.ts";
import type { Observed } from "../../plan/observed.ts";
import { LABELS } from "../../plan/plan.ts";
import { changeStack, changeState } from "../state/keep_state.ts";
import { checkImages, checkReturn } from "./check_return.ts";
import { imagePinsOf } from "./held_stacks.ts";
import { syncWithHolds } from "./sync_with_holds.ts";
import { imagesByService } from "../history/image_changes.ts";
import type { PassDependencies, RunPassOptions } from "../pass.ts";
import { runRecordedPass } from "../history/record_pass.ts";
import type { ApplyReport, Returned } from "../report.ts";
import { ALL_STACKS, type GoodState, type Hold, type StackState, stateOf } from "../state/stack_state.ts";
import { typedName } from "../typed_name.ts";

export interface ReturnOptions extends Pick<RunPassOptions, "signal" | "onEvent"> {
  readonly stack: string;
  /** A commit of the repository. Default: that of the newest good state that is not what runs. */
  readonly to?: string;
}

export interface ReturnReport extends ApplyReport {
  readonly returned: Returned;
}

type ManualHold = Extract<Hold, { readonly kind: "manual" }>;

export async function rollBackByHand(deps: PassDependencies, options: ReturnOptions): Promise<ReturnReport> {
  const { stack, to, signal, onEvent } = options;
  const { state, commits } = deps;
  if (state === undefined || commits === undefined) throw new Error("Without its state nothing can go back");
  const suspensions = state.suspensions();
  if (suspensions[stack] !== undefined || suspensions[ALL_STACKS] !== undefined) {
    const target = suspensions[stack] === undefined ? "--all" : typedName(stack);
    throw new HomeportError(`Stack ${stack} is suspended`, {
      hint: `end that first: homeport resume ${target}`,
    });
  }
  const snapshot = await syncWithHolds(deps, { offline: "preferred", signal });
  const known = stateOf(state.read(), stack);
  const good = to === undefined ? await findEarlier(deps, stack, known, signal) : undefined;
  const { desired, commit } = await checkReturn(commits, snapshot, stack, to ?? good!.commit, signal);
  const found = good ?? known.good.find((each) => each.commit === commit) ??
    known.good.find(({ stackHash }) => stackHash === desired.stackHash);
  const hold: ManualHold = {
    kind: "manual",
    since: deps.now().toISOString(),
    to: { commit, stackHash: desired.stackHash, images: found?.images ?? {} },
  };
  await checkImages(deps, desired, imagePinsOf(hold, desired), signal);
  for (
    const message of changeState(
      state,
      (all) => changeStack(all, stack, (each) => ({ ...each, hold, isUnderWay: true })),
    )
  ) {
    onEvent?.({ kind: "journal-warning", message });
  }
  const report = await runRecordedPass(deps, {
    trigger: "rollback",
    stack,
    offline: true,
    confirmPrune: false,
    signal,
    ...(onEvent && { onEvent }),
  });
  return { ...report, returned: { to: commit, imagesAsNamed: found === undefined } };
}

/** The newest good state that is not what runs. */
async function findEarlier(
  { engine, instance }: PassDependencies,
  stack: string,
  known: StackState,
  signal: AbortSignal,
): Promise<GoodState> {
  const images = imagesOf(await engine.observe([], signal), instance, stack);
  const current = currentOf(known);
  const runs = (each: GoodState) =>
    each.stackHash === current?.stackHash &&
    Object.entries(each.images).every(([service, { id }]) => images.get(service)?.id === id);
  const found = known.good.find((each) => !runs(each));
  if (found !== undefined) return found;
  const why = current === undefined
    ? "it was never seen to run well"
    : "what runs is all that was ever seen to run well";
  throw new HomeportError(`There is nothing that stack ${stack} could go back to: ${why}`, {
    hint: `name a commit of the repository: homeport rollback ${typedName(stack)} --to COMMIT`,
  });
}

/** What was reached last. Absent: nothing, or it is on the way to something else. */
function currentOf(
  { hold, intended, good: [newest] }: StackState,
): { readonly stackHash?: string } | undefined {
  if (hold !== undefined && hold.kind !== "drift") return hold.to;
  return newest === undefined || (intended ?? newest).stackHash !== newest.stackHash ? undefined : newest;
}

function imagesOf(
  observed: Observed,
  instance: string,
  stack: string,
): ReadonlyMap<string, { readonly id: string }> {
  const own = observed.containers.filter((each) =>
    isDeployed(each) && each.labels[LABELS.instance] === instance && each.labels[LABELS.stack] === stack
  );
  const project = own[0] && projectOf(own[0]);
  return project === undefined ? new Map() : imagesByService(project, { ...observed, containers: own });
}

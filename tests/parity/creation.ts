/** What each of the two tools has an engine create for a project that is not there yet. */
import assert from "node:assert/strict";
import { join } from "node:path";
import type { Project, StringMap } from "../../lib/compose/project.ts";
import { connectEngine } from "../../lib/engine/client.ts";
import type { Operation } from "../../lib/plan/operation.ts";
import { imagesOf } from "../../lib/reconcile/observe_stacks.ts";
import { convergeStack } from "../engine/converge.ts";
import { deployContext } from "../engine/deploy.ts";
import type { FoundProgram } from "../engine/environment.ts";
import type { RecordedRequest } from "../fakes/engine_proxy.ts";
import { startRecordingEngine } from "../fakes/recording_engine.ts";
import { comparable } from "./body_comparison.ts";
import type { DifferenceId } from "./differences.ts";
import { runCompose } from "./reference.ts";

export interface CreationCase {
  readonly folder: string;
  /** As Homeport loads it. */
  readonly project: Project;
  readonly variables: StringMap;
  readonly apiVersion?: string | undefined;
}

/**
 * Throws what is not the same, and tells whether anything was created. A difference that is meant must be there, and be the only one.
 */
export async function assertSameCreation(
  each: CreationCase,
  program: FoundProgram,
  meant?: DifferenceId,
): Promise<boolean> {
  const theirs = await createdByReference(each, program);
  const ours = await createdByHomeport(each);
  if (meant === "no-services") {
    assert.match(theirs.failure ?? "", /no service selected/);
    assert.deepEqual([ours.failure, comparable(ours.requests)], [undefined, {}]);
    return false;
  }
  const both = `docker compose: ${theirs.failure ?? "created"}; Homeport: ${ours.failure ?? "created"}`;
  assert.equal(ours.failure === undefined, theirs.failure === undefined, both);
  if (ours.failure !== undefined) return false;
  const [created, expected] = [comparable(ours.requests), comparable(theirs.requests)];
  if (meant === "volumes-from-mode") {
    assert.notDeepEqual(created, expected, `the difference "${meant}" is no more`);
    assert.deepEqual(comparable(ours.requests.map(withoutModes)), expected);
  } else assert.deepEqual(created, expected);
  return true;
}

/** As the reference sends it, which drops the modes of `volumes_from`. */
function withoutModes(request: RecordedRequest): RecordedRequest {
  const body = request.body.replace(/"VolumesFrom":\[[^\]]*\]/g, (list) => list.replace(/:r[ow]"/g, '"'));
  return { ...request, body };
}

export interface Creation {
  readonly requests: readonly RecordedRequest[];
  /** In words. */
  readonly failure: string | undefined;
}

function createdByReference(each: CreationCase, program: FoundProgram): Promise<Creation> {
  return onRecordingEngine(each, async (dockerHost) => {
    const { folder, project, variables } = each;
    const { code, stderr } = await runCompose(program, {
      folder,
      args: ["-p", project.name, "up", "--no-start", "--no-build"],
      variables: { ...variables, DOCKER_HOST: dockerHost },
    });
    return code === 0 ? undefined : stderr;
  });
}

function createdByHomeport(each: CreationCase): Promise<Creation> {
  return onRecordingEngine(each, async (dockerHost) => {
    const { signal } = new AbortController();
    const { desired } = deployContext(each.project, signal);
    const engine = connectEngine({ dockerHost });
    try {
      await convergeStack(desired, engine, signal, { isLeftOut: isNoCreation });
      return undefined;
    } catch (error) {
      return (error as Error).message;
    } finally {
      engine.close();
    }
  });
}

function isNoCreation({ kind }: Operation): boolean {
  return !/^(pull|create)-/.test(kind);
}

async function onRecordingEngine(
  { project, apiVersion }: CreationCase,
  create: (dockerHost: string) => Promise<string | undefined>,
): Promise<Creation> {
  const folder = await Deno.makeTempDir({ prefix: "recording-" });
  const external = (resources: Project["networks"] | Project["volumes"]) =>
    Object.values(resources).filter((each) => each.external === true).map(({ name }) => name);
  const { desired } = deployContext(project, new AbortController().signal);
  const engine = startRecordingEngine({
    socket: join(folder, "engine.sock"),
    images: [...new Set(imagesOf([desired]).map(({ image }) => image))],
    networks: external(project.networks),
    volumes: external(project.volumes),
    ...(apiVersion !== undefined && { apiVersion }),
  });
  try {
    const failure = await create(engine.dockerHost);
    return { requests: engine.requests, failure };
  } finally {
    await engine.close();
    await Deno.remove(folder, { recursive: true });
  }
}

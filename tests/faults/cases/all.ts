import type { FaultCase } from "../case.ts";
import { BY_HAND_CASES } from "./by_hand.ts";
import { DATA_FOLDER_CASES } from "./data_folder.ts";
import { ENGINE_CASES } from "./engine.ts";
import { GIT_CASES } from "./git.ts";
import { KILL_CASES } from "./kill.ts";
import { REGISTRY_CASES } from "./registry.ts";
import { ROLLBACK_CASES } from "./rollback.ts";
import { SERVICE_CASES } from "./services.ts";
import { SIGNAL_CASES } from "./signals.ts";

export const FAULT_CASES: readonly FaultCase[] = [
  ...KILL_CASES,
  ...ROLLBACK_CASES,
  ...BY_HAND_CASES,
  ...SERVICE_CASES,
  ...SIGNAL_CASES,
  ...ENGINE_CASES,
  ...REGISTRY_CASES,
  ...GIT_CASES,
  ...DATA_FOLDER_CASES,
];

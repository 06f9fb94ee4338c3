import type { FaultCase } from "../case.ts";
import { BY_HAND_CASES } from "./by_hand.ts";
import { KILL_CASES } from "./kill.ts";

export const FAULT_CASES: readonly FaultCase[] = [...KILL_CASES, ...BY_HAND_CASES];

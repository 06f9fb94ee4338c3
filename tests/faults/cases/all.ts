import type { FaultCase } from "../case.ts";
import { KILL_CASES } from "./kill.ts";

export const FAULT_CASES: readonly FaultCase[] = [...KILL_CASES];

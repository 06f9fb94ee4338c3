import assert from "node:assert/strict";
import { inspect } from "node:util";
import { HomeportError } from "../lib/errors.ts";

export async function failureOf(promise: Promise<unknown>): Promise<HomeportError> {
  const [result] = await Promise.allSettled([promise]);
  assert.ok(result.status === "rejected", "nothing failed");
  assert.ok(result.reason instanceof HomeportError, inspect(result.reason));
  return result.reason;
}

import type { StringMap } from "../../lib/compose/project.ts";
import { fromEnv } from "../../lib/config/references.ts";
import { infisicalAtPace } from "../../lib/secrets/infisical.ts";
import { IDENTITY } from "../fakes/infisical_homelab.ts";
import { startInfisicalServer } from "../fakes/infisical_server.ts";
import { type Fault, type Holder, providerContract } from "./contract.ts";

const HASTY = { timeout: 400, tries: 2, firstWait: 5, within: 700 };
const ID = "5f0c1f5e-2f4c-4a7e-9d0a-0d6d2f1c7b11";

providerContract("infisical()", {
  start,
  faults: [
    "unreachable",
    "slow",
    "rate limit",
    "failing",
    "truncated",
    "not the format",
    "wrong credential",
    "no credential",
  ],
  // It holds a reference to another secret, which Infisical expands.
  cannotHold: ["HP_DOLLARS"],
});

function start(): Holder {
  const environments: Record<string, Record<string, { secrets: StringMap }>> = {};
  const server = startInfisicalServer({ ...IDENTITY, projects: [{ id: ID, slug: "homelab", environments }] });
  const setCredentials = () => {
    Deno.env.set("HP_TEST_CLIENT_ID", IDENTITY.clientId);
    Deno.env.set("HP_TEST_CLIENT_SECRET", IDENTITY.clientSecret);
  };
  setCredentials();
  let stopped = false;
  return {
    provider: infisicalAtPace({
      server: server.origin,
      clientId: fromEnv("HP_TEST_CLIENT_ID"),
      clientSecret: fromEnv("HP_TEST_CLIENT_SECRET"),
      project: ID,
      environment: "prod",
    }, HASTY),
    get credentials() {
      return [IDENTITY.clientId, IDENTITY.clientSecret, ...server.tokens];
    },
    hold(variables) {
      environments["prod"] = { "/": { secrets: variables } };
    },
    async strike(fault) {
      server.fault = () => answerFor(fault);
      server.credentials = fault === "wrong credential" ? { ...IDENTITY, clientSecret: "changed" } : IDENTITY;
      if (fault === "no credential") Deno.env.delete("HP_TEST_CLIENT_SECRET");
      else setCredentials();
      if (fault === "unreachable") await server.stop();
      else if (stopped) server.resume();
      stopped = fault === "unreachable";
    },
    async [Symbol.asyncDispose]() {
      Deno.env.delete("HP_TEST_CLIENT_ID");
      Deno.env.delete("HP_TEST_CLIENT_SECRET");
      await server[Symbol.asyncDispose]();
    },
  };
}

function answerFor(fault: Fault | undefined): ReturnType<ReturnType<typeof startInfisicalServer>["fault"]> {
  switch (fault) {
    case "slow":
      return { kind: "silence" };
    case "rate limit":
      return { kind: "status", status: 429, headers: { "retry-after": "60" } };
    case "failing":
      return { kind: "status", status: 500 };
    case "truncated":
      return { kind: "cut" };
    case "not the format":
      return { kind: "status", status: 200, body: "<!doctype html><p>Sign in</p>" };
    default:
      return undefined;
  }
}

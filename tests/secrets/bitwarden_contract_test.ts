import { bitwardenAtPace } from "../../lib/secrets/bitwarden.ts";
import { BitwardenServer, type ServerFault } from "../fakes/bitwarden_server.ts";
import { type Fault, type Holder, providerContract } from "./contract.ts";

const TOKEN = "HP_CONTRACT_BITWARDEN_TOKEN";
const PACE = { timeout: 150, tries: 2, firstWait: 5, within: 400 };

providerContract("bitwarden()", {
  start: holdInBitwarden,
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
});

function holdInBitwarden(): Holder {
  const server = new BitwardenServer();
  Deno.env.set(TOKEN, server.accessToken);
  const accessToken = { kind: "credential-from-env", name: TOKEN } as const;
  return {
    provider: bitwardenAtPace({ accessToken, project: "homelab", server: server.origin }, PACE),
    get credentials() {
      return server.credentials;
    },
    hold(variables) {
      server.projectId("homelab");
      server.secrets = Object.entries(variables).map(([key, value]) => ({ key, value, project: "homelab" }));
    },
    async strike(fault) {
      server.listen();
      server.accepts = fault !== "wrong credential";
      server.fault = () => faultOf(fault);
      Deno.env.set(TOKEN, server.accessToken);
      if (fault === "no credential") Deno.env.delete(TOKEN);
      if (fault === "unreachable") await server.stop();
    },
    async [Symbol.asyncDispose]() {
      Deno.env.delete(TOKEN);
      await server[Symbol.asyncDispose]();
    },
  };
}

function faultOf(fault: Fault | undefined): ServerFault | undefined {
  switch (fault) {
    case "slow":
      return { kind: "silent" };
    case "rate limit":
      return { kind: "status", status: 429, retryAfter: "3600" };
    case "failing":
      return { kind: "status", status: 500 };
    case "truncated":
      return { kind: "short" };
    case "not the format":
      return { kind: "text", text: "<html>Sign in to the hotel's network</html>" };
    default:
      return undefined;
  }
}

import { findSimilar } from "../config/similar.ts";
import { ConfigurationError } from "../errors.ts";
import type { App } from "./app.ts";

/** The host that a command is for: the one that is named, else the one that has this machine's hostname. */
export function getHost(app: App, named: string | undefined): string {
  const hosts = Object.keys(app.config.hosts);
  if (named !== undefined) return getNamed(named, hosts);
  const hostname = app.hostname();
  const [short = ""] = hostname.split(".");
  const host = [hostname, short].find((each) => hosts.includes(each));
  if (host !== undefined) return host;
  throw new ConfigurationError(`this machine, ${JSON.stringify(hostname)}, is no host of stacks.config.ts`, {
    hint: hosts.length === 0 ? "add it to hosts" : `name one: --host ${hosts.join(", --host ")}`,
  });
}

function getNamed(name: string, hosts: readonly string[]): string {
  if (hosts.includes(name)) return name;
  const similar = findSimilar(name, hosts);
  throw new ConfigurationError(`host ${JSON.stringify(name)} is not in stacks.config.ts`, {
    hint: similar === undefined
      ? `the hosts are ${hosts.join(", ")}`
      : `did you mean ${JSON.stringify(similar)}?`,
  });
}

/** What a value of the configuration must be like, beyond its type. Each rule gives the fault, or nothing. */
import { posix } from "node:path";
import { registryHost } from "../compose/registry_host.ts";
import { findMilliseconds } from "./duration.ts";

export interface Fault {
  /** What is wrong, with the value. */
  readonly message: string;
  readonly hint: string;
}

export type Rule = (value: string) => Fault | undefined;

export function hostName(name: string): Fault | undefined {
  const fits = /^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$/.test(name);
  return fits ? undefined : {
    message: `${quote(name)} is not a host name`,
    hint: "use letters, digits, dots, hyphens and underscores, as the machine's hostname does",
  };
}

export function variableName(name: string): Fault | undefined {
  const fits = /^[A-Za-z_][A-Za-z0-9_]*$/.test(name);
  return fits ? undefined : {
    message: `${quote(name)} is not a name of a variable`,
    hint: "use letters, digits and underscores, and no digit first",
  };
}

export function stackName(name: string): Fault | undefined {
  const fits = name !== "" && !/[/\\]/.test(name) && !name.startsWith(".");
  return fits ? undefined : {
    message: `${quote(name)} is not a stack's name`,
    hint: 'write the name of the stack\'s folder alone, such as "traefik"',
  };
}

export function duration(text: string): Fault | undefined {
  const milliseconds = findMilliseconds(text);
  if (milliseconds === undefined) {
    return {
      message: `${quote(text)} is not a duration`,
      hint: 'write numbers with units (ms, s, m, h, d), such as "90s" or "1h30m"',
    };
  }
  if (milliseconds > 0) return undefined;
  return { message: `${quote(text)} is no time at all`, hint: 'write a longer duration, such as "5m"' };
}

/** A duration that may be none. */
export function pause(text: string): Fault | undefined {
  return findMilliseconds(text) === 0 ? undefined : duration(text);
}

const LONGEST_WINDOW = 30 * 24 * 3_600_000;

export function windowDuration(text: string): Fault | undefined {
  if ((findMilliseconds(text) ?? 0) <= LONGEST_WINDOW) return duration(text);
  return {
    message: `${quote(text)} is too long for a window`,
    hint: 'write "30d" or less, or suspend the stacks',
  };
}

const SHORTEST_POLL = 5000;
const LONGEST_POLL = 24 * 3_600_000;

export function pollInterval(text: string): Fault | undefined {
  const fault = duration(text);
  const milliseconds = findMilliseconds(text);
  if (fault !== undefined || milliseconds === undefined) return fault;
  if (milliseconds < SHORTEST_POLL) {
    return { message: `${quote(text)} is too often for a server of Git`, hint: 'write "5s" or more' };
  }
  if (milliseconds <= LONGEST_POLL) return undefined;
  return { message: `${quote(text)} is too rare to follow a repository`, hint: 'write "24h" or less' };
}

export function branchName(name: string): Fault | undefined {
  if (name.startsWith("refs/")) {
    const short = name.replace(/^refs\/(heads|tags|remotes)\//, "");
    return {
      message: `${quote(name)} is a full reference`,
      hint: `write the branch's name alone: ${quote(short)}`,
    };
  }
  const odd = name === "" || /[\s~^:?*[\\]|\.\.|@\{|\/\/|^[-/.]|[/.]$|\.lock$/.test(name);
  return odd
    ? { message: `${quote(name)} is not a branch's name`, hint: 'write it as Git lists it, such as "main"' }
    : undefined;
}

export function absolutePath(path: string): Fault | undefined {
  const fits = posix.isAbsolute(path) && !path.split("/").includes("..") && cleanPath(path) !== "/";
  return fits ? undefined : {
    message: `${quote(path)} is not an absolute path of a folder or file`,
    hint: 'begin it with "/" and leave ".." out',
  };
}

/** A path in the repository. */
export function repositoryPath(path: string): Fault | undefined {
  if (path === "") return { message: "the path is empty", hint: 'write "." for the repository itself' };
  if (path.includes("\\")) {
    return { message: `${quote(path)} has backslashes`, hint: 'separate folders by "/"' };
  }
  if (posix.isAbsolute(path) || path.startsWith("~")) {
    return {
      message: `${quote(path)} is not a path in the repository`,
      hint: 'write it relative to the repository, such as "servers/helium"',
    };
  }
  const clean = cleanPath(path);
  if (clean === ".." || clean.startsWith("../")) {
    return { message: `${quote(path)} leaves the repository`, hint: 'leave ".." out' };
  }
  if (clean.split("/").some((part) => part === ".git")) {
    return { message: `${quote(path)} is Git's own folder`, hint: "name a folder that holds stacks" };
  }
  return undefined;
}

export function instanceName(name: string): Fault | undefined {
  const fits = /^[^\s\p{Cc}]{1,200}$/u.test(name);
  return fits ? undefined : {
    message: `${quote(name)} cannot mark an instance`,
    hint: "use 1 to 200 characters without spaces",
  };
}

export function userName(name: string): Fault | undefined {
  const fits = name !== "" && !/[:\s\p{Cc}]/u.test(name);
  return fits ? undefined : {
    message: "not a user name",
    hint: "leave it out, or write the user's name without colons and spaces; the token belongs into `token`",
  };
}

/** Docker Hub's long address is one of its names; of others only the host tells them apart. */
export function registryName(name: string): Fault | undefined {
  const host = registryHost(name);
  if (host === "docker.io") return undefined;
  const isHost = /^([a-z0-9_]([a-z0-9_.-]*[a-z0-9])?|\[[0-9a-f:.]+\])(:\d+)?$/.test(host);
  if (isHost && name.toLowerCase() === host) return undefined;
  const hint = isHost
    ? `write the host alone: ${quote(host)}`
    : 'write its host, such as "ghcr.io" or "registry.example.org:5000"';
  return { message: `${quote(name)} is not the host of a registry`, hint };
}

/** Without `.` segments, double slashes and a trailing slash. */
export function cleanPath(path: string): string {
  return posix.normalize(path).replace(/(?<=.)\/+$/, "");
}

export function quote(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 77)}...` : text);
}

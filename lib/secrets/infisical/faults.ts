import type { Fault } from "../../config/value_rules.ts";
import { credentialFaults, plainHttpFaults, serverFaults } from "../../config/option_faults.ts";

/** What is wrong with the options, whatever was written there in a configuration that was not type-checked. */
export function faultsOf(options: unknown): Fault[] {
  const { server, plainHttp, clientId, clientSecret, project, environment, paths, recursive, names } =
    (options ?? {}) as Readonly<Record<string, unknown>>;
  const fault = (message: string, hint: string): Fault[] => [{ message: `infisical(): ${message}`, hint }];
  return [
    ...(server === undefined ? [] : serverFaults(server, {
      place: "infisical(): server",
      example: "https://infisical.example.org",
      plainHttp,
    })),
    ...plainHttpFaults("infisical()", plainHttp),
    ...credentialFaults("infisical(): clientId", clientId),
    ...credentialFaults("infisical(): clientSecret", clientSecret),
    ...(isWord(project) ? [] : fault("project names no project", "write the project's ID or slug")),
    ...(isWord(environment)
      ? []
      : fault("environment names no environment", 'write its slug, such as "prod"')),
    ...(isListOf(paths, isPath) ? [] : fault(
      "paths is not a list of folders",
      'write each from the root of the environment, such as paths: ["/shared", "/helium"]',
    )),
    ...(recursive === undefined || typeof recursive === "boolean"
      ? []
      : fault("recursive is neither true nor false", "write true or leave it out")),
    ...(isListOf(names, isPattern) ? [] : fault(
      "names is not a list of names",
      'write names or patterns of variables, such as names: ["DB_PASSWORD", "SMTP_*"]',
    )),
  ];
}

function isWord(text: unknown): boolean {
  return typeof text === "string" && /^[^\s\p{Cc}/]+$/u.test(text);
}

function isPath(path: unknown): boolean {
  return typeof path === "string" && /^\/([^\s\p{Cc}]*)$/u.test(path);
}

function isPattern(name: unknown): boolean {
  return typeof name === "string" && /^[^\s\p{Cc}]+$/u.test(name);
}

function isListOf(list: unknown, fits: (each: unknown) => boolean): boolean {
  return list === undefined || (Array.isArray(list) && list.length > 0 && list.every(fits));
}
